/* SPDX-License-Identifier: MIT */
/*
 * The few functions of a C library that a freestanding compiler takes for
 * granted, as ISO C has them, and one more.
 */
#ifndef DOMU_CRUNTIME_H
#define DOMU_CRUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);

static inline bool text_equal(const char *a, const char *b)
{
    size_t length = strlen(a);

    return length == strlen(b) && memcmp(a, b, length) == 0;
}

#endif
