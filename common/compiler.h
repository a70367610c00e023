/* SPDX-License-Identifier: MIT */
/* Attributes and small macros that every room may use. Freestanding. */
#ifndef COMMON_COMPILER_H
#define COMMON_COMPILER_H

#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))
#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED            __attribute__((unused))

#endif
