/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One device's config space from attach to detach: is it a device we serve, and
 * what are our copies when an owner arrives. Entered by whoever sets up a
 * device; never touches it.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cfgspace.h"
#include "pciregs.h"
#include "table.h"

static bool all_ones(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != 0xff)
            return false;
    return true;
}

int cfgspace_check_device(const uint8_t *snapshot, uint16_t size,
                          const char **why)
{
    if (size != PCI_CONFIG_SIZE && size != PCI_CONFIG_SIZE_EXT) {
        *why = "its configuration space is neither 256 nor 4096 bytes long";
        return -EINVAL;
    }
    /* Not the ids alone: those of a virtual function read as ones. */
    if (all_ones(snapshot, PCI_CONFIG_HEADER)) {
        *why = "it does not answer: its configuration space reads all ones";
        return -ENODEV;
    }
    if ((snapshot[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK) !=
        PCI_HEADER_TYPE_NORMAL) {
        *why = "it is a bridge or has an unknown header type";
        return -ENOTSUP;
    }
    return 0;
}

static void fill_row(struct cfgspace *cs, const struct cfg_field *f,
                     uint16_t base, enum cfg_start start)
{
    uint16_t offset = (uint16_t)(base + f->offset);
    uint8_t *copy = &cs->shadow->bytes[offset];
    uint32_t mask = f->frozen | (start == CFG_FRESH ? f->shadow : 0);
    uint32_t value;

    if (mask == 0)
        return;
    value = f->fresh != NULL ? f->fresh(cs, offset)
                             : le_load(&cs->snapshot[offset], f->width);
    le_store(copy, f->width, bits_merge(le_load(copy, f->width), value, mask));
}

static void fill_block(struct cfgspace *cs, const struct cfg_block *block,
                       uint16_t base, uint16_t length, enum cfg_start start)
{
    for (size_t i = 0; i < block->nfields; i++) {
        const struct cfg_field *f = &block->fields[i];

        if (bytes_inside(f->offset, f->width, length))
            fill_row(cs, f, base, start);
    }
}

void cfg_fill(struct cfgspace *cs, enum cfg_start start)
{
    fill_block(cs, &cfg_block_header, 0, PCI_CONFIG_HEADER, start);
    for (unsigned int i = 0; i < cs->ncaps; i++) {
        const struct cfg_cap *cap = &cs->caps[i];

        if (!cap->hidden)
            fill_block(cs, cap->block, cap->offset, cap->length, start);
        else if (cap->offset == PCI_EXT_CAP_START)
            fill_row(cs, &cfg_null_row, cap->offset, start);
    }
}

void cfgspace_init(struct cfgspace *cs, const struct cfg_params *params,
                   const uint8_t *snapshot, struct cfg_shadow *shadow,
                   struct cfg_hw hw, enum cfg_start start)
{
    assert(params->size == PCI_CONFIG_SIZE ||
           params->size == PCI_CONFIG_SIZE_EXT);
    memset(cs, 0, sizeof(*cs));
    cs->params = *params;
    cs->shadow = shadow;
    cs->hw = hw;
    memcpy(cs->snapshot, snapshot, params->size);
    if (start == CFG_FRESH)
        memset(shadow, 0, sizeof(*shadow));
    cfg_map(cs);
    cfg_facts(cs);
    cfg_fill(cs, start);
}

bool cfgspace_memory_enabled(const struct cfgspace *cs)
{
    return (cs->shadow->bytes[PCI_COMMAND] & PCI_COMMAND_MEMORY) != 0;
}
