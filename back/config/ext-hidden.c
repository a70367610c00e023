/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended capabilities that a guest does not see. Most of them act on what is
 * not the guest's: other functions, the IOMMU, switches, root ports.
 */
#include "pciregs.h"
#include "table.h"

static const struct cfg_field fields[] = { CFG_EXTCAP_HEADER };

/* PCIe 6.0 7.7.11.2: a bit for each function or port that can be reached. */
static uint16_t acs_length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t cap = cfg_snap(snapshot, base + 4u, 2);
    uint32_t bits = cap >> 8 == 0 ? 256 : cap >> 8;

    return (uint16_t)((cap & 0x20) == 0 ? 8 : 8 + (bits + 31) / 32 * 4);
}

/* PCIe 6.0 7.8.6.3: the first control register counts the others. */
static uint16_t resize_length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t bars = cfg_snap(snapshot, base + 8u, 1) >> 5;

    return (uint16_t)(4 + 8 * (bars == 0 ? 1 : bars));
}

/* PCIe 6.0 7.9.13.2: the table of tags may be here, in MSI-X, or nowhere. */
static uint16_t tph_length(const uint8_t *snapshot, uint16_t base)
{
    uint32_t cap = cfg_snap(snapshot, base + 4u, 4);
    uint32_t tags = (cap >> 16 & 0x7ff) + 1;

    return (uint16_t)((cap >> 9 & 3) == 1 ? 0x0c + (tags * 2 + 3) / 4 * 4
                                          : 0x0c);
}

/* Without a size of their own they go on to the next capability. */
#define HIDDEN(nr, what, section, why, ...)                          \
    {                                                                \
        .name = (what), .id = (nr), .where = CFG_IN_EXTCAP,          \
        .visibility = CFG_HIDDEN, CFG_ROWS(fields), .reason = (why), \
        .spec = (section), __VA_ARGS__                               \
    }

/* Shown, and open, to a guest whose administrator opens something in it. */
#define ON_REQUEST(nr, what, section, why, ...)                            \
    {                                                                      \
        .name = (what), .id = (nr), .where = CFG_IN_EXTCAP,                \
        .visibility = CFG_ON_REQUEST, .rest_open = true, CFG_ROWS(fields), \
        .reason = (why), .spec = (section), __VA_ARGS__                    \
    }

#define PORT "it belongs to ports and root complexes, and a guest has none"
#define FLIT "it tests the link, which the host shares"
#define SIZE                                                           \
    "a guest that resized a BAR would believe a size that the host's " \
    "windows and its own grants do not have"

