/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator allows beyond the tables, bit by bit. */
#include "bytes.h"
#include "table.h"

static bool quirk_sane(const struct quirk *q)
{
    return (q->size == 1 || q->size == 2 || q->size == 4) &&
           q->offset % q->size == 0 && q->mask != 0 &&
           (q->mask & ~bytes_mask(q->size)) == 0;
}

uint32_t cfg_knob_bits(const struct cfgspace *cs, uint16_t offset,
                       uint8_t width)
{
    const struct cfg_knobs *k = &cs->params.knobs;
    uint32_t bits = 0;

    if (k->permissive)
        return bytes_mask(width);
    for (unsigned int i = 0; i < k->nquirks && i < CFG_QUIRKS_MAX; i++) {
        const struct quirk *q = &k->quirks[i];

        if (quirk_sane(q) && bytes_overlap(q->offset, q->size, offset, width))
            bits |= bits_move(q->mask, q->offset, offset);
    }
    return bits & bytes_mask(width);
}

/* A capability that is shown on request is open behind its header. */
static bool on_request(const struct cfg_spot *spot, uint16_t at)
{
    uint16_t header = spot->block->where == CFG_IN_EXTCAP ? 4 : 2;

    return spot->block->visibility == CFG_ON_REQUEST &&
           at - spot->base >= header;
}

static uint8_t loose_byte(const struct cfgspace *cs, uint16_t at)
{
    struct cfg_spot spot = cfg_find(cs, at);

    if (spot.hidden)
        return on_request(&spot, at) ? 0xff : 0;
    if (spot.field == NULL)
        return spot.rest ? 0xff : 0;
    return (uint8_t)(cfg_field_loose(cs, spot.field) >> 8 * (at - spot.offset));
}

uint32_t cfg_loose_bits(const struct cfgspace *cs, uint16_t offset,
                        uint8_t width)
{
    uint32_t bits = 0;

    for (uint8_t i = 0; i < width; i++)
        bits |= (uint32_t)loose_byte(cs, (uint16_t)(offset + i)) << 8 * i;
    return bits;
}

uint32_t cfgspace_opened(const struct cfgspace *cs, uint16_t offset,
                         uint8_t size)
{
    uint32_t bits =
        cfg_knob_bits(cs, offset, size) & cfg_loose_bits(cs, offset, size);

    for (uint8_t i = 0; i < size; i++) {
        struct cfg_spot spot = cfg_find(cs, (uint16_t)(offset + i));

        if (spot.field != NULL)
            bits &= ~(
                (spot.field->evidence >> 8 * (offset + i - spot.offset) & 0xff)
                << 8 * i);
    }
    return bits;
}

bool cfgspace_quirk_ok(const struct cfgspace *cs, const struct quirk *q,
                       const char **why)
{
    if (q->size != 1 && q->size != 2 && q->size != 4)
        *why = "its size is not 1, 2 or 4";
    else if (q->offset % q->size != 0)
        *why = "its register is not aligned to its size";
    else if (!quirk_sane(q))
        *why = "its mask is empty or wider than its size";
    else if (!bytes_inside(q->offset, q->size, cs->params.size))
        *why = "its register is outside of the device's configuration space";
    else if ((cfg_loose_bits(cs, q->offset, q->size) & q->mask) == 0)
        *why = "no bit of it may be opened: a guest has them already, they "
               "are read-only, or they are kept for the host";
    else
        return true;
    return false;
}
