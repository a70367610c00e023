/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Putting a device's configuration back as it was before a guest had it: the
 * registers software writes, from a snapshot. Never turns bus mastering or MSI
 * on: those are somebody's decision, not a state to return to.
 */
#ifndef BACK_RESTORE_H
#define BACK_RESTORE_H

#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"

/* Read all of config space. 0 or a negative errno. */
MUST_USE int restore_snapshot(int fd, uint16_t size,
                              uint8_t snapshot[CFG_SIZE_MAX]);

/* The command bits that decode the kinds of BARs the device has. They stay on
 * while a guest has it (XSA-120). */
uint16_t restore_decodes(const struct cfg_params *params);

/* Write back what differs. 0 or the first negative errno. */
MUST_USE int restore_write(int fd, const struct cfgspace *cs);

/* After D3hot: BARs and decodes back, bus mastering as the guest left it. */
MUST_USE int restore_awake(int fd, const struct cfgspace *cs);

/* Stop DMA: bus master off, decodes untouched. */
MUST_USE int restore_quiet(int fd);

#endif
