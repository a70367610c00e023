/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a device appears on the guest's buses. Two topologies:
 *
 * virtual: one root 0000:00, the first free slot, functions of one physical
 * device together in one slot with their function numbers kept; an SR-IOV
 * virtual function 0 keeps its slot to itself, because its header does not say
 * that more functions follow. The placement of the stock backend, so that a
 * guest sees the same addresses.
 *
 * passthrough: every device at its real address, below a root for each segment
 * and bus that has one.
 */
#ifndef BACK_VBUS_H
#define BACK_VBUS_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

#define VBUS_SLOTS 32u

enum vbus_topology {
    VBUS_VIRTUAL,
    VBUS_PASSTHROUGH
};

/* Who sits where: one entry a device. */
struct vbus_seat {
    struct sbdf real;
    bool is_virtfn; /* PCIe 6.0 9.1: a virtual function */
    struct sbdf virt;
};

/*
 * The topology of a guest whose devices sit there: it has one for its life. A
 * guest without devices gets the one that is wanted.
 */
enum vbus_topology vbus_topology(const struct vbus_seat *seats,
                                 unsigned int nseats,
                                 enum vbus_topology wanted);

/* Find seat->virt among those who sit already. 0, or -ENOSPC when all 32 slots
 * of the virtual topology are taken. */
MUST_USE int vbus_place(enum vbus_topology topology,
                        const struct vbus_seat *seats, unsigned int nseats,
                        struct vbus_seat *seat);

#endif