const struct cfg_block cfg_blocks_exthidden[] = {
    HIDDEN(0x05, "Root Complex Link Declaration", "PCIe 6.0 7.9.8", PORT,
           .bytes = 0),
    HIDDEN(0x06, "Root Complex Internal Link", "PCIe 6.0 7.9.9", PORT,
           .bytes = 0),
    HIDDEN(0x07, "Root Complex Event Collector", "PCIe 6.0 7.9.10", PORT,
           .bytes = 0),
    HIDDEN(0x08, "Multi-Function Virtual Channel", "PCIe 6.0 7.9.2",
           "it shares the link among all functions of the device", .bytes = 0),
    HIDDEN(0x0a, "RCRB Header", "PCIe 6.0 7.9.7", PORT, .bytes = 0),
    HIDDEN(0x0c, "Configuration Access Correlation", "PCIe 6.0 7.6.3",
           "it steers configuration accesses of the trusted platform",
           .bytes = 0),
    HIDDEN(0x0d, "Access Control Services", "PCIe 6.0 7.7.11",
           "isolation between functions is what the host relies on",
           .length = acs_length),
    HIDDEN(0x0e, "Alternative Routing-ID", "PCIe 6.0 7.8.8",
           "it lists functions beside this one, which may be another guest's",
           .bytes = 8),
    HIDDEN(0x0f, "Address Translation Services", "PCIe 6.0 10.5.1",
           "translated requests pass the IOMMU unchecked, so only Xen may "
           "turn them on",
           .bytes = 8),
    HIDDEN(0x10, "Single Root I/O Virtualization", "PCIe 6.0 9.3.3",
           "it creates functions on the host's bus, with addresses of its "
           "choice",
           .bytes = 0x40),
    HIDDEN(0x11, "Multi-Root I/O Virtualization", "MR-IOV 1.0 4.2",
           "it shares the device among hosts", .bytes = 0),
    HIDDEN(0x12, "Multicast", "PCIe 6.0 7.9.11",
           "it receives writes that are meant for others", .bytes = 0x30),
    HIDDEN(0x13, "Page Request Interface", "PCIe 6.0 10.5.2",
           "requests go to the host's IOMMU, which expects none",
           .bytes = 0x10),
    HIDDEN(0x15, "Resizable BAR", "PCIe 6.0 7.8.6", SIZE,
           .length = resize_length),
    ON_REQUEST(0x16, "Dynamic Power Allocation", "PCIe 6.0 7.9.12",
               "the slot's power is the host's to divide", .bytes = 0),
    ON_REQUEST(0x17, "TPH Requester", "PCIe 6.0 7.9.13",
               "its hints name caches of host processors, which a guest does "
               "not know",
               .length = tph_length),
    HIDDEN(0x1a, "Protocol Multiplexing", "PCIe 4.0 7.9", FLIT, .bytes = 0),
    HIDDEN(0x1b, "Process Address Space Id", "PCIe 6.0 7.8.9",
           "address spaces are set up in the IOMMU, which a guest has not",
           .bytes = 8),
    HIDDEN(0x1c, "LN Requester", "PCIe 4.0 7.9",
           "it registers with caches of the host", .bytes = 0),
    HIDDEN(0x1d, "Downstream Port Containment", "PCIe 6.0 7.9.14", PORT,
           .bytes = 0),
    ON_REQUEST(0x1f, "Precision Time Measurement", "PCIe 6.0 7.9.15",
               "the clock's master is a port that the host sets up first",
               .bytes = 0x0c),
    HIDDEN(0x20, "M-PCIe", "PCIe 4.0 7.9", FLIT, .bytes = 0),
    HIDDEN(0x21, "Function Readiness Queueing", "PCIe 6.0 7.8.10", PORT,
           .bytes = 0),
    HIDDEN(0x24, "Resizable BAR of VFs", "PCIe 6.0 7.8.7", SIZE,
           .length = resize_length),
    HIDDEN(0x27, "Lane Margining", "PCIe 6.0 7.7.10", FLIT, .bytes = 0),
    HIDDEN(0x28, "Hierarchy Id", "PCIe 6.0 7.9.17",
           "it names the host that the guest runs on", .bytes = 0),
    ON_REQUEST(0x29, "Native Enclosure Management", "PCIe 6.0 7.9.19",
               "the lamps are there for the host's operator", .bytes = 0),
    HIDDEN(0x2b, "Alternate Protocol", "PCIe 6.0 7.9.20", FLIT, .bytes = 0),
    HIDDEN(0x2c, "System Firmware Intermediary", "PCIe 6.0 7.9.22", PORT,
           .bytes = 0),
    HIDDEN(0x2d, "Shadow Functions", "PCIe 6.0 7.9.25",
           "it makes DMA look like another function's (XSA-449)", .bytes = 0),
    ON_REQUEST(0x2e, "Data Object Exchange", "PCIe 6.0 7.9.24",
               "a mailbox that takes no writes only makes a guest wait",
               .bytes = 0x18),
    HIDDEN(0x2f, "Device 3", "PCIe 6.0 7.7.9",
           "segments and tags are agreed along the path", .bytes = 0),
    HIDDEN(0x30, "Integrity and Data Encryption", "PCIe 6.0 7.9.26",
           "both ends of the link hold the key", .bytes = 0),
    HIDDEN(0x32, "Flit Logging", "PCIe 6.0 7.7.8", FLIT, .bytes = 0),
    HIDDEN(0x33, "Flit Performance Measurement", "PCIe 6.0 7.8.12", FLIT,
           .bytes = 0),
    HIDDEN(0x34, "Flit Error Injection", "PCIe 6.0 7.8.13", FLIT, .bytes = 0),
    { .name = NULL },
};
