/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one list of all blocks. A new capability is a file and a line here. */
#include "pciregs.h"
#include "table.h"

const struct cfg_block *const cfg_blocks[] = {
    &cfg_block_header,    &cfg_block_pm,           &cfg_block_vpd,
    &cfg_block_msi,       &cfg_block_pcie,         &cfg_block_msix,
    &cfg_block_other_cap, &cfg_block_other_extcap,
};
const size_t cfg_nblocks = ARRAY_LEN(cfg_blocks);

const struct cfg_block *cfg_block_for(enum cfg_where where, uint16_t id)
{
    for (size_t i = 0; i < cfg_nblocks; i++)
        if (cfg_blocks[i]->where == where && cfg_blocks[i]->id == id)
            return cfg_blocks[i];
    return where == CFG_IN_EXTCAP ? &cfg_block_other_extcap
                                  : &cfg_block_other_cap;
}
