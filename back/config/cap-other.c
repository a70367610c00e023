/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capabilities that no block knows, and those that come twice or do not fit.
 * Nobody knows what an unknown one can do, or where it ends.
 */
#include "table.h"

static const struct cfg_field cap_fields[] = { CFG_CAP_HEADER };
static const struct cfg_field extcap_fields[] = { CFG_EXTCAP_HEADER };

#define UNKNOWN                                                           \
    "no table knows this capability, so nobody knows what a guest could " \
    "do with it"
#define MISFIT                                                          \
    "it comes twice or has no room where it is: its registers are not " \
    "where its specification says"

const struct cfg_block cfg_block_other_cap = {
    .name = "any other capability",
    .where = CFG_IN_CAP,
    .visibility = CFG_ON_REQUEST,
    .rest_open = true,
    .many = true,
    CFG_ROWS(cap_fields),
    .reason = UNKNOWN,
    .spec = "PCI 3.0 6.7",
};

const struct cfg_block cfg_block_other_extcap = {
    .name = "any other extended capability",
    .where = CFG_IN_EXTCAP,
    .visibility = CFG_ON_REQUEST,
    .rest_open = true,
    .many = true,
    CFG_ROWS(extcap_fields),
    .reason = UNKNOWN,
    .spec = "PCIe 6.0 7.6.3",
};

const struct cfg_block cfg_block_misfit_cap = {
    .name = "a second or misplaced capability",
    .where = CFG_IN_CAP,
    .visibility = CFG_HIDDEN,
    .many = true,
    CFG_ROWS(cap_fields),
    .reason = MISFIT,
    .spec = "PCI 3.0 6.7",
};

const struct cfg_block cfg_block_misfit_extcap = {
    .name = "a second or misplaced extended capability",
    .where = CFG_IN_EXTCAP,
    .visibility = CFG_HIDDEN,
    .many = true,
    CFG_ROWS(extcap_fields),
    .reason = MISFIT,
    .spec = "PCIe 6.0 7.6.3",
};
