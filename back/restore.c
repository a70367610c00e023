/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshot and restore of the writable registers around each owner. */
#include "restore.h"

#include <errno.h>
#include <stddef.h>

#include "bytes.h"
#include "pciregs.h"
#include "sysfs.h"

/* Registers of a capability that software sets and a reset clears. */
struct restore_row {
    uint16_t cap;
    uint16_t offset;
    uint16_t mask; /* bits worth restoring */
};

static const struct restore_row cap_rows[] = {
    /* PCIe 6.0 7.5.3.4: without the bits that start a reset or an action. */
    { PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 0x7fff },
    /* PCIe 6.0 7.5.3.7: without Retrain Link and Link Disable. */
    { PCI_CAP_ID_EXP, PCI_EXP_LNKCTL, 0x03cf },
};

/* PCI 3.0 6.1: what a driver or firmware may have set in the header. */
static const uint16_t header_dwords[] = { 0x10, 0x14, 0x18, 0x1c,
                                          0x20, 0x24, 0x30 };

int restore_snapshot(int fd, uint16_t size, uint8_t snapshot[CFG_SIZE_MAX])
{
    uint16_t off;

    for (off = 0; off < size; off = (uint16_t)(off + 4)) {
        uint32_t value;
        int ret = sysfs_config_read(fd, off, 4, &value);

        if (ret < 0)
            return ret;
        le32_store(snapshot + off, value);
    }
    return 0;
}

int restore_quiet(int fd)
{
    uint32_t command;
    int ret = sysfs_config_read(fd, PCI_COMMAND, 2, &command);

    if (ret < 0)
        return ret;
    if (!(command & PCI_COMMAND_MASTER))
        return 0;
    return sysfs_config_write(fd, PCI_COMMAND, 2,
                              command & ~(uint32_t)PCI_COMMAND_MASTER);
}

static int put(int fd, uint16_t offset, uint8_t size, uint32_t value,
               uint32_t mask)
{
    uint32_t now;
    int ret = sysfs_config_read(fd, offset, size, &now);

    if (ret < 0 || ((now ^ value) & mask) == 0)
        return ret;
    return sysfs_config_write(fd, offset, size, (now & ~mask) | (value & mask));
}

/* Power first: in D3 the other registers do not take writes (PM 1.2 3.2.4). */
static int power_on(int fd, const struct cfgspace *cs)
{
    if (cs->pm_control == 0)
        return 0;
    return put(fd, cs->pm_control, 2, 0, PCI_PM_CTRL_STATE);
}

static int put_caps(int fd, const struct cfgspace *cs)
{
    unsigned int i;
    size_t row;
    int ret = 0;

    for (i = 0; i < cs->ncaps && ret == 0; i++) {
        if (cs->caps[i].extended)
            continue;
        for (row = 0; row < ARRAY_LEN(cap_rows) && ret == 0; row++) {
            uint16_t off =
                (uint16_t)(cs->caps[i].offset + cap_rows[row].offset);

            if (cs->caps[i].id != cap_rows[row].cap || off + 2u > 256u)
                continue;
            ret = put(fd, off, 2, le16_load(cs->snapshot + off),
                      cap_rows[row].mask);
        }
    }
    return ret;
}

uint16_t restore_decodes(const struct cfg_params *params)
{
    uint32_t command = 0;
    unsigned int i;

    for (i = 0; i < CFG_BARS; i++) {
        if (params->bars[i].kind == CFG_BAR_IO)
            command |= PCI_COMMAND_IO;
        else if (params->bars[i].kind != CFG_BAR_NONE &&
                 params->bars[i].kind != CFG_BAR_ROM)
            command |= PCI_COMMAND_MEMORY;
    }
    return (uint16_t)command;
}

/* Without a reset they may be on still, and MASKALL keeps Xen from giving the
 * device to the next owner. One 16-bit write each: Xen lets no other through. */
static int put_interrupts(int fd, const struct cfgspace *cs)
{
    int ret = 0;

    if (cs->msi.msi_control != 0)
        ret = put(fd, cs->msi.msi_control, 2, 0, PCI_MSI_FLAGS_ENABLE);
    if (ret == 0 && cs->msi.msix_control != 0)
        ret = put(fd, cs->msi.msix_control, 2, 0,
                  PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    return ret;
}

/* Never bus master; INTx allowed. */
static int put_command(int fd, const struct cfgspace *cs)
{
    uint32_t command = le16_load(cs->snapshot + PCI_COMMAND);

    command &= ~(uint32_t)(PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE);
    return put(fd, PCI_COMMAND, 2, command | restore_decodes(&cs->params),
               0xffff);
}

static int put_bars(int fd, const struct cfgspace *cs)
{
    size_t i;
    int ret = 0;

    for (i = 0; i < ARRAY_LEN(header_dwords) && ret == 0; i++)
        ret = put(fd, header_dwords[i], 4,
                  le32_load(cs->snapshot + header_dwords[i]), UINT32_MAX);
    return ret;
}

/* A register whose bits are all open in its full width, for it may take no
 * other; else its halves. */
static int put_opened_at(int fd, const struct cfgspace *cs, uint16_t offset,
                         uint8_t size)
{
    uint32_t open = cfgspace_opened(cs, offset, size);
    uint8_t half = size / 2;
    int ret;

    if (open == 0)
        return 0;
    if (open == bytes_mask(size) || half == 0)
        return put(fd, offset, size, le_load(cs->snapshot + offset, size),
                   open);
    ret = put_opened_at(fd, cs, offset, half);
    return ret == 0 ? put_opened_at(fd, cs, (uint16_t)(offset + half), half)
                    : ret;
}

/* What quirks and permissive let an owner write, no reset need undo. */
static int put_opened(int fd, const struct cfgspace *cs)
{
    uint16_t off;
    int ret = 0;

    for (off = 0; off < cs->params.size && ret == 0; off = (uint16_t)(off + 4))
        ret = put_opened_at(fd, cs, off, 4);
    return ret;
}

int restore_awake(int fd, const struct cfgspace *cs)
{
    uint16_t decodes = restore_decodes(&cs->params);
    int ret = put_bars(fd, cs);

    return ret == 0 ? put(fd, PCI_COMMAND, 2, decodes, decodes) : ret;
}

int restore_write(int fd, const struct cfgspace *cs)
{
    int ret = power_on(fd, cs);

    if (ret == 0)
        ret = put_bars(fd, cs);
    if (ret == 0)
        ret = put(fd, PCI_CACHE_LINE_SIZE, 2,
                  le16_load(cs->snapshot + PCI_CACHE_LINE_SIZE), 0xffff);
    if (ret == 0)
        ret = put(fd, PCI_INTERRUPT_LINE, 1, cs->snapshot[PCI_INTERRUPT_LINE],
                  0xff);
    if (ret == 0)
        ret = put_caps(fd, cs);
    if (ret == 0)
        ret = put_opened(fd, cs);
    if (ret == 0)
        ret = put_interrupts(fd, cs);
    return ret == 0 ? put_command(fd, cs) : ret;
}
