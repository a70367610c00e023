/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What NetBSD does with a function it found (xpci_xenbus.c, sys/dev/pci/pci.c,
 * pci_map.c), in nothing but aligned accesses of four bytes: a register that
 * shares its word with others is written together with what was read of them.
 */
#include <inttypes.h>

#include "netbsd.h"
#include "pciregs.h"

#define CHAIN_MAX 48u
#define BARS      6u

#define STATUS_WORD 0xffff0000u

/* The words that hold these registers. */
#define WORD_COMMAND   PCI_COMMAND
#define WORD_CLASS     PCI_REVISION_ID
#define WORD_CACHE     PCI_CACHE_LINE_SIZE
#define WORD_INTERRUPT PCI_INTERRUPT_LINE

static uint32_t get(struct netbsd *netbsd, const struct netbsd_function *f,
                    uint32_t reg)
{
    uint32_t value;
    int32_t err = netbsd_conf_read(netbsd, f->bus, f->devfn, reg, &value);

    if (err != 0)
        wrong("reading %02" PRIx32 " at %02" PRIx32 ": %s", f->devfn, reg,
              pci_wire_err_name(err));
    return value;
}

static void put(struct netbsd *netbsd, const struct netbsd_function *f,
                uint32_t reg, uint32_t value)
{
    int32_t err = netbsd_conf_write(netbsd, f->bus, f->devfn, reg, value);

    if (err != 0)
        wrong("writing %08" PRIx32 " to %02" PRIx32 " at %02" PRIx32 ": %s",
              value, f->devfn, reg, pci_wire_err_name(err));
}

/* Write, and see just that come back. */
static void put_checked(struct netbsd *netbsd, const struct netbsd_function *f,
                        uint32_t reg, uint32_t value, uint32_t expect)
{
    uint32_t now;

    put(netbsd, f, reg, value);
    now = get(netbsd, f, reg);
    if (now != expect)
        wrong("%02" PRIx32 " at %02" PRIx32 ": wrote %08" PRIx32
              ", reads %08" PRIx32 ", not %08" PRIx32,
              f->devfn, reg, value, now, expect);
}

/* Found with both decodes off, it switches on what its BARs ask for. */
static void enable(struct netbsd *netbsd, const struct netbsd_function *f)
{
    uint32_t csr = get(netbsd, f, WORD_COMMAND);

    if (csr & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY))
        return;
    for (uint32_t nr = 0; nr < BARS; nr++) {
        uint32_t bar = get(netbsd, f, PCI_BAR0 + 4 * nr);

        if (bar & PCI_BAR_IO)
            csr |= PCI_COMMAND_IO;
        else if (bar != 0)
            csr |= PCI_COMMAND_MEMORY;
    }
    put_checked(netbsd, f, WORD_COMMAND, csr, csr);
}

/*
 * Command has its word in common with Status: nothing of either may get lost,
 * whatever stands in the other half. Bus mastering is on in the end.
 */
static void drive_command(struct netbsd *netbsd,
                          const struct netbsd_function *f)
{
    uint32_t csr = get(netbsd, f, WORD_COMMAND);
    uint32_t on = csr | PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;
    uint32_t off = on & ~PCI_COMMAND_MASTER;

    put_checked(netbsd, f, WORD_COMMAND, on, on);
    put_checked(netbsd, f, WORD_COMMAND, off | STATUS_WORD, off);
    put_checked(netbsd, f, WORD_COMMAND, on & ~STATUS_WORD, on);
}

/* Cache line and latency are set together; type and self-test share the word. */
static void drive_cache_line(struct netbsd *netbsd,
                             const struct netbsd_function *f)
{
    uint32_t word = get(netbsd, f, WORD_CACHE);
    uint32_t lines = (word & ~0xffu) | 0x10;

    put_checked(netbsd, f, WORD_CACHE, (lines & ~0xff00u) | 0x4000, lines);
    put_checked(netbsd, f, WORD_CACHE, word, word);
}

/* The interrupt line is looked up, never set; a write must do no harm. */
static void drive_interrupt(struct netbsd *netbsd,
                            const struct netbsd_function *f)
{
    uint32_t word = get(netbsd, f, WORD_INTERRUPT);

    put_checked(netbsd, f, WORD_INTERRUPT, word ^ 0xff, word);
    say("netbsd: %02" PRIx32 ".%" PRIx32 " line %" PRIu32 " pin %" PRIu32,
        f->devfn >> 3, f->devfn & 7, word & 0xff, word >> 8 & 0xff);
}

