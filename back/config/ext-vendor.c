/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Extended capabilities that say who made the device, and what he put in. */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

static const struct cfg_field serial_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("Serial Number Low", 0x04, 4, "PCIe 6.0 7.9.3.2"),
    CFG_FROZEN("Serial Number High", 0x08, 4, "PCIe 6.0 7.9.3.2"),
};

static const struct cfg_field vsec_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("Vendor-Specific Header", 0x04, 4, "PCIe 6.0 7.9.5.2"),
};

static const struct cfg_field dvsec_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("Designated Vendor-Specific Header 1", 0x04, 4,
               "PCIe 6.0 7.9.6.2"),
    CFG_FROZEN("Designated Vendor-Specific Header 2", 0x08, 2,
               "PCIe 6.0 7.9.6.3"),
};

/* Both have their length in the same place; it counts the headers. */
static uint16_t own_length(const uint8_t *snapshot, uint16_t base)
{
    return (uint16_t)(cfg_snap(snapshot, base + 4u, 4) >> 20);
}

static uint16_t vsec_length(const uint8_t *snapshot, uint16_t base)
{
    uint16_t length = own_length(snapshot, base);

    return length < 0x08 ? 0x08 : length;
}

static uint16_t dvsec_length(const uint8_t *snapshot, uint16_t base)
{
    uint16_t length = own_length(snapshot, base);

    return length < 0x0c ? 0x0c : length;
}

#define MAKER                                                        \
    "what is in it is known to the device's maker alone: read-only " \
    "until an administrator opens it"

const struct cfg_block cfg_blocks_vendor[] = {
    {
        .name = "Device Serial Number",
        .id = PCI_EXT_CAP_ID_DSN,
        .where = CFG_IN_EXTCAP,
        CFG_ROWS(serial_fields),
        .bytes = 0x0c,
        .spec = "PCIe 6.0 7.9.3",
    },
    {
        .name = "Vendor-Specific Extended",
        .id = PCI_EXT_CAP_ID_VSEC,
        .where = CFG_IN_EXTCAP,
        .rest_open = true,
        .many = true,
        CFG_ROWS(vsec_fields),
        .length = vsec_length,
        .least = 0x08,
        .reason = MAKER,
        .spec = "PCIe 6.0 7.9.5",
    },
    {
        .name = "Designated Vendor-Specific",
        .id = PCI_EXT_CAP_ID_DVSEC,
        .where = CFG_IN_EXTCAP,
        .rest_open = true,
        .many = true,
        CFG_ROWS(dvsec_fields),
        .length = dvsec_length,
        .least = 0x0c,
        .reason = MAKER,
        .spec = "PCIe 6.0 7.9.6",
    },
    { .name = NULL },
};
