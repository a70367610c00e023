/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Per-device options in xl's spelling: name=value, commas between. Pure. */
#ifndef TOOLSTACK_OPTIONS_H
#define TOOLSTACK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

struct options {
    bool permissive;
    bool msitranslate; /* read by nobody today, kept as xl keeps it */
    bool power_mgmt;   /* likewise */
    bool rdm_relaxed;  /* rdm_policy=relaxed */
};

#define OPTIONS_TEXT 96
#define OPTIONS_WHY  128

/*
 * Parse "permissive=1,rdm_policy=relaxed"; "permissive" alone means 1. An
 * option not named keeps its value. False with the reason in why.
 */
MUST_USE bool options_parse(const char *text, struct options *out,
                            char why[OPTIONS_WHY]);

/* The value of an opts-N node, all options named, as libxl writes it. */
const char *options_format(const struct options *options,
                           char buf[OPTIONS_TEXT]);

#endif
