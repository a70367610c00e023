/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Troubles and notes; see cmd.h. Names in them may come from a guest. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

static void tame(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7f)
            *text = '?';
    }
}

enum exit_code trouble(struct outcome *out, enum exit_code code,
                       const char *effect, const char *next, const char *fmt,
                       ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(out->cause, sizeof(out->cause), fmt, args);
    va_end(args);
    (void)snprintf(out->effect, sizeof(out->effect), "%s", effect);
    (void)snprintf(out->next, sizeof(out->next), "%s", next);
    tame(out->cause);
    tame(out->effect);
    tame(out->next);
    return code;
}

void note(const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    tame(text);
    (void)fprintf(stderr, "xenpci: %s\n", text);
}

void print_tame(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        (void)putchar(byte < 0x20 || byte == 0x7f ? '?' : byte);
    }
}
