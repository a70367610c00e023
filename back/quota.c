/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One number a bucket: the moment at which everything taken so far is paid
 * back. It runs ahead of the clock by what is owed.
 */
#include "quota.h"

#define MS 1000u /* in microseconds */

static const struct row {
    uint32_t price_us;  /* of one: the time after which there is another */
    uint32_t credit_us; /* may be owed without a wait */
    uint32_t wait_us;   /* nobody is made to wait longer */
} rows[QUOTA_KINDS] = {
    /* A quarter of the broker's time, and 100 ms in a row: a guest that boots
     * or is given a device never gets there. */
    [QUOTA_TIME] = { 4, 400 * MS, 200 * MS },
    /* Each look is a dozen questions to the store and one to Xen (XSA-349,
     * XSA-499): 32, then 100 a second. */
    [QUOTA_LOOK] = { 10 * MS, 320 * MS, 20 * MS },
    /* A front's life is six states. 64, then 100 a second; after that the watch
     * itself rests, so that events do not pile up in libxenstore. */
    [QUOTA_EVENT] = { 10 * MS, 640 * MS, 100 * MS },
    /* A process, a mapping and a port each: 16, then 4 a second. */
    [QUOTA_CONNECT] = { 250 * MS, 4000 * MS, 500 * MS },
    /* A process each, and no end to it: 16, then 4 a second. */
    [QUOTA_DEATH] = { 250 * MS, 4000 * MS, 250 * MS },
};

uint32_t quota_wait(const struct quota *quota, enum quota_kind kind,
                    uint64_t now_us)
{
    uint64_t free_us = now_us + rows[kind].credit_us;

    if (quota->paid_us[kind] <= free_us)
        return 0;
    return (uint32_t)((quota->paid_us[kind] - free_us + MS - 1) / MS);
}

uint32_t quota_take(struct quota *quota, enum quota_kind kind, uint64_t now_us,
                    uint64_t n)
{
    const struct row *row = &rows[kind];
    uint64_t most = now_us + row->credit_us + row->wait_us;
    uint64_t *paid = &quota->paid_us[kind];

    if (*paid < now_us)
        *paid = now_us;
    /* What is owed beyond the longest wait is forgiven. */
    if (n > (most - now_us) / row->price_us)
        *paid = most;
    else
        *paid += n * row->price_us;
    if (*paid > most)
        *paid = most;
    return quota_wait(quota, kind, now_us);
}
