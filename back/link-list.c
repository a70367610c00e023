/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory's list of devices beside those we hold. Reads only. */
#include <stdio.h>

#include "link.h"
#include "nodes.h"
#include "publish.h"
#include "transact.h"

struct addresses {
    uint16_t domid;
    unsigned int unreadable;
};

static int body_addresses(struct store *st, struct store_txn *txn, void *arg)
{
    struct addresses *a = arg;
    char path[STORE_PATH], text[32];
    uint32_t n = 0, i;
    struct sbdf sbdf;

    a->unreadable = 0;
    (void)snprintf(path, sizeof(path), XS_BACK_NUM_DEVS, a->domid);
    if (store_read_uint(st, txn, path, &n) < 0 || n > PUBLISH_DEVICES_MAX)
        return 0;
    for (i = 0; i < n; i++) {
        (void)snprintf(path, sizeof(path), XS_BACK_DEV, a->domid, i);
        if (store_read_buf(st, txn, path, text, sizeof(text)) < 0 ||
            !sbdf_parse(text, &sbdf))
            a->unreadable++;
    }
    return 0;
}

bool link_is_anew(const struct device *dev, const struct publish_device *listed)
{
    return dev->phase == DEVICE_READY && dev->told &&
           listed->state == XB_INITIALISING;
}

bool link_is_listed(const struct publish_device *list, size_t n,
                    struct sbdf sbdf)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (sbdf_equal(list[i].dev, sbdf))
            return true;
    return false;
}

int link_unreadable(struct link *link)
{
    struct addresses a = { .domid = link->domid };
    int ret = transact(link->store, body_addresses, &a);

    return ret < 0 ? ret : (int)a.unreadable;
}

bool link_has_unlisted(struct link *link, const struct publish_device *list,
                       size_t n)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (link_owns(link, dev) && dev->phase == DEVICE_READY &&
            !link_is_listed(list, n, dev->sbdf))
            break;
    /* A damaged address takes nobody's device away. */
    return dev && link_unreadable(link) == 0;
}
