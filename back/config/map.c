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
    struct cfg_spot spot = {
        .block = block,
        .base = base,
        .offset = offset,
        .hidden = block->visibility == CFG_HIDDEN,
    };

    for (size_t i = 0; i < block->nfields && !spot.hidden; i++) {
        const struct cfg_field *f = &block->fields[i];
        uint16_t start = (uint16_t)(base + f->offset);

        if (offset >= start && offset - start < f->width) {
            spot.field = f;
            spot.offset = start;
            break;
        }
    }
    spot.rest = spot.field == NULL && !spot.hidden && block->rest_open;
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
    return (struct cfg_spot){ .offset = offset, .rest = true };
}

/* Rows for bytes that have none, by width / 2. They have no name. */
static const struct cfg_field rest_rows[] = {
    { .width = 1, .loose = 0xff, .send = CFG_SEND_ALWAYS },
    { .width = 2, .loose = 0xffff, .send = CFG_SEND_ALWAYS },
    { .width = 4, .loose = 0xffffffff, .send = CFG_SEND_ALWAYS },
};
static const struct cfg_field reserved_rows[] = {
    { .width = 1 },
    { .width = 2 },
    { .width = 4 },
};
static const struct cfg_field hidden_rows[] = {
    { .width = 1, .zero = 0xff },
    { .width = 2, .zero = 0xffff },
    { .width = 4, .zero = 0xffffffff },
};

/* May both bytes go in one write: neither a row's, both open or both shut? */
static bool bytes_alike(const struct cfgspace *cs, const struct cfg_spot *a,
                        uint16_t offset)
{
    struct cfg_spot b = cfg_find(cs, offset);

    return b.field == NULL && b.hidden == a->hidden && b.rest == a->rest &&
           (cfg_knob_bits(cs, a->offset, 1) == 0) ==
               (cfg_knob_bits(cs, offset, 1) == 0);
}

struct cfg_spot cfg_find_row(const struct cfgspace *cs, uint16_t offset,
                             uint8_t left)
{
    struct cfg_spot spot = cfg_find(cs, offset);
    uint8_t width = 1, n = 1;

    if (spot.field != NULL)
        return spot;
    while (n < left && bytes_alike(cs, &spot, (uint16_t)(offset + n)))
        n++;
    while (width * 2 <= n && offset % (width * 2) == 0)
        width = (uint8_t)(width * 2);
    spot.field = spot.hidden ? &hidden_rows[width / 2]
                 : spot.rest ? &rest_rows[width / 2]
                             : &reserved_rows[width / 2];
    return spot;
}
