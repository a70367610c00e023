/* SPDX-License-Identifier: MIT */
/*
 * Words for the console. Conversions: %s %c %p %u %d %x with l or z, a width of
 * zeroes or blanks, and %%; a minus for text that is filled up at its right.
 */
#ifndef DOMU_PRINT_H
#define DOMU_PRINT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdnoreturn.h>

#include "compiler.h"

/* Into text[size], cut if need be, with a NUL; the length of what is there. */
size_t print_into(char *text, size_t size, const char *format, ...)
    PRINTF(3, 4);
size_t print_args(char *text, size_t size, const char *format, va_list args)
    PRINTF(3, 0);

/* On the console; the caller ends the line. */
void print(const char *format, ...) PRINTF(1, 2);

/* One line, there and on Xen's console, and the end of this domain. */
noreturn void panic(const char *format, ...) PRINTF(1, 2);

#endif
