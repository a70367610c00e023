/* SPDX-License-Identifier: MIT */
/*
 * Base address registers (PCI 3.0 6.2.5.1): what was there is kept, ones are
 * written, what sticks is the size, and it is put back, also after an error.
 * Decoding is off meanwhile, or the device would answer at an invented address.
 */
#include "bytes.h"
#include "pciregs.h"
#include "private.h"

#define PAGE_MASK         0xfffull
#define BARS_NORMAL       6u
#define BARS_BRIDGE       2u
#define ROM               (PCIFRONT_BARS - 1)
#define PCI_ROM_BRIDGE    0x38u /* PCI-to-PCI Bridge 1.2 3.2 */
#define BAR_TYPE_RESERVED 0x00000006u
#define PORTS_END         0x10000u

/* A register, or two of them, before and while they hold ones. */
struct probe {
    uint64_t value;
    uint64_t mask;
};

/* What was there before. Once more if it fails: this one matters. */
static int put_back(struct pcifront *pf, struct pcifront_addr addr, uint32_t at,
                    uint8_t size, uint32_t value)
{
    int err = front_write(pf, addr, at, size, value);

    return err < 0 ? front_write(pf, addr, at, size, value) : err;
}

static int probe_one(struct pcifront *pf, struct pcifront_addr addr,
                     uint32_t at, uint32_t ones, uint32_t *value,
                     uint32_t *mask)
{
    int err = front_read(pf, addr, at, 4, value);
    int back;

    if (err < 0)
        return err;
    err = front_write(pf, addr, at, 4, ones);
    if (err == 0)
        err = front_read(pf, addr, at, 4, mask);
    back = put_back(pf, addr, at, 4, *value);
    return err < 0 ? err : back;
}

static int probe(struct pcifront *pf, struct pcifront_addr addr, uint32_t at,
                 unsigned int halves, uint32_t ones, struct probe *p)
{
    uint32_t value, mask;

    *p = (struct probe){ 0 };
    for (unsigned int i = 0; i < halves; i++) {
        int err = probe_one(pf, addr, at + 4 * i, ones, &value, &mask);

        if (err < 0)
            return err;
        p->value |= (uint64_t)value << (32 * i);
        p->mask |= (uint64_t)mask << (32 * i);
    }
    return 0;
}

/* One run of ones, in which the address is a multiple of the size, or nothing. */
static void finish(struct pcifront_bar *bar, enum pcifront_bar_kind kind,
                   uint64_t address, uint64_t mask)
{
    const uint64_t size = mask & -mask;
    const bool one_run = ((mask + size) & mask) == 0;

    if (size == 0 || !one_run || (address & (size - 1)) != 0)
        return;
    bar->kind = kind;
    bar->address = address;
    bar->size = size;
}

static void decode_io(struct pcifront_bar *bar, const struct probe *p)
{
    /* Many decode 16 bits only, and show zeros above. */
    if (p->value < PORTS_END)
        finish(bar, PCIFRONT_BAR_IO, p->value & PCI_BAR_IO_MASK,
               p->mask & PCI_BAR_IO_MASK & (PORTS_END - 1));
}

static void decode_memory(struct pcifront_bar *bar, const struct probe *p,
                          bool is_64)
{
    const uint64_t flags = ~(uint64_t)PCI_BAR_MEM_MASK & 0xf;

    bar->prefetchable = (p->value & PCI_BAR_MEM_PREFETCH) != 0;
    finish(bar, is_64 ? PCIFRONT_BAR_MEM64 : PCIFRONT_BAR_MEM32,
           p->value & ~flags, p->mask & ~flags);
}

/* *used: how many registers it takes. */
static int decode_bar(struct pcifront *pf, struct pcifront_addr addr,
                      unsigned int i, unsigned int count,
                      struct pcifront_bar *bar, unsigned int *used)
{
    const uint32_t at = PCI_BAR0 + 4 * i;
    struct probe p;
    uint32_t value, type;
    int err = front_read(pf, addr, at, 4, &value);

    *used = 1;
    if (err < 0 || value == UINT32_MAX)
        return err;
    type = value & PCI_BAR_MEM_TYPE;
    if ((value & PCI_BAR_IO) != 0)
        type = 0;
    if (type == BAR_TYPE_RESERVED)
        return 0;
    if (type == PCI_BAR_MEM_TYPE_64) {
        if (i + 1 >= count)
            return 0;
        *used = 2;
    }
    err = probe(pf, addr, at, *used, UINT32_MAX, &p);
    if (err < 0)
        return err;
    if ((value & PCI_BAR_IO) != 0)
        decode_io(bar, &p);
    else
        decode_memory(bar, &p, *used == 2);
    return 0;
}

