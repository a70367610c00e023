/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The unit tests' worlds say ck_assert(); in a fuzz target no Check runs, so
 * this stands in for the two functions behind that macro.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>

#include "fuzz.h"

void _mark_point(const char *file UNUSED, int line UNUSED)
{
}

void _ck_assert_failed(const char *file, int line, const char *expr,
                       const char *msg, ...)
{
    char text[512] = "";
    va_list args;

    va_start(args, msg);
    if (msg)
        (void)vsnprintf(text, sizeof(text), msg, args);
    va_end(args);
    fuzz_fail("%s:%d: %s %s", file, line, expr, text);
}
