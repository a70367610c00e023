/* SPDX-License-Identifier: MIT */
/* Interrupts of devices: a pirq of this domain becomes an event channel port. */
#ifndef DOMU_PIRQ_H
#define DOMU_PIRQ_H

#include <stdint.h>

#include "abi.h"

enum pirq_share {
    PIRQ_EXCLUSIVE,
    PIRQ_SHARED,
};

/* 0 or a negative errno. At most 64 at a time. */
int pirq_bind(uint32_t pirq, enum pirq_share share, uint32_t *port);
void pirq_unbind(uint32_t pirq, uint32_t port);

/*
 * The driver has served the event it took from port: the next interrupt may
 * come. Needed after each; without it a line, or an MSI that cannot be masked,
 * stays blocked in Xen.
 */
void pirq_done(uint32_t port);

#endif
