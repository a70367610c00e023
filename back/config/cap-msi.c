/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSI. A guest asks for it with an operation of its own; Xen writes address
 * and data. A guest that could would aim its device's interrupts (XSA-128).
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

static uint32_t control_allow(const struct cfgspace *cs,
                              const struct cfg_edit *edit UNUSED)
{
    return cs->params.knobs.interrupt_control ? PCI_MSI_FLAGS_ENABLE : 0;
}

static enum pci_wire_err control_check(const struct cfgspace *cs,
                                       const struct cfg_edit *edit)
{
    return cfg_control_check(cs, edit, PCI_MSI_FLAGS_ENABLE,
                             cs->msi.msix_control, PCI_MSIX_FLAGS_ENABLE);
}

/* What follows the control word depends on it; all of it is dropped. */
static const struct cfg_field fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "MSI Message Control",
        .offset = PCI_MSI_FLAGS,
        .width = 2,
        .check = control_check,
        .allow = control_allow,
        .reason = "MSI is enabled by an operation that also maps the pirq; "
                  "the guest is told so, unless it writes what is there or "
                  "has interrupt control",
        .spec = "PCI 3.0 6.8.1.3",
    },
    {
        .name = "Message Address",
        .offset = PCI_MSI_ADDRESS_LO,
        .width = 4,
        .reason = "Xen's: it would aim the interrupt (XSA-128)",
        .spec = "PCI 3.0 6.8.1.4",
    },
    {
        .name = "Message Upper Address, or Data",
        .offset = 0x08,
        .width = 4,
        .reason = "Xen's: it would aim the interrupt (XSA-128)",
        .spec = "PCI 3.0 6.8.1.5, 6.8.1.6",
    },
    {
        .name = "Message Data, or Mask Bits",
        .offset = 0x0c,
        .width = 4,
        .reason = "Xen's: it masks with these bits (XSA-128, XSA-129)",
        .spec = "PCI 3.0 6.8.1.6, 6.8.1.7",
    },
    {
        .name = "Mask Bits, or Pending Bits",
        .offset = 0x10,
        .width = 4,
        .reason = "Xen's: it masks with these bits (XSA-129)",
        .spec = "PCI 3.0 6.8.1.7, 6.8.1.8",
    },
    {
        .name = "Pending Bits",
        .offset = 0x14,
        .width = 4,
        .spec = "PCI 3.0 6.8.1.8",
    },
};

/* In whole dwords: no other capability starts inside one. */
static uint16_t length(const uint8_t *snapshot, uint16_t base)
{
    uint16_t control = le16_load(&snapshot[base + PCI_MSI_FLAGS]);
    uint16_t bytes;

    if (control & PCI_MSI_FLAGS_MASKBIT)
        bytes = control & PCI_MSI_FLAGS_64BIT ? PCI_MSI_SIZE_64_MASK
                                              : PCI_MSI_SIZE_32_MASK;
    else
        bytes =
            control & PCI_MSI_FLAGS_64BIT ? PCI_MSI_SIZE_64 : PCI_MSI_SIZE_32;
    return (uint16_t)((bytes + 3u) & ~3u);
}

const struct cfg_block cfg_block_msi = {
    .name = "MSI",
    .where = CFG_IN_CAP,
    .id = PCI_CAP_ID_MSI,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .length = length,
    .spec = "PCI 3.0 6.8.1",
};
