/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who sits where. Pure. */
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

enum vbus_topology vbus_topology(const struct vbus_seat *seats,
                                 unsigned int nseats, enum vbus_topology wanted)
{
    bool is_virtual = true, is_real = true;
    unsigned int i;

    for (i = 0; i < nseats; i++) {
        is_virtual =
            is_virtual && seats[i].virt.segment == 0 && seats[i].virt.bus == 0;
        is_real = is_real && sbdf_equal(seats[i].virt, seats[i].real);
    }
    /* Devices of the host's own bus 0 may sit there either way. */
    if (is_virtual && is_real)
        return wanted;
    return is_real ? VBUS_PASSTHROUGH : VBUS_VIRTUAL;
}

static int place_virtual(const struct vbus_seat *seats, unsigned int nseats,
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

int vbus_place(enum vbus_topology topology, const struct vbus_seat *seats,
               unsigned int nseats, struct vbus_seat *seat)
{
    switch (topology) {
    case VBUS_PASSTHROUGH:
        seat->virt = seat->real;
        return 0;
    case VBUS_VIRTUAL:
        break;
    }
    return place_virtual(seats, nseats, seat);
}
