/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advanced error reporting: a guest may look, the host acts on it. */
#include "pciregs.h"
#include "table.h"

static const struct cfg_field fields[] = {
    CFG_EXTCAP_HEADER,
    {
        .name = "Uncorrectable Error Status",
        .offset = PCI_AER_UNCOR_STATUS,
        .width = 4,
        .evidence = PCI_AER_UNCOR_ERRORS,
        .loose = PCI_AER_UNCOR_ERRORS,
        .reason = "evidence for the host, which recovers the device",
        .spec = "PCIe 6.0 7.8.4.2",
    },
    {
        .name = "Uncorrectable Error Mask",
        .offset = PCI_AER_UNCOR_MASK,
        .width = 4,
        .loose = PCI_AER_UNCOR_ERRORS,
        .reason = "which errors are reported to the host is its decision",
        .spec = "PCIe 6.0 7.8.4.3",
    },
    {
        .name = "Uncorrectable Error Severity",
        .offset = PCI_AER_UNCOR_SEVERITY,
        .width = 4,
        .reason = "a fatal error makes the host reset a link with all that is "
                  "behind it",
        .spec = "PCIe 6.0 7.8.4.4",
    },
    {
        .name = "Correctable Error Status",
        .offset = PCI_AER_COR_STATUS,
        .width = 4,
        .evidence = PCI_AER_COR_ERRORS,
        .loose = PCI_AER_COR_ERRORS,
        .reason = "evidence for the host",
        .spec = "PCIe 6.0 7.8.4.5",
    },
    {
        .name = "Correctable Error Mask",
        .offset = PCI_AER_COR_MASK,
        .width = 4,
        .loose = PCI_AER_COR_ERRORS,
        .reason = "which errors are reported to the host is its decision",
        .spec = "PCIe 6.0 7.8.4.6",
    },
    CFG_READ_ONLY("AER Capabilities and Control", PCI_AER_CONTROL, 4,
                  "PCIe 6.0 7.8.4.7"),
    CFG_READ_ONLY("Header Log 1", PCI_AER_HEADER_LOG, 4, "PCIe 6.0 7.8.4.8"),
    CFG_READ_ONLY("Header Log 2", PCI_AER_HEADER_LOG + 4, 4,
                  "PCIe 6.0 7.8.4.8"),
    CFG_READ_ONLY("Header Log 3", PCI_AER_HEADER_LOG + 8, 4,
                  "PCIe 6.0 7.8.4.8"),
    CFG_READ_ONLY("Header Log 4", PCI_AER_HEADER_LOG + 12, 4,
                  "PCIe 6.0 7.8.4.8"),
    CFG_READ_ONLY("TLP Prefix Log 1", PCI_AER_PREFIX_LOG, 4,
                  "PCIe 6.0 7.8.4.12"),
    CFG_READ_ONLY("TLP Prefix Log 2", PCI_AER_PREFIX_LOG + 4, 4,
                  "PCIe 6.0 7.8.4.12"),
    CFG_READ_ONLY("TLP Prefix Log 3", PCI_AER_PREFIX_LOG + 8, 4,
                  "PCIe 6.0 7.8.4.12"),
    CFG_READ_ONLY("TLP Prefix Log 4", PCI_AER_PREFIX_LOG + 12, 4,
                  "PCIe 6.0 7.8.4.12"),
};

/* Between the logs are registers of root ports, reserved in a function. */
static uint16_t length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t control = cfg_snap(snapshot, base + PCI_AER_CONTROL, 4);

    return control & PCI_AER_CONTROL_PREFIX_LOG ? PCI_AER_SIZE_PREFIX
                                                : PCI_AER_SIZE;
}

const struct cfg_block cfg_blocks_aer[] = {
    {
        .name = "Advanced Error Reporting",
        .id = PCI_EXT_CAP_ID_AER,
        .where = CFG_IN_EXTCAP,
        CFG_ROWS(fields),
        .length = length,
        .least = PCI_AER_SIZE,
        .spec = "PCIe 6.0 7.8.4",
    },
    { .name = NULL },
};
