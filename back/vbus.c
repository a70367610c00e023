/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots of the virtual bus. Pure. */
#include "vbus.h"

#include <errno.h>

static bool sits_alone(const struct vbus_seat *seat)
{
    return seat->is_virtfn && SBDF_FUNCTION(seat->real) == 0;
}

static bool belong_together(const struct vbus_seat *a,
                            const struct vbus_seat *b)
{
    return !sits_alone(a) && !sits_alone(b) &&
           a->real.segment == b->real.segment && a->real.bus == b->real.bus &&
           SBDF_DEVICE(a->real) == SBDF_DEVICE(b->real);
}

static struct sbdf at_slot(unsigned int slot, struct sbdf real)
{
    return (struct sbdf){
        .devfn = (uint8_t)(slot << 3 | SBDF_FUNCTION(real)),
    };
}

int vbus_place(const struct vbus_seat *seats, unsigned int nseats,
               struct vbus_seat *seat)
{
    uint32_t used = 0;
    unsigned int i, slot;

    for (i = 0; i < nseats; i++) {
        if (belong_together(&seats[i], seat)) {
            seat->virt = at_slot(SBDF_DEVICE(seats[i].virt), seat->real);
            return 0;
        }
        used |= 1u << SBDF_DEVICE(seats[i].virt);
    }
    for (slot = 0; slot < VBUS_SLOTS; slot++) {
        if (used & 1u << slot)
            continue;
        seat->virt = at_slot(slot, seat->real);
        return 0;
    }
    return -ENOSPC;
}
