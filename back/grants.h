/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a domain was given of one device: memory frames, ports, the pirq of its
 * INTx line. The record is what was granted; revoking walks the record, never
 * the device again (XSA-476: a recomputed range can differ).
 */
#ifndef BACK_GRANTS_H
#define BACK_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "hyp.h"
#include "sysfs.h"

struct grant_range {
    enum sysfs_kind kind;
    uint64_t first; /* frame number or port */
    uint64_t count;
};

struct grants {
    uint16_t domid;
    unsigned int nranges;
    struct grant_range ranges[SYSFS_RESOURCES];
    bool has_irq;
    uint32_t gsi;  /* in dom0's pirq space, which is how domctls name it */
    uint32_t pirq; /* in the guest's */
    bool planned;  /* the domain may have all of it, some or nothing */
};

/* What grants_give() is about to give, so that a broker that dies in the middle
 * leaves a record from which its successor takes all back. */
void grants_plan(struct grants *grants, uint16_t domid,
                 const struct sysfs_resource res[SYSFS_RESOURCES],
                 uint32_t irq);

/*
 * Grant every resource to domid; irq 0, or one beyond 254, means none. Repeating
 * what libxl did already is harmless. On failure the record says what was
 * granted so far; the caller revokes it.
 */
MUST_USE int grants_give(struct hyp *hyp, struct grants *grants, uint16_t domid,
                         const struct sysfs_resource res[SYSFS_RESOURCES],
                         uint32_t irq);

/*
 * Forget what other, of the same domain, has as well: frames that two devices
 * share, their line (XSA-461). Whoever is revoked last takes it back.
 */
void grants_spare(struct grants *grants, const struct grants *other);

/*
 * Take it all back; the record is empty afterwards. A domain that is gone has
 * taken its permissions along: success. The first failure is returned, but
 * every range is tried.
 */
int grants_revoke(struct hyp *hyp, struct grants *grants);

#endif
