/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Base address registers and the expansion ROM. The guest sees the host's
 * resource and can learn its size; it can never move it. The device is written
 * only to give it back the very address it had, after a reset.
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* One 32-bit register as hardware would have it. All zero if there is none. */
struct bar_reg {
    uint32_t type;    /* the read-only bits below the address */
    uint32_t address; /* the bits that hold an address */
    uint32_t base;    /* the address that the guest always keeps */
    uint32_t sizing;  /* the address bits that sizing finds writable */
};

static bool size_ok(const struct cfg_bar *bar)
{
    return bar->size != 0 && (bar->size & (bar->size - 1)) == 0;
}

/* PCI 3.0 6.2.5.1; a 64-bit BAR takes two registers. */
static struct bar_reg low_half(const struct cfg_bar *bar, uint32_t type,
                               uint32_t address)
{
    return (struct bar_reg){
        .type = type,
        .address = address,
        .base = (uint32_t)bar->base & address,
        .sizing = (uint32_t)-bar->size & address,
    };
}

static struct bar_reg high_half(const struct cfg_bar *bar)
{
    return (struct bar_reg){
        .address = UINT32_MAX,
        .base = (uint32_t)(bar->base >> 32),
        .sizing = (uint32_t)(-bar->size >> 32),
    };
}

static struct bar_reg bar_describe(const struct cfg_bar *bar)
{
    uint32_t prefetch = bar->prefetch ? PCI_BAR_MEM_PREFETCH : 0;

    switch (bar->kind) {
    case CFG_BAR_MEM32:
        return low_half(bar, prefetch, PCI_BAR_MEM_MASK);
    case CFG_BAR_MEM64:
        return low_half(bar, prefetch | PCI_BAR_MEM_TYPE_64, PCI_BAR_MEM_MASK);
    case CFG_BAR_IO:
        return low_half(bar, PCI_BAR_IO, PCI_BAR_IO_MASK);
    case CFG_BAR_ROM:
        return low_half(bar, 0, PCI_ROM_MASK);
    case CFG_BAR_NONE:
        break;
    }
    return (struct bar_reg){ .type = 0 };
}

static struct bar_reg bar_at(const struct cfgspace *cs, uint16_t offset)
{
    const struct cfg_bar *bars = cs->params.bars;
    unsigned int n = (offset - PCI_BAR0) / 4u, i = 0;

    if (offset == PCI_ROM_ADDRESS)
        n = i = CFG_BARS - 1;
    while (i < n) {
        bool wide = bars[i].kind == CFG_BAR_MEM64;

        if (wide && i + 1 == n)
            return size_ok(&bars[i]) ? high_half(&bars[i])
                                     : (struct bar_reg){ .type = 0 };
        i += wide ? 2 : 1;
    }
    return size_ok(&bars[n]) ? bar_describe(&bars[n])
                             : (struct bar_reg){ .type = 0 };
}

/* Ones in every byte whose sizing bits are all written as ones. */
static uint32_t bytes_sized(const struct bar_reg *reg,
                            const struct cfg_edit *edit)
{
    uint32_t sized = 0;

    for (unsigned int shift = 0; shift < 32; shift += 8) {
        uint32_t byte = (uint32_t)0xff << shift;

        if ((edit->value & reg->sizing & byte) == (reg->sizing & byte))
            sized |= byte;
    }
    return sized;
}

/*
 * A register shows its base until ones are written to the bits that hardware
 * would let vary, and then its size until the next write; any other address is
 * refused by showing the base. A write that covers only some of those bits
 * does the same to the bytes that it covers, so that sizing works in any width.
 */
uint32_t cfg_bar_view(const struct cfgspace *cs, const struct cfg_edit *edit)
{
    struct bar_reg reg = bar_at(cs, edit->offset);
    uint32_t sized = bytes_sized(&reg, edit);
    uint32_t view = reg.base;

    if ((edit->touched & reg.sizing) != reg.sizing)
        view = bits_merge(edit->seen, bits_merge(reg.base, reg.sizing, sized),
                          edit->touched);
    else if (sized == UINT32_MAX)
        view = reg.sizing;
    return bits_merge(reg.type, view, reg.address);
}

/* Restore after a reset: the recorded address, whole, and nothing else. */
uint32_t cfg_bar_allow(const struct cfgspace *cs, const struct cfg_edit *edit)
{
    struct bar_reg reg = bar_at(cs, edit->offset);

    return ((edit->value ^ reg.base) & reg.address) == 0 ? reg.address : 0;
}

/* Asking for the size loses nothing; another address is not to be had. */
uint32_t cfg_bar_lost(const struct cfgspace *cs, const struct cfg_edit *edit)
{
    struct bar_reg reg = bar_at(cs, edit->offset);
    uint32_t asked = edit->touched & reg.sizing;
    uint32_t moved = (edit->value ^ cfg_bar_view(cs, edit)) & reg.address;
    uint32_t loose = (edit->value ^ edit->seen) & edit->field->loose;

    if ((edit->value & asked) == asked)
        moved = 0;
    return (moved | (loose & ~edit->field->allow(cs, edit))) & edit->touched;
}

/* The ROM answers at its own address or not at all. */
uint32_t cfg_rom_allow(const struct cfgspace *cs, const struct cfg_edit *edit)
{
    struct bar_reg reg = bar_at(cs, edit->offset);
    bool home = ((edit->value ^ reg.base) & reg.address) == 0;

    return cfg_bar_allow(cs, edit) | (home ? edit->open : 0);
}

bool cfg_rom_have(const struct cfgspace *cs)
{
    return bar_at(cs, PCI_ROM_ADDRESS).address != 0;
}

uint32_t cfg_bar_fresh(const struct cfgspace *cs, uint16_t offset)
{
    struct bar_reg reg = bar_at(cs, offset);

    return reg.type | reg.base;
}
