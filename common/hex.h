/* SPDX-License-Identifier: MIT */
/* Hexadecimal digits in texts of others, either case. Freestanding, pure. */
#ifndef COMMON_HEX_H
#define COMMON_HEX_H

/*
 * Read one to max digits, at most 8. Returns the first character after them;
 * NULL, and *value 0, if there is none.
 */
const char *hex_parse(const char *text, unsigned int max, unsigned int *value);

#endif
