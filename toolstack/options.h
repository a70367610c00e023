/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Per-device options in xl's spelling: name=value, commas between. Pure. */
#ifndef TOOLSTACK_OPTIONS_H
#define TOOLSTACK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

/* Our own words: what is not said is left to xenpcid's configuration. */
enum option_said {
    OPTION_UNSAID,
    OPTION_OFF,
    OPTION_ON
};

/* Sixteen quirks, "+" between. */
#define OPTIONS_QUIRKS 256

struct options {
    bool permissive;
    bool msitranslate; /* read by nobody today, kept as xl keeps it */
    bool power_mgmt;   /* likewise */
    bool rdm_relaxed;  /* rdm_policy=relaxed */
    enum option_said interrupt_control;
    enum option_said power;
    enum option_said allow_dirty;
    char quirks[OPTIONS_QUIRKS]; /* "" if not said */
};

#define OPTIONS_TEXT 448
#define OPTIONS_WHY  128

/*
 * Parse "permissive=1,rdm_policy=relaxed"; "permissive" alone means 1. An
 * option not named keeps its value. False with the reason in why.
 */
MUST_USE bool options_parse(const char *text, struct options *out,
                            char why[OPTIONS_WHY]);

/* The value of an opts-N node: libxl's options, all named, as libxl writes them,
 * then those of ours that were said. */
const char *options_format(const struct options *options,
                           char buf[OPTIONS_TEXT]);

#endif
