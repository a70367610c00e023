/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the hardware must never see of a guest, in words that owe nothing to the
 * engine's tables: facts of the specifications, capability by capability.
 */
#ifndef TESTS_FUZZ_MODEL_H
#define TESTS_FUZZ_MODEL_H

#include "fake-hw.h"
#include "pciregs.h"

struct model {
    uint16_t size;
    /* Bits that this guest may change, ... */
    uint8_t may[CFG_SIZE_MAX];
    /* ... and those that it may not, be it permissive and have quirks. */
    uint8_t never[CFG_SIZE_MAX];
    /* The one thing that BARs may be given: their own address. */
    uint8_t bars[PCI_CONFIG_HEADER];
};

/*
 * Learn from a device's registers and its owner's knobs; also marks hw's write-1-to-clear bits. A
 * chain that hostile hardware made up is walked as far as it makes sense.
 */
void model_learn(struct model *m, struct fake_hw *hw,
                 const struct cfg_params *params);

/* Have the BARs kept what they held, or got back what they should hold? */
bool model_bars_ok(const struct model *m, const uint8_t *now,
                   const uint8_t *before);

/* Abort unless hw differs from `before` only where it may. */
void model_judge(const struct model *m, const struct fake_hw *hw,
                 const uint8_t *before);

#endif
