/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the capabilities are: walks both chains of the snapshot and binds a
 * block to each capability. The device may be hostile: it can loop, point
 * outside, overlap, or go on for ever. It is never asked twice (XSA-337).
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

static bool cap_known(const struct cfgspace *cs, uint16_t offset)
{
    for (unsigned int i = 0; i < cs->ncaps; i++)
        if (cs->caps[i].offset == offset)
            return true;
    return false;
}

/* False when the chain must end here: a loop, or more than we can hold. */
static bool cap_append(struct cfgspace *cs, uint16_t id, uint16_t offset,
                       enum cfg_where where)
{
    struct cfg_cap *cap;

    if (cs->ncaps == CFG_CAPS_MAX || cap_known(cs, offset))
        return false;
    cap = &cs->caps[cs->ncaps++];
    cap->id = id;
    cap->offset = offset;
    cap->extended = where == CFG_IN_EXTCAP;
    return true;
}

/* PCI 3.0 6.7: the two low bits of every pointer are reserved. */
static void walk_caps(struct cfgspace *cs)
{
    const uint8_t *snap = cs->snapshot;
    uint16_t at = snap[PCI_CAPABILITY_LIST] & 0xfcu;

    if ((le16_load(&snap[PCI_STATUS]) & PCI_STATUS_CAP_LIST) == 0)
        return;
    while (at >= PCI_CONFIG_HEADER && snap[at] != 0xff) {
        if (!cap_append(cs, snap[at], at, CFG_IN_CAP))
            return;
        at = snap[at + PCI_CAP_NEXT] & 0xfcu;
    }
}

/*
 * PCIe 6.0 7.6.3: an empty list is a header of all zeros or all ones. The
 * snapshot of a 256-byte space continues with zeros.
 */
static void walk_extcaps(struct cfgspace *cs)
{
    uint16_t at = PCI_EXT_CAP_START;

    while (at >= PCI_EXT_CAP_START) {
        uint32_t header = le32_load(&cs->snapshot[at]);

        if (header == 0 || header == UINT32_MAX)
            return;
        if (!cap_append(cs, PCI_EXT_CAP_ID(header), at, CFG_IN_EXTCAP))
            return;
        at = PCI_EXT_CAP_NEXT(header);
    }
}

/* Bytes from the start of cap to the next one, or to the end of its space. */
static uint16_t cap_room(const struct cfgspace *cs, const struct cfg_cap *cap)
{
    uint16_t end = cap->extended ? cs->params.size : PCI_CONFIG_SIZE;

    for (unsigned int i = 0; i < cs->ncaps; i++) {
        uint16_t at = cs->caps[i].offset;

        if (at > cap->offset && at < end)
            end = at;
    }
    return (uint16_t)(end - cap->offset);
}

static bool block_bound(const struct cfgspace *cs, const struct cfg_block *b)
{
    for (unsigned int i = 0; i < cs->ncaps; i++)
        if (cs->caps[i].block == b)
            return true;
    return false;
}

/* The bytes that block would have here; 0 if there is no room for it. */
static uint16_t length_here(const struct cfgspace *cs,
                            const struct cfg_cap *cap,
                            const struct cfg_block *block)
{
    uint16_t room = cap_room(cs, cap);
    uint16_t length = cfg_block_length(block, cs->snapshot, cap->offset);

    if (length == 0)
        return room;
    if (length > room)
        length = block->least;
    return length > room ? 0 : length;
}

/*
 * A capability gets the rows of its block if it has room for them and is the
 * first of its kind, or may come again. What does not is hidden, and no knob
 * shows it: its registers would have no rows to guard them. No two overlap,
 * since none reaches beyond the start of the next.
 */
static void bind(struct cfgspace *cs, struct cfg_cap *cap)
{
    const struct cfg_block *block =
        cfg_block_for(cap->extended ? CFG_IN_EXTCAP : CFG_IN_CAP, cap->id);
    uint16_t length = length_here(cs, cap, block);

    if (length == 0 || (!block->many && block_bound(cs, block))) {
        block =
            cap->extended ? &cfg_block_misfit_extcap : &cfg_block_misfit_cap;
        length = cap_room(cs, cap);
    }
    cap->block = block;
    cap->length = length;
}

/* Does a knob open anything behind the header? */
static bool cap_requested(const struct cfgspace *cs, const struct cfg_cap *cap)
{
    for (uint16_t i = cap->extended ? 4 : 2; i < cap->length; i++)
        if (cfg_knob_bits(cs, (uint16_t)(cap->offset + i), 1) != 0)
            return true;
    return false;
}

static bool cap_hidden(const struct cfgspace *cs, const struct cfg_cap *cap)
{
    switch (cap->block->visibility) {
    case CFG_SHOWN:
        return false;
    case CFG_ON_REQUEST:
        return !cap_requested(cs, cap);
    case CFG_HIDDEN:
        break;
    }
    return true;
}

void cfg_map(struct cfgspace *cs)
{
    cs->ncaps = 0;
    walk_caps(cs);
    walk_extcaps(cs);
    for (unsigned int i = 0; i < cs->ncaps; i++)
        bind(cs, &cs->caps[i]);
    for (unsigned int i = 0; i < cs->ncaps; i++)
        cs->caps[i].hidden = cap_hidden(cs, &cs->caps[i]);
}
