/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small capabilities that a guest may read and has little to write in. */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* A placeholder: firmware blanks a capability with it. */
static const struct cfg_field null_fields[] = { CFG_CAP_HEADER };

static const struct cfg_field pcix_fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "PCI-X Command",
        .offset = PCI_X_COMMAND,
        .width = 2,
        .loose = PCI_X_COMMAND_LIMITS,
        .reason = "how much the bus may carry is agreed by the host for all "
                  "devices on it",
        .spec = "PCI-X 2.0 7.2.3",
    },
    {
        .name = "PCI-X Status",
        .offset = PCI_X_STATUS,
        .width = 4,
        .evidence = PCI_X_STATUS_ERRORS,
        .loose = PCI_X_STATUS_ERRORS,
        .reason = "its error bits are evidence for the host",
        .spec = "PCI-X 2.0 7.2.4",
    },
};

/* Version 0 has no ECC registers. */
static uint16_t pcix_length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t command = cfg_snap(snapshot, base + PCI_X_COMMAND, 2);

    return (command & PCI_X_COMMAND_VERSION) == 0 ? PCI_X_SIZE : PCI_X_SIZE_ECC;
}

static const struct cfg_field vendor_fields[] = {
    CFG_CAP_HEADER,
    CFG_FROZEN("Vendor Capability Length", PCI_VENDOR_LENGTH, 1,
               "PCIe 6.0 7.9.4"),
};

static uint16_t vendor_length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t length = cfg_snap(snapshot, base + PCI_VENDOR_LENGTH, 1);

    return length < 4 ? 4 : (uint16_t)length;
}

static const struct cfg_field debug_fields[] = {
    CFG_CAP_HEADER,
    CFG_FROZEN("Debug Port", PCI_DEBUG_PORT, 2, "EHCI debug port 1.0 C.3"),
};

static const struct cfg_field sata_fields[] = {
    CFG_CAP_HEADER,
    CFG_FROZEN("SATA Capability 0", PCI_SATA_CR0, 2, "AHCI 1.3 2.4.1"),
    CFG_FROZEN("SATA Capability 1", PCI_SATA_CR1, 4, "AHCI 1.3 2.4.2"),
};

static const struct cfg_field af_fields[] = {
    CFG_CAP_HEADER,
    CFG_FROZEN("AF Length", PCI_AF_LENGTH, 1, "PCIe 6.0 7.9.21"),
    {
        .name = "AF Capabilities",
        .offset = PCI_AF_CAP,
        .width = 1,
        .frozen = 0xff & ~PCI_AF_CAP_FLR,
        .keep = PCI_AF_CAP_FLR,
        .reason = "no function reset is promised, since none is carried out "
                  "for a guest",
        .spec = "PCIe 6.0 7.9.21",
    },
    {
        .name = "AF Control",
        .offset = PCI_AF_CTRL,
        .width = 1,
        .reason = "a reset behind the host's back turns decodes off (XSA-120)",
        .spec = "PCIe 6.0 7.9.21",
    },
    CFG_READ_ONLY("AF Status", PCI_AF_STATUS, 1, "PCIe 6.0 7.9.21"),
};

const struct cfg_block cfg_blocks_plain[] = {
    {
        .name = "Null",
        .id = PCI_CAP_ID_NULL,
        .where = CFG_IN_CAP,
        .many = true,
        CFG_ROWS(null_fields),
        .bytes = 4,
        .spec = "PCIe 6.0 7.9.27",
    },
    {
        .name = "PCI-X",
        .id = PCI_CAP_ID_PCIX,
        .where = CFG_IN_CAP,
        CFG_ROWS(pcix_fields),
        .length = pcix_length,
        .least = PCI_X_SIZE,
        .spec = "PCI-X 2.0 7.2",
    },
    {
        .name = "Vendor-Specific",
        .id = PCI_CAP_ID_VENDOR,
        .where = CFG_IN_CAP,
        .rest_open = true,
        .many = true,
        CFG_ROWS(vendor_fields),
        .length = vendor_length,
        .least = 4,
        .reason = "what is in it is known to the device's maker alone: "
                  "read-only until an administrator opens it",
        .spec = "PCIe 6.0 7.9.4",
    },
    {
        .name = "USB Debug Port",
        .id = PCI_CAP_ID_DEBUG,
        .where = CFG_IN_CAP,
        CFG_ROWS(debug_fields),
        .bytes = 4,
        .spec = "EHCI debug port 1.0 C.3",
    },
    {
        .name = "SATA",
        .id = PCI_CAP_ID_SATA,
        .where = CFG_IN_CAP,
        CFG_ROWS(sata_fields),
        .bytes = PCI_SATA_SIZE,
        .spec = "AHCI 1.3 2.4",
    },
    {
        .name = "Advanced Features",
        .id = PCI_CAP_ID_AF,
        .where = CFG_IN_CAP,
        CFG_ROWS(af_fields),
        .bytes = PCI_AF_SIZE,
        .spec = "PCIe 6.0 7.9.21",
    },
    { .name = NULL },
};
