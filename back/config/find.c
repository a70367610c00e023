/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who owns a byte: a row, a hidden capability, or nobody but the device. */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* The row of a block that owns a byte of it; NULL if none does. */
static const struct cfg_field *row_at(const struct cfg_block *block,
                                      uint16_t length, unsigned int at)
{
    for (size_t i = 0; i < block->nfields; i++) {
        const struct cfg_field *f = &block->fields[i];

        if (at >= f->offset && at - f->offset < f->width)
            return bytes_inside(f->offset, f->width, length) ? f : NULL;
    }
    return NULL;
}

static struct cfg_spot find_in(const struct cfg_block *block, uint16_t base,
                               uint16_t length, uint16_t offset)
{
    struct cfg_spot spot = { .block = block, .base = base, .offset = offset };

    spot.field = row_at(block, length, (unsigned int)offset - base);
    if (spot.field != NULL)
        spot.offset = (uint16_t)(base + spot.field->offset);
    else
        spot.rest = block->rest_open;
    return spot;
}

static struct cfg_spot find_hidden(const struct cfg_cap *cap, uint16_t offset)
{
    struct cfg_spot spot = { .block = cap->block, .base = cap->offset };

    spot.offset = offset;
    if (offset < PCI_EXT_CAP_START + 4 && cap->offset == PCI_EXT_CAP_START) {
        spot.field = &cfg_null_row;
        spot.offset = PCI_EXT_CAP_START;
    } else {
        spot.hidden = true;
    }
    return spot;
}

struct cfg_spot cfg_find(const struct cfgspace *cs, uint16_t offset)
{
    if (offset < PCI_CONFIG_HEADER)
        return find_in(&cfg_block_header, 0, PCI_CONFIG_HEADER, offset);
    for (unsigned int i = 0; i < cs->ncaps; i++) {
        const struct cfg_cap *cap = &cs->caps[i];

        if (offset < cap->offset || offset - cap->offset >= cap->length)
            continue;
        return cap->hidden
                   ? find_hidden(cap, offset)
                   : find_in(cap->block, cap->offset, cap->length, offset);
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
