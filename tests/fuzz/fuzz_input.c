/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fuzz.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static const uint8_t *input;
static size_t left;

void input_begin(const uint8_t *data, size_t size)
{
    input = data;
    left = size;
}

size_t input_left(void)
{
    return left;
}

uint8_t input_byte(void)
{
    if (left == 0)
        return 0;
    left--;
    return *input++;
}

uint8_t input_peek(void)
{
    return left > 0 ? *input : 0;
}

uint16_t input_half(void)
{
    const uint8_t low = input_byte();

    return (uint16_t)(low | input_byte() << 8);
}

uint32_t input_word(void)
{
    uint32_t value = input_byte();

    if ((value & 0x80) == 0)
        return value;
    value = input_byte();
    value |= (uint32_t)input_byte() << 8;
    value |= (uint32_t)input_byte() << 16;
    return value | (uint32_t)input_byte() << 24;
}

void fuzz_fail(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)fputs("fuzz: ", stderr);
    (void)vfprintf(stderr, fmt, args);
    (void)fputc('\n', stderr);
    va_end(args);
    abort();
}
