/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSI-X, and the facts about interrupts and power that others need: read off
 * the snapshot once and checked, never trusted again (XSA-337).
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

enum pci_wire_err cfg_control_check(const struct cfgspace *cs,
                                    const struct cfg_edit *edit, uint32_t bits,
                                    uint16_t rival, uint32_t rival_enable)
{
    uint32_t changed = edit->value ^ edit->seen, now;
    enum pci_wire_err err;

    if (changed == 0)
        return PCI_ERR_SUCCESS;
    if (!cs->params.knobs.interrupt_control || (changed & ~bits) != 0)
        return PCI_ERR_ACCESS_DENIED;
    if ((changed & edit->value) == 0 || rival == 0)
        return PCI_ERR_SUCCESS;
    err = cfg_device_read(cs, rival, 2, &now);
    if (err != PCI_ERR_SUCCESS)
        return err;
    return (now & rival_enable) != 0 ? PCI_ERR_ACCESS_DENIED : PCI_ERR_SUCCESS;
}

#define GUEST_BITS (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)

/* Not with a table that nobody can reach: see msix_facts(). */
static bool may_control(const struct cfgspace *cs)
{
    return cs->params.knobs.interrupt_control && cs->msi.msix_control != 0;
}

static uint32_t control_allow(const struct cfgspace *cs,
                              const struct cfg_edit *edit UNUSED)
{
    return may_control(cs) ? GUEST_BITS : 0;
}

static enum pci_wire_err control_check(const struct cfgspace *cs,
                                       const struct cfg_edit *edit)
{
    return cfg_control_check(cs, edit, may_control(cs) ? GUEST_BITS : 0,
                             cs->msi.msi_control, PCI_MSI_FLAGS_ENABLE);
}

static const struct cfg_field fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "MSI-X Message Control",
        .offset = PCI_MSIX_FLAGS,
        .width = 2,
        .frozen = PCI_MSIX_FLAGS_QSIZE,
        .check = control_check,
        .allow = control_allow,
        .reason = "MSI-X is enabled by an operation that also maps the pirqs; "
                  "the guest is told so, unless it writes what is there or "
                  "has interrupt control",
        .spec = "PCI 3.0 6.8.2.3",
    },
    {
        .name = "MSI-X Table Offset and BIR",
        .offset = PCI_MSIX_TABLE,
        .width = 4,
        .frozen = 0xffffffff,
        .reason = "checked at attach; a device may not change its mind",
        .spec = "PCI 3.0 6.8.2.4",
    },
    {
        .name = "MSI-X PBA Offset and BIR",
        .offset = PCI_MSIX_PBA,
        .width = 4,
        .frozen = 0xffffffff,
        .reason = "checked at attach; a device may not change its mind",
        .spec = "PCI 3.0 6.8.2.5",
    },
};

const struct cfg_block cfg_block_msix = {
    .name = "MSI-X",
    .where = CFG_IN_CAP,
    .id = PCI_CAP_ID_MSIX,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .bytes = PCI_MSIX_SIZE,
    .spec = "PCI 3.0 6.8.2",
};

/* Does [offset, offset + bytes) lie in a memory BAR of that number? */
static bool in_memory_bar(const struct cfgspace *cs, uint32_t bir,
                          uint32_t offset, uint32_t bytes)
{
    const struct cfg_bar *bar;

    if (bir >= CFG_BARS - 1)
        return false;
    bar = &cs->params.bars[bir];
    if (bar->kind != CFG_BAR_MEM32 && bar->kind != CFG_BAR_MEM64)
        return false;
    return offset <= bar->size && bytes <= bar->size - offset;
}

/* A table outside of the device's memory means that there is no MSI-X. */
static void msix_facts(struct cfgspace *cs, uint16_t base)
{
    const uint8_t *cap = &cs->snapshot[base];
    uint32_t table = le32_load(&cap[PCI_MSIX_TABLE]);
    uint32_t pba = le32_load(&cap[PCI_MSIX_PBA]);
    uint32_t entries =
        (le16_load(&cap[PCI_MSIX_FLAGS]) & PCI_MSIX_FLAGS_QSIZE) + 1u;
    struct cfg_msi *msi = &cs->msi;

    if (!in_memory_bar(cs, table & PCI_MSIX_BIR, table & PCI_MSIX_OFFSET,
                       entries * PCI_MSIX_ENTRY_SIZE))
        return;
    msi->msix_control = (uint16_t)(base + PCI_MSIX_FLAGS);
    msi->msix_entries = (uint16_t)entries;
    msi->msix_bir = (uint8_t)(table & PCI_MSIX_BIR);
    msi->msix_table = table & PCI_MSIX_OFFSET;
    if (!in_memory_bar(cs, pba & PCI_MSIX_BIR, pba & PCI_MSIX_OFFSET,
                       (entries + 63) / 64 * 8))
        return;
    msi->msix_pba_bir = (uint8_t)(pba & PCI_MSIX_BIR);
    msi->msix_pba = pba & PCI_MSIX_OFFSET;
}

/* PCI 3.0 6.8.1.3: a logarithm; what is reserved counts for one. */
static uint16_t msi_messages(const struct cfgspace *cs)
{
    uint16_t control = le16_load(&cs->snapshot[cs->msi.msi_control]);
    unsigned int log = (control & (unsigned int)PCI_MSI_FLAGS_QMASK) >> 1;

    if (log > 5)
        return 1;
    return (uint16_t)(1u << log);
}

void cfg_facts(struct cfgspace *cs)
{
    cs->msi = (struct cfg_msi){ .msix_pba_bir = CFG_BAR_NOWHERE };
    cs->pm_control = 0;
    for (unsigned int i = 0; i < cs->ncaps; i++) {
        const struct cfg_cap *cap = &cs->caps[i];

        if (cap->block == &cfg_block_msi) {
            cs->msi.msi_control = (uint16_t)(cap->offset + PCI_MSI_FLAGS);
            cs->msi.msi_messages = msi_messages(cs);
        } else if (cap->block == &cfg_block_msix)
            msix_facts(cs, cap->offset);
        else if (cap->block == &cfg_block_pm)
            cs->pm_control = (uint16_t)(cap->offset + PCI_PM_CTRL);
    }
}
