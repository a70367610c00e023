/* SPDX-License-Identifier: MIT */
/* BARs and capabilities of a device, for `list -v`. */
#ifndef FRONT_TOOL_DETAIL_H
#define FRONT_TOOL_DETAIL_H

#include "session.h"
#include "space.h"

struct detail {
    struct pcifront_bar bars[PCIFRONT_BARS];
    struct space space;
};

/* Sizes the BARs, thus switches decoding off for a moment. A pcifront_err. */
MUST_USE int detail_read(struct session *session, struct pcifront_addr addr,
                         struct detail *detail);

/* Lines that start with a tab. */
void detail_print(const struct detail *detail);

/* Members "bars" and "capabilities". */
void detail_json(const struct detail *detail, struct json_object *json);

#define DETAIL_WORDS 96

/* "memory at 0xfebd0000, 64-bit, 16 KiB"; NULL for one that is not there. */
const char *detail_bar_words(const struct pcifront_bar *bar,
                             char words[DETAIL_WORDS]);

#endif
