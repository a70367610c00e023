/* SPDX-License-Identifier: MIT */
/*
 * One register that a guest may write although the tables say no, as people
 * write it: "REG:SIZE:MASK", all three in hex, SIZE in bytes, bits that are 1 in
 * MASK may change. The spelling of xen-pciback's "quirks" attribute, whose mask
 * had no effect; ours has. Freestanding, any context.
 */
#ifndef COMMON_QUIRK_H
#define COMMON_QUIRK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

struct quirk {
    uint16_t offset; /* 0 to fff, aligned to size */
    uint8_t size;    /* 1, 2 or 4 */
    uint32_t mask;   /* not 0, not wider than size */
};

/* Bytes for "fff:4:ffffffff" and its NUL. */
#define QUIRK_TEXT 15

/*
 * Parse exactly len bytes of text. False, and *out untouched, for anything
 * that is no quirk; *why is then a sentence that says which part is wrong.
 */
MUST_USE bool quirk_parse(const char *text, size_t len, struct quirk *out,
                          const char **why);

/* The shortest spelling, lower case. Returns buf. */
const char *quirk_format(const struct quirk *quirk, char buf[QUIRK_TEXT]);

#endif
