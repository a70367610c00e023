/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device's config registers from a recorded dump or from nothing. It is as
 * gullible as hardware can be: every bit is writable, except that the bits
 * marked so are cleared by writing ones to them. Whatever reaches it shows.
 */
#ifndef TESTS_FAKE_HW_H
#define TESTS_FAKE_HW_H

#include "cfgspace.h"

struct fake_hw {
    uint16_t size;
    uint8_t bytes[CFG_SIZE_MAX];
    uint8_t clear1[CFG_SIZE_MAX]; /* write-1-to-clear bits */
    unsigned int reads;
    int error; /* if not 0, what the next reads return */
};

/*
 * Load tests/data/devices/NAME.dump: lines of a hex offset, a colon, a space and up to
 * 16 hex bytes, as lspci -xxxx prints them; any other line is skipped.
 */
MUST_USE bool fake_hw_load(struct fake_hw *hw, const char *name);

/* The cfg_hw of this device. */
struct cfg_hw fake_hw_ops(struct fake_hw *hw);

/* Carry out one write, as hardware does. */
void fake_hw_write(struct fake_hw *hw, const struct cfg_write *w);

/* Registers as little-endian numbers, without counting as a read. */
uint32_t fake_hw_get(const struct fake_hw *hw, uint16_t offset, uint8_t size);
void fake_hw_set(struct fake_hw *hw, uint16_t offset, uint8_t size,
                 uint32_t value);

/* Mark write-1-to-clear bits. */
void fake_hw_set_clear1(struct fake_hw *hw, uint16_t offset, uint16_t bits);

#endif
