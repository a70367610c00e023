/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From words to struct args. Pure: reads no environment, prints nothing. */
#ifndef TOOLSTACK_ARGS_H
#define TOOLSTACK_ARGS_H

#include "cmd.h"

#define ARGS_WHY 160

/*
 * Parse the words after the subcommand's name. Options and operands may mix;
 * "--" ends the options; values stand after "=" or in the next word. False
 * with the reason in why. The strings are not copied.
 */
MUST_USE bool args_parse(const struct cmd *cmd, char *const *words,
                         unsigned int count, struct args *out,
                         char why[ARGS_WHY]);

/* A decimal number of at most nine digits. */
MUST_USE bool args_number(const char *text, uint32_t *out);

#endif
