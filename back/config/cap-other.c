/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities that no block knows, that come twice, or that do not fit: their
 * header is ours, the rest reads as the device and cannot be written.
 */
#include "table.h"

static const struct cfg_field cap_fields[] = {
    CFG_CAP_HEADER,
};

static const struct cfg_field extcap_fields[] = {
    {
        .name = "Extended Capability Header",
        .offset = 0,
        .width = 4,
        .frozen = 0xffffffff,
        .fresh = cfg_chain_extcap,
        .reason = "the chain walked at attach is the chain (XSA-337)",
        .spec = "PCIe 6.0 7.6.3",
    },
};

static uint16_t cap_length(const uint8_t *snapshot UNUSED, uint16_t base UNUSED)
{
    return 2;
}

static uint16_t extcap_length(const uint8_t *snapshot UNUSED,
                              uint16_t base UNUSED)
{
    return 4;
}

const struct cfg_block cfg_block_other_cap = {
    .name = "any other capability",
    .where = CFG_IN_CAP,
    .fields = cap_fields,
    .nfields = ARRAY_LEN(cap_fields),
    .length = cap_length,
};

const struct cfg_block cfg_block_other_extcap = {
    .name = "any other extended capability",
    .where = CFG_IN_EXTCAP,
    .fields = extcap_fields,
    .nfields = ARRAY_LEN(extcap_fields),
    .length = extcap_length,
};