static int decode_rom(struct pcifront *pf, struct pcifront_addr addr,
                      uint32_t at, struct pcifront_bar *bar)
{
    struct probe p;
    /* Without the enable bit: the decoder stays as it is, off. */
    int err = probe(pf, addr, at, 1, PCI_ROM_MASK, &p);

    if (err < 0)
        return err;
    if (p.value != UINT32_MAX)
        finish(bar, PCIFRONT_BAR_ROM, p.value & PCI_ROM_MASK,
               p.mask & PCI_ROM_MASK);
    return 0;
}

static int decode_all(struct pcifront *pf, struct pcifront_addr addr,
                      uint32_t header_type, struct pcifront_bar *bars)
{
    const bool bridge = header_type == PCI_HEADER_TYPE_BRIDGE;
    const unsigned int count = bridge ? BARS_BRIDGE : BARS_NORMAL;
    unsigned int used;

    if (header_type > PCI_HEADER_TYPE_BRIDGE)
        return 0;
    for (unsigned int i = 0; i < count; i += used) {
        int err = decode_bar(pf, addr, i, count, &bars[i], &used);

        /* Refused, rather than failed: a BAR that we cannot know. */
        if (err < 0 && err != PCIFRONT_ERR_DENIED)
            return err;
    }
    return decode_rom(pf, addr, bridge ? PCI_ROM_BRIDGE : PCI_ROM_ADDRESS,
                      &bars[ROM]);
}

static int find_bars(struct pcifront *pf, struct pcifront_addr addr,
                     struct pcifront_bar *bars)
{
    uint32_t header_type, command = 0;
    int back;
    int err = front_read(pf, addr, PCI_HEADER_TYPE, 1, &header_type);

    if (err == 0)
        err = front_read(pf, addr, PCI_COMMAND, 2, &command);
    if (err < 0)
        return err;
    err = front_write(pf, addr, PCI_COMMAND, 2,
                      command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
    if (err == 0 || err == PCIFRONT_ERR_DENIED)
        err = decode_all(pf, addr, header_type & PCI_HEADER_TYPE_MASK, bars);
    back = put_back(pf, addr, PCI_COMMAND, 2, command);
    if (err == PCIFRONT_ERR_DENIED)
        err = 0;
    return err == 0 && back != PCIFRONT_ERR_DENIED ? back : err;
}

int pcifront_bars(struct pcifront *pf, struct pcifront_addr addr,
                  struct pcifront_bar bars[PCIFRONT_BARS])
{
    struct pcifront_bar found[PCIFRONT_BARS] = { 0 };
    int err;

    front_lock(pf);
    err = find_bars(pf, addr, found);
    front_unlock(pf);
    if (err < 0)
        return err;
    for (unsigned int i = 0; i < PCIFRONT_BARS; i++)
        bars[i] = found[i];
    return 0;
}

/* The pages that hold [offset, offset + bytes) of a BAR. */
static bool pages_of(const struct pcifront_bar *bar, uint64_t offset,
                     uint64_t bytes, uint64_t *first, uint64_t *length)
{
    uint64_t end;

    if (bar->kind == PCIFRONT_BAR_NONE || bar->kind == PCIFRONT_BAR_IO ||
        bar->address == 0 || bytes == 0 || offset > bar->size ||
        bytes > bar->size - offset || !add_u64(bar->address, bar->size, &end) ||
        !add_u64(end, PAGE_MASK, &end))
        return false;
    *first = (bar->address + offset) & ~PAGE_MASK;
    *length =
        ((bar->address + offset + bytes + PAGE_MASK) & ~PAGE_MASK) - *first;
    return true;
}

int pcifront_bar_map(struct pcifront *pf, const struct pcifront_bar *bar,
                     uint64_t offset, uint64_t bytes, enum pcifront_cache cache,
                     void **address)
{
    uint64_t first, length;
    void *mapped;
    int err;

    if (pf->os->map_mmio == NULL)
        return PCIFRONT_ERR_UNSUPPORTED;
    if (!pages_of(bar, offset, bytes, &first, &length) ||
        (cache != PCIFRONT_UNCACHED && cache != PCIFRONT_WRITE_COMBINE))
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    err = pf->os->map_mmio(pf->ctx, first, length, cache, &mapped);
    front_unlock(pf);
    if (err < 0)
        return err;
    *address = (char *)mapped + (bar->address + offset - first);
    return 0;
}

void pcifront_bar_unmap(struct pcifront *pf, const struct pcifront_bar *bar,
                        uint64_t offset, uint64_t bytes, void *address)
{
    uint64_t first, length;

    if (pf->os->unmap_mmio == NULL || address == NULL ||
        !pages_of(bar, offset, bytes, &first, &length))
        return;
    front_lock(pf);
    pf->os->unmap_mmio(
        pf->ctx, (char *)address - (bar->address + offset - first), length);
    front_unlock(pf);
}
