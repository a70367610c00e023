/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A recorded device with an owner, seen from both sides: the worker's engine,
 * the broker's beside it, registers that both share, the hardware behind the
 * broker, and the model that judges what arrives there.
 */
#ifndef TESTS_FUZZ_SIDE_H
#define TESTS_FUZZ_SIDE_H

#include "model.h"
#include "ops.h"
#include "recorded.h"

struct side {
    struct recorded r;
    struct model model;
    struct cfg_shadow shadow; /* of worker and broker, as in life */
    struct vdev dev;          /* the worker's */
    struct cfgspace broker;
    uint8_t before[CFG_SIZE_MAX]; /* the hardware when last judged */
    uint8_t identity[PCI_CONFIG_HEADER];
    bool scribbled; /* the worker is not ours any more */
};

/* A fresh owner with these knobs; the virtual slot is the handle. */
void side_begin(struct side *s, const struct recorded *r,
                const struct cfg_knobs *knobs, uint32_t handle);

/* The broker's part: check one write, make it. honest: it must be made. */
void side_write(struct side *s, const struct cfg_write *w, bool honest);

/* Abort if the hardware saw what it must never see. */
void side_judge(struct side *s);

/* The hardware changed by itself: do not blame the guest. */
void side_accept(struct side *s);

/* Abort unless it is still the device it was to the guest. */
void side_same_identity(struct side *s);

/* Abort unless a read equals the same read byte by byte. */
void side_reads_agree(struct side *s, int32_t offset, int32_t size);

/*
 * Abort unless the ledger makes sense and what it suggests is possible.
 */
void side_check_ledger(struct side *s);

#endif
