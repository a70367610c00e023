/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capabilities that belong to the host: bridges, links, resources. */
#include "pciregs.h"
#include "table.h"

static const struct cfg_field fields[] = { CFG_CAP_HEADER };

#define HIDDEN(nr, what, section, why)                               \
    {                                                                \
        .name = (what), .id = (nr), .where = CFG_IN_CAP,             \
        .visibility = CFG_HIDDEN, CFG_ROWS(fields), .reason = (why), \
        .spec = (section),                                           \
    }

#define BRIDGE "it belongs to bridges, and a guest is given none"

const struct cfg_block cfg_blocks_hidden[] = {
    HIDDEN(PCI_CAP_ID_AGP, "AGP", "AGP 3.0 5.3",
           "it lets a device read all memory through the host's aperture"),
    HIDDEN(PCI_CAP_ID_SLOT, "Slot Numbering", "PCI-to-PCI bridge 1.2 13",
           BRIDGE),
    HIDDEN(PCI_CAP_ID_HOT_SWAP, "CompactPCI Hot Swap", "PICMG 2.1 3.1",
           "taking a board out is a matter between host and operator"),
    HIDDEN(PCI_CAP_ID_HT, "HyperTransport", "HyperTransport 3.1 7.5",
           "it configures a link and interrupt mapping of the host"),
    HIDDEN(PCI_CAP_ID_CPCI, "CompactPCI Resource Control", "PICMG 2.13",
           "it divides the host's bus among its boards"),
    HIDDEN(PCI_CAP_ID_SHPC, "Hot-Plug Controller", "SHPC 1.0 4", BRIDGE),
    HIDDEN(PCI_CAP_ID_BRIDGE, "Bridge Subsystem Ids", "PCIe 6.0 7.9.23",
           BRIDGE),
    HIDDEN(PCI_CAP_ID_AGP8, "AGP 8x", "AGP 3.0 5.3",
           "it lets a device read all memory through the host's aperture"),
    HIDDEN(PCI_CAP_ID_SECURE, "Secure Device", "AMD IOMMU 3.4",
           "it is how the host finds its IOMMU"),
    HIDDEN(PCI_CAP_ID_EA, "Enhanced Allocation", "PCIe 6.0 7.8.5",
           "a guest finds the same resources in its BARs, and must not move "
           "them"),
    HIDDEN(PCI_CAP_ID_FPB, "Flattening Portal Bridge", "PCIe 6.0 7.8.11",
           BRIDGE),
    { .name = NULL },
};
