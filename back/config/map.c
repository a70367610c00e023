/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the registers are: walks both capability chains of the snapshot, binds
 * a block to each capability, and says which row owns a byte. The device may
 * be hostile: it can loop, point outside, overlap, or go on for ever. It is
 * never asked twice (XSA-337).
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
    cap->block = cap->extended ? &cfg_block_other_extcap : &cfg_block_other_cap;
    cap->length = cap->block->length(cs->snapshot, offset);
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

/* May cap grow to length bytes without leaving its space or biting another? */
static bool cap_fits(const struct cfgspace *cs, const struct cfg_cap *cap,
                     uint16_t length)
{
    if (!bytes_inside(cap->offset, length,
                      cap->extended ? cs->params.size : PCI_CONFIG_SIZE))
        return false;
    for (unsigned int i = 0; i < cs->ncaps; i++) {
        const struct cfg_cap *other = &cs->caps[i];

        if (other != cap &&
            bytes_overlap(cap->offset, length, other->offset, other->length))
            return false;
    }
    return true;
}

static bool block_bound(const struct cfgspace *cs, const struct cfg_block *b)
{
    for (unsigned int i = 0; i < cs->ncaps; i++)
        if (cs->caps[i].block == b)
            return true;
    return false;
}

/*
 * A capability gets the rows of its block if it is the first of its kind and
 * has room for them. Otherwise only its header is known, which is safe: it
 * reads as the device and nothing in it can be written.
 */
static void bind(struct cfgspace *cs, struct cfg_cap *cap)
{
    const struct cfg_block *block =
        cfg_block_for(cap->extended ? CFG_IN_EXTCAP : CFG_IN_CAP, cap->id);
    uint16_t length;

    if (block_bound(cs, block))
        return;
    length = block->length(cs->snapshot, cap->offset);
    if (!cap_fits(cs, cap, length))
        return;
    cap->block = block;
    cap->length = length;
}

void cfg_map(struct cfgspace *cs)
{
    cs->ncaps = 0;
    walk_caps(cs);
    walk_extcaps(cs);
    for (unsigned int i = 0; i < cs->ncaps; i++)
        bind(cs, &cs->caps[i]);
}

static struct cfg_spot find_in(const struct cfg_block *block, uint16_t base,
                               uint16_t offset)
{
    struct cfg_spot spot = { .hidden = block->visibility == CFG_HIDDEN };

    for (size_t i = 0; i < block->nfields && !spot.hidden; i++) {
        const struct cfg_field *f = &block->fields[i];
        uint16_t start = (uint16_t)(base + f->offset);

        if (offset >= start && offset - start < f->width) {
            spot.field = f;
            spot.offset = start;
            break;
        }
    }
    return spot;
}

struct cfg_spot cfg_find(const struct cfgspace *cs, uint16_t offset)
{
    if (offset < PCI_CONFIG_HEADER)
        return find_in(&cfg_block_header, 0, offset);
    for (unsigned int i = 0; i < cs->ncaps; i++) {
        const struct cfg_cap *cap = &cs->caps[i];

        if (offset >= cap->offset && offset - cap->offset < cap->length)
            return find_in(cap->block, cap->offset, offset);
    }
    return (struct cfg_spot){ .field = NULL };
}
