/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The capability chains as the guest walks them: made from the list that was
 * found at attach, so that they end, and step over what is hidden.
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* Offset of the first shown capability of its kind from index on; 0: none. */
static uint16_t next_shown(const struct cfgspace *cs, unsigned int index,
                           enum cfg_where where)
{
    for (; index < cs->ncaps; index++) {
        const struct cfg_cap *cap = &cs->caps[index];

        if (cap->extended == (where == CFG_IN_EXTCAP) && !cap->hidden)
            return cap->offset;
    }
    return 0;
}

static uint16_t shown_after(const struct cfgspace *cs, uint16_t offset,
                            enum cfg_where where)
{
    unsigned int i = 0;

    while (i < cs->ncaps && cs->caps[i].offset != offset)
        i++;
    return next_shown(cs, i + 1, where);
}

uint32_t cfg_chain_head(const struct cfgspace *cs, uint16_t offset UNUSED)
{
    return next_shown(cs, 0, CFG_IN_CAP);
}

uint32_t cfg_chain_cap(const struct cfgspace *cs, uint16_t offset)
{
    return cs->snapshot[offset] | (uint32_t)shown_after(cs, offset, CFG_IN_CAP)
                                      << 8;
}

uint32_t cfg_chain_extcap(const struct cfgspace *cs, uint16_t offset)
{
    return (le32_load(&cs->snapshot[offset]) & 0x000fffffu) |
           (uint32_t)shown_after(cs, offset, CFG_IN_EXTCAP) << 20;
}

/*
 * The extended chain has no pointer to its head: when the capability there is
 * hidden, a null one takes its place (PCIe 6.0 7.9.28).
 */
static uint32_t null_fresh(const struct cfgspace *cs, uint16_t offset)
{
    return (uint32_t)shown_after(cs, offset, CFG_IN_EXTCAP) << 20;
}

const struct cfg_field cfg_null_row = {
    .name = "Extended Capability Header",
    .offset = 0,
    .width = 4,
    .frozen = 0xffffffff,
    .fresh = null_fresh,
    .reason = "the first capability is hidden, and the chain starts here",
    .spec = "PCIe 6.0 7.9.28",
};
