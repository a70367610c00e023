/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See words.h. */
#include "words.h"

#include <string.h>

#include "fuzz.h"

#define TEXT_MAX 600u

/* What such texts are made of, and what lies just beside it. */
static const char *const words[] = {
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "8",
    "255",
    "256",
    "257",
    "4294967295",
    "4294967296",
    "-1",
    "00",
    "0x10",
    "0000:00:04.0",
    "0000:03:00.1",
    "03:00.0",
    "0000-03-00-0",
    "ffff:ff:1f.7",
    "10000:00:00.0",
    "0000:00:20.0",
    "0000:00:00.8",
    "0000:00",
    "0000:00:00.00",
    "permissive=1",
    "permissive=0",
    "power_mgmt=1",
    "msitranslate=0",
    "interrupt_control=1",
    "rdm_policy=strict",
    "quirks=",
    "f8:2:8000",
    "fff:4:1",
    "+",
    ",",
    "reset=",
    "flr",
    "aer=",
    "detach",
    ":",
    ".",
    "/",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "permissive",
    "quirks",
    "devices",
    "topology",
    "true",
    "\n",
    " ",
    "\\",
};

const char *input_text(void)
{
    static char text[TEXT_MAX + 1];
    const uint8_t parts = input_byte() % 24;
    size_t len = 0;

    for (unsigned int i = 0; i < parts && input_left() > 0; i++) {
        const uint8_t what = input_byte();
        const char *word = words[what % ARRAY_LEN(words)];
        const char own[] = { (char)input_peek(), '\0' };

        if (what >= 0xc0) {
            word = own;
            (void)input_byte();
        }
        if (len + strlen(word) > TEXT_MAX)
            break;
        memcpy(&text[len], word, strlen(word));
        len += strlen(word);
    }
    text[len] = '\0';
    return text;
}
