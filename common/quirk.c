/* SPDX-License-Identifier: MIT */
/* The one parser and the one formatter of quirks; no libc. */
#include "quirk.h"

#include "hex.h"

#define FORM "a quirk is REG:SIZE:MASK, in hex"

static const char *complaint(unsigned int offset, unsigned int size,
                             unsigned int mask)
{
    if (size != 1 && size != 2 && size != 4)
        return "the size of a quirk is 1, 2 or 4 bytes";
    if (offset % size != 0)
        return "the register of a quirk is a multiple of its size";
    if (mask == 0)
        return "the mask of a quirk has at least one bit";
    if (size < 4 && mask >> (8 * size) != 0)
        return "the mask of a quirk fits its size";
    return NULL;
}

bool quirk_parse(const char *text, size_t len, struct quirk *out,
                 const char **why)
{
    const char *end = text + len;
    unsigned int offset, size, mask;
    const char *wrong;

    *why = FORM;
    text = hex_parse(text, 3, &offset);
    if (!text || text >= end || *text++ != ':')
        return false;
    text = hex_parse(text, 1, &size);
    if (!text || text >= end || *text++ != ':')
        return false;
    text = hex_parse(text, 8, &mask);
    if (text != end)
        return false;
    wrong = complaint(offset, size, mask);
    if (wrong) {
        *why = wrong;
        return false;
    }
    out->offset = (uint16_t)offset;
    out->size = (uint8_t)size;
    out->mask = mask;
    return true;
}

static char *put(char *p, uint32_t value)
{
    unsigned int shift = 28;

    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        *p++ = "0123456789abcdef"[value >> shift & 15];
        if (shift == 0)
            return p;
    }
}

const char *quirk_format(const struct quirk *quirk, char buf[QUIRK_TEXT])
{
    char *p = put(buf, quirk->offset & 0xfffu);

    *p++ = ':';
    p = put(p, quirk->size & 0xfu);
    *p++ = ':';
    p = put(p, quirk->mask);
    *p = '\0';
    return buf;
}
