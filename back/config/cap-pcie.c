/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The PCI Express capability of an endpoint. What is read-only by
 * specification is answered from attach; control words are the host's.
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/*
 * What an administrator may open. Kept: in Device Control phantom functions,
 * auxiliary power and function reset; in Link Control link disable and retrain;
 * in Device Control 2 what ports have, and 10-bit tags, which every completer
 * on the path must know.
 */
#define DEVCTL_LOOSE  0x79ffu
#define LNKCTL_LOOSE  0x03cbu
#define DEVCTL2_LOOSE 0x675fu
#define LNKCTL2_LOOSE 0x002fu

static const struct cfg_field fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "PCI Express Capabilities",
        .offset = PCI_EXP_FLAGS,
        .width = 2,
        .frozen = 0xffff,
        .spec = "PCIe 6.0 7.5.3.2",
    },
    {
        .name = "Device Capabilities",
        .offset = PCI_EXP_DEVCAP,
        .width = 4,
        .frozen = 0xffffffff & ~PCI_EXP_DEVCAP_FLR,
        .keep = PCI_EXP_DEVCAP_FLR,
        .reason = "no function reset is promised, since none is carried out "
                  "for a guest: it takes a way that works, such as D3hot",
        .spec = "PCIe 6.0 7.5.3.3",
    },
    {
        .name = "Device Control",
        .offset = PCI_EXP_DEVCTL,
        .width = 2,
        .loose = DEVCTL_LOOSE,
        .reason = "payload sizes are agreed along the path, error reports go "
                  "to the host; never a reset, which behind the host's back "
                  "turns decodes off (XSA-120), nor phantom functions, whose "
                  "DMA looks like another function's (XSA-449)",
        .spec = "PCIe 6.0 7.5.3.4",
    },
    {
        .name = "Device Status",
        .offset = PCI_EXP_DEVSTA,
        .width = 2,
        .evidence = PCI_EXP_DEVSTA_ERRORS,
        .loose = PCI_EXP_DEVSTA_ERRORS,
        .reason = "its error bits are evidence for the host",
        .spec = "PCIe 6.0 7.5.3.5",
    },
    {
        .name = "Link Capabilities",
        .offset = PCI_EXP_LNKCAP,
        .width = 4,
        .frozen = 0xffffffff,
        .spec = "PCIe 6.0 7.5.3.6",
    },
    {
        .name = "Link Control",
        .offset = PCI_EXP_LNKCTL,
        .width = 2,
        .loose = LNKCTL_LOOSE,
        .reason = "the link has two ends and the host owns the other one",
        .spec = "PCIe 6.0 7.5.3.7",
    },
    {
        .name = "Link Status",
        .offset = PCI_EXP_LNKSTA,
        .width = 2,
        .spec = "PCIe 6.0 7.5.3.8",
    },
    {
        .name = "Device Capabilities 2",
        .offset = PCI_EXP_DEVCAP2,
        .width = 4,
        .frozen = 0xffffffff,
        .spec = "PCIe 6.0 7.5.3.15",
    },
    {
        .name = "Device Control 2",
        .offset = PCI_EXP_DEVCTL2,
        .width = 2,
        .loose = DEVCTL2_LOOSE,
        .reason = "time-outs and routing are agreed along the path",
        .spec = "PCIe 6.0 7.5.3.16",
    },
    {
        .name = "Device Status 2",
        .offset = PCI_EXP_DEVSTA2,
        .width = 2,
        .spec = "PCIe 6.0 7.5.3.17",
    },
    {
        .name = "Link Capabilities 2",
        .offset = PCI_EXP_LNKCAP2,
        .width = 4,
        .frozen = 0xffffffff,
        .spec = "PCIe 6.0 7.5.3.18",
    },
    {
        .name = "Link Control 2",
        .offset = PCI_EXP_LNKCTL2,
        .width = 2,
        .loose = LNKCTL2_LOOSE,
        .reason = "the link has two ends and the host owns the other one",
        .spec = "PCIe 6.0 7.5.3.19",
    },
    {
        .name = "Link Status 2",
        .offset = PCI_EXP_LNKSTA2,
        .width = 2,
        .spec = "PCIe 6.0 7.5.3.20",
    },
};

/* Version 1 ends where the device's type lets it; slot and root are not ours. */
static uint16_t length(const uint8_t *snapshot, uint16_t base)
{
    uint16_t flags = le16_load(&snapshot[base + PCI_EXP_FLAGS]);

    return (flags & PCI_EXP_FLAGS_VERSION) >= 2 ? PCI_EXP_SIZE_V2
                                                : PCI_EXP_SIZE_V1;
}

const struct cfg_block cfg_block_pcie = {
    .name = "PCI Express",
    .where = CFG_IN_CAP,
    .id = PCI_CAP_ID_EXP,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .length = length,
    .least = PCI_EXP_SIZE_V1,
    .spec = "PCIe 6.0 7.5.3",
};
