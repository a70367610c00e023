/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest may have of the broker, applied to its link: who has used up its
 * share is looked at later, heard later, and its worker is read later. Others
 * never wait for more than what one turn of each guest takes.
 */
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "nodes.h"

/* A store that takes no watch now may take one later. */
#define DEAF_MS 1000u
#define SOON_MS 10u

void link_spend(struct link *link, uint64_t since_us)
{
    uint64_t now = loop_now_us();
    uint32_t wait = quota_take(&link->quota, QUOTA_TIME, now, now - since_us);

    if (wait > 0 && link->worker)
        worker_rest(link->worker, wait);
}

uint32_t link_look_delay(struct link *link)
{
    uint64_t now = loop_now_us();
    uint32_t look = quota_wait(&link->quota, QUOTA_LOOK, now);
    uint32_t rest = quota_wait(&link->quota, QUOTA_TIME, now);

    (void)quota_take(&link->quota, QUOTA_LOOK, now, 1);
    return look > rest ? look : rest;
}

/* A new watch fires at once, so nothing is missed. */
static void watch_front(void *arg)
{
    struct link *link = arg;
    char path[STORE_PATH];
    int ret;

    link->deaf = NULL;
    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, link->domid);
    ret = store_watch(link->store, path, path);
    if (ret < 0)
        log_limited(&link->budget, "d%u: cannot watch the front: %s",
                    link->domid, strerror(-ret));
    link->watching = ret == 0;
    if (!link->watching)
        link->deaf = loop_after(DEAF_MS, watch_front, link);
}

/* The first look does not wait for it: a guest may have waited for that. */
void link_listen_soon(struct link *link)
{
    link->deaf = loop_after(SOON_MS, watch_front, link);
}

void link_unwatch_front(struct link *link)
{
    char path[STORE_PATH];

    loop_cancel(link->deaf);
    link->deaf = NULL;
    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, link->domid);
    if (link->watching)
        store_unwatch(link->store, path, path);
    link->watching = false;
}

void link_heard(struct link *link)
{
    uint32_t wait;

    if (!link->watching)
        return; /* said before the watch was taken away */
    wait = quota_take(&link->quota, QUOTA_EVENT, loop_now_us(), 1);
    if (wait > 0) {
        link_unwatch_front(link);
        link->deaf = loop_after(wait, watch_front, link);
    }
    link_touch(link);
}
