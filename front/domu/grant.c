/* SPDX-License-Identifier: MIT */
/*
 * A grant begins when its flags are written, after everything else, and ends
 * when they could be exchanged for 0 with nobody reading or writing
 * (xen/grant_table.h).
 */
#include "grant.h"

#include "hypercall.h"
#include "layout.h"
#include "mm.h"
#include "print.h"

#define ENTRIES (PAGE_SIZE / sizeof(struct grant_entry_v1))

static struct grant_entry_v1 *table;

void grant_init(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 1 };
    int ret;

    set_xen_guest_handle(op.frame_list, &frame);
    ret = hypercall_grant(GNTTABOP_setup_table, &op, 1);
    if (ret != 0 || op.status != GNTST_okay)
        panic("grant: no table: %d, %d", ret, op.status);
    table = mm_window_open(frame, 1, MM_SHARED);
    if (table == NULL)
        panic("grant: the table cannot be mapped");
}

int grant_give(domid_t domid, const void *page, uint32_t *gref)
{
    for (uint32_t i = GNTTAB_NR_RESERVED_ENTRIES; i < ENTRIES; i++) {
        if (table[i].flags != 0)
            continue;
        table[i].domid = domid;
        table[i].frame = (uint32_t)(mm_machine(page) >> PAGE_SHIFT);
        __atomic_store_n(&table[i].flags, GTF_permit_access, __ATOMIC_RELEASE);
        *gref = i;
        return 0;
    }
    return -XEN_ENOSPC;
}

int grant_end(uint32_t gref)
{
    uint16_t flags = GTF_permit_access;

    if (gref < GNTTAB_NR_RESERVED_ENTRIES || gref >= ENTRIES)
        return -XEN_EINVAL;
    /* Fails with GTF_reading or GTF_writing set: mapped. */
    if (!__atomic_compare_exchange_n(&table[gref].flags, &flags, 0, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return -XEN_EBUSY;
    return 0;
}
