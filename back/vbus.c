/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots of the virtual bus. Pure. */
#include "vbus.h"

#include <errno.h>
#include <stdbool.h>

static bool same_physical_slot(struct sbdf a, struct sbdf b)
{
    return a.segment == b.segment && a.bus == b.bus &&
           SBDF_DEVICE(a) == SBDF_DEVICE(b);
}

int vbus_place(const struct vbus_seat *seats, unsigned int nseats,
               struct sbdf real, struct sbdf *virt)
{
    uint32_t used = 0;
    unsigned int i, slot;

    for (i = 0; i < nseats; i++) {
        used |= 1u << SBDF_DEVICE(seats[i].virt);
        if (SBDF_FUNCTION(real) != 0 &&
            same_physical_slot(seats[i].real, real) &&
            SBDF_FUNCTION(seats[i].real) != SBDF_FUNCTION(real)) {
            *virt = seats[i].virt;
            virt->devfn = (uint8_t)((virt->devfn & ~7u) | SBDF_FUNCTION(real));
            return 0;
        }
    }
    for (slot = 0; slot < VBUS_SLOTS; slot++) {
        if (used & 1u << slot)
            continue;
        *virt = (struct sbdf){
            .devfn = (uint8_t)(slot << 3 | SBDF_FUNCTION(real)),
        };
        return 0;
    }
    return -ENOSPC;
}
