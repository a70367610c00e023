/* SPDX-License-Identifier: MIT */
/*
 * Plain loops; built with -fno-builtin, so that the compiler does not see in
 * them the very functions they are. Also what -fstack-protector wants.
 */
#include "cruntime.h"

#include "print.h"

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    while (size-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((uintptr_t)t < (uintptr_t)f) {
        for (size_t i = 0; i < size; i++)
            t[i] = f[i];
    } else {
        while (size-- > 0)
            t[size] = f[size];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *t = to;

    while (size-- > 0)
        *t++ = (uint8_t)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a;
    const uint8_t *y = b;

    for (; size > 0; size--, x++, y++) {
        if (*x != *y)
            return *x < *y ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

/* The compiler's names. A constant guard still finds what runs over. */
extern uintptr_t __stack_chk_guard;               /* NOLINT */
noreturn void __stack_chk_fail(void);             /* NOLINT */
uintptr_t __stack_chk_guard = 0x00f3a17cd55e0aff; /* NOLINT */

noreturn void __stack_chk_fail(void) /* NOLINT */
{
    panic("a stack frame was written over");
}
