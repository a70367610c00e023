/* SPDX-License-Identifier: MIT */
/* The domain's console: a ring that dom0's xenconsoled empties (io/console.h). */
#ifndef DOMU_CONSOLE_H
#define DOMU_CONSOLE_H

#include <stddef.h>

#include "abi.h"

/* Before this, what is written is dropped. */
void console_init(const struct start_info *info);

/*
 * A newline becomes carriage return and newline. Waits for room a second at
 * most, then drops: a console nobody reads must not stop the kernel.
 */
void console_write(const char *text, size_t length);

/* Wait until everything was taken, two seconds at most. */
void console_flush(void);

#endif
