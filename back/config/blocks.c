/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one list of all blocks. A new capability is a row of a file below. */
#include "pciregs.h"
#include "table.h"

static const struct cfg_block *const named[] = {
    &cfg_block_header, &cfg_block_pm,   &cfg_block_vpd,
    &cfg_block_msi,    &cfg_block_pcie, &cfg_block_msix,
};

static const struct cfg_block *const lists[] = {
    cfg_blocks_plain, cfg_blocks_hidden, cfg_blocks_aer,
    cfg_blocks_link,  cfg_blocks_vendor, cfg_blocks_exthidden,
};

static const struct cfg_block *const fallbacks[] = {
    &cfg_block_other_cap,
    &cfg_block_other_extcap,
    &cfg_block_misfit_cap,
    &cfg_block_misfit_extcap,
};

const struct cfg_block *cfg_block_nth(size_t n)
{
    if (n < ARRAY_LEN(named))
        return named[n];
    n -= ARRAY_LEN(named);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const struct cfg_block *b = lists[i];

        for (; b->name != NULL; b++)
            if (n-- == 0)
                return b;
    }
    return n < ARRAY_LEN(fallbacks) ? fallbacks[n] : NULL;
}

const struct cfg_block *cfg_block_for(enum cfg_where where, uint16_t id)
{
    const struct cfg_block *b = cfg_block_nth(0);

    for (size_t i = 0; b != NULL && b != &cfg_block_other_cap; i++) {
        b = cfg_block_nth(i);
        if (b != NULL && b->where == where && b->id == id)
            return b;
    }
    return where == CFG_IN_EXTCAP ? &cfg_block_other_extcap
                                  : &cfg_block_other_cap;
}
