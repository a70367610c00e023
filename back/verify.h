/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is the device there, is it the one we know, and is it clean? Reads only. On
 * failure *what gets a constant text. Safe
 * in a child process. Blocks for as long as the reads do.
 */
#ifndef BACK_VERIFY_H
#define BACK_VERIFY_H

#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"

/*
 * Wait for one that is late after a reset. 0; -ENODEV: it answers with ones, or
 * asks to be asked again, for longer than wait_ms; -ESTALE: its ids, class or
 * header are others than in the snapshot; else the reads' errno.
 */
MUST_USE int verify_present(int fd, const uint8_t *snapshot, uint32_t wait_ms,
                            const char **what);

/*
 * After a restore: bus mastering, MSI and MSI-X off, MSI-X not masked as a whole,
 * the BARs as in the snapshot. 0, -EBADMSG, or the reads' errno.
 */
MUST_USE int verify_clean(int fd, const struct cfgspace *cs, const char **what);

#endif
