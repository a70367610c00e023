/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a device appears on the guest's virtual bus: one root 0000:00, the
 * first free slot, functions of one physical device together in one slot with
 * their function numbers kept; a virtual function 0 always gets its own slot.
 * The placement of the stock backend, so that a guest sees the same addresses.
 */
#ifndef BACK_VBUS_H
#define BACK_VBUS_H

#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

#define VBUS_SLOTS 32u

/* Who sits where: one entry a device already placed. */
struct vbus_seat {
    struct sbdf real;
    struct sbdf virt;
};

/* 0 and *virt, or -ENOSPC when all 32 slots are taken. */
MUST_USE int vbus_place(const struct vbus_seat *seats, unsigned int nseats,
                        struct sbdf real, struct sbdf *virt);

#endif