/* All ones, what is left, and back: one word of a BAR. */
static uint32_t size_word(struct netbsd *netbsd,
                          const struct netbsd_function *f, uint32_t reg,
                          uint32_t *mask)
{
    uint32_t word = get(netbsd, f, reg);

    put(netbsd, f, reg, 0xffffffff);
    *mask = get(netbsd, f, reg);
    put_checked(netbsd, f, reg, word, word);
    return word;
}

/* The number of words this BAR takes. */
static uint32_t size_bar(struct netbsd *netbsd, const struct netbsd_function *f,
                         uint32_t nr)
{
    uint32_t reg = PCI_BAR0 + 4 * nr, mask, mask_high = 0xffffffff;
    uint32_t word = size_word(netbsd, f, reg, &mask), high = 0, bits;
    uint64_t base, size;
    bool is_wide;

    if (mask == 0)
        return 1;
    bits = mask & PCI_BAR_IO ? PCI_BAR_IO_MASK : PCI_BAR_MEM_MASK;
    is_wide = !(word & PCI_BAR_IO) &&
              (word & PCI_BAR_MEM_TYPE) == PCI_BAR_MEM_TYPE_64;
    if ((word ^ mask) & ~bits)
        wrong("BAR%" PRIu32 " of %02" PRIx32 " changes its kind", nr, f->devfn);
    if (is_wide)
        high = size_word(netbsd, f, reg + 4, &mask_high);
    base = (uint64_t)high << 32 | (word & bits);
    size = -((uint64_t)mask_high << 32 | (mask & bits));
    say("netbsd: %02" PRIx32 ".%" PRIx32 " BAR%" PRIu32 " 0x%016" PRIx64
        " 0x%016" PRIx64,
        f->devfn >> 3, f->devfn & 7, nr, base, base + size - 1);
    return is_wide ? 2 : 1;
}

/* Where the capability is, or 0. Kernels with DIAGNOSTIC check the pointers. */
static uint32_t find_capability(struct netbsd *netbsd,
                                const struct netbsd_function *f, uint8_t id)
{
    uint32_t at = get(netbsd, f, PCI_CAPABILITY_LIST) & 0xff, word;

    if (!(get(netbsd, f, WORD_COMMAND) >> 16 & PCI_STATUS_CAP_LIST))
        return 0;
    for (unsigned int i = 0; at != 0; i++) {
        if ((at & 3) != 0 || at < PCI_CONFIG_HEADER || i == CHAIN_MAX)
            netbsd_panic(netbsd, "pci_get_capability");
        word = get(netbsd, f, at);
        if ((word & 0xff) == id)
            return at;
        at = word >> 8 & 0xff;
    }
    return 0;
}

/* Its power hook: to D3 and back, control and data in one word. */
static void drive_power(struct netbsd *netbsd, const struct netbsd_function *f)
{
    uint32_t at = find_capability(netbsd, f, PCI_CAP_ID_PM), reg, word;

    if (at == 0)
        return;
    reg = at + PCI_PM_CTRL;
    word = get(netbsd, f, reg);
    put_checked(netbsd, f, reg, word | 3, word | 3);
    put_checked(netbsd, f, reg, word & ~3u, word & ~3u);
    say("netbsd: %02" PRIx32 ".%" PRIx32 " was in D3 and is back",
        f->devfn >> 3, f->devfn & 7);
}

void netbsd_snapshot(struct netbsd *netbsd, struct netbsd_function *f,
                     uint32_t words[NETBSD_WORDS])
{
    for (uint32_t i = 0; i < NETBSD_WORDS; i++)
        words[i] = get(netbsd, f, i * 4);
}

void netbsd_attach(struct netbsd *netbsd, struct netbsd_function *f)
{
    uint32_t id, class;

    enable(netbsd, f);
    if (get(netbsd, f, WORD_CACHE) >> 16 & PCI_HEADER_TYPE_MASK) {
        wrong("%02" PRIx32 " is no device but a bridge", f->devfn);
        return;
    }
    id = get(netbsd, f, PCI_VENDOR_ID);
    class = get(netbsd, f, WORD_CLASS);
    say("netbsd: %02" PRIx32 ".%" PRIx32 " id 0x%04" PRIx32 " 0x%04" PRIx32
        " class 0x%06" PRIx32,
        f->devfn >> 3, f->devfn & 7, id & 0xffff, id >> 16, class >> 8);
    for (uint32_t nr = 0; nr < BARS;)
        nr += size_bar(netbsd, f, nr);
    drive_interrupt(netbsd, f);
    drive_cache_line(netbsd, f);
    drive_power(netbsd, f);
    drive_command(netbsd, f);
    netbsd_snapshot(netbsd, f, f->words);
}
