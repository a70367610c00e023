/* SPDX-License-Identifier: MIT */
#include "hex.h"

#include <stddef.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

const char *hex_parse(const char *text, unsigned int max, unsigned int *value)
{
    unsigned int digits = 0;

    *value = 0;
    while (digits < max && hex_value(*text) >= 0) {
        *value = *value << 4 | (unsigned int)hex_value(*text);
        text++;
        digits++;
    }
    return digits > 0 ? text : NULL;
}
