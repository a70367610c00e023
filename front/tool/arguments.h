/* SPDX-License-Identifier: MIT */
/* From words to struct arguments and numbers. Pure. */
#ifndef FRONT_TOOL_ARGUMENTS_H
#define FRONT_TOOL_ARGUMENTS_H

#include "tool.h"

#define ARGUMENTS_WHY 160

/*
 * Parse the words after the command's name. Options and operands may mix; "--"
 * ends the options; a value stands after "=" or in the next word. False with
 * the reason in why. The strings are not copied.
 */
MUST_USE bool arguments_parse(const struct command *command, char *const *words,
                              unsigned int count, struct arguments *out,
                              char why[ARGUMENTS_WHY]);

/* Decimal, or hexadecimal after 0x, at most max. The whole text counts. */
MUST_USE bool number_parse(const char *text, uint32_t max, uint32_t *out);

#endif
