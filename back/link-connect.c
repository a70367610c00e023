/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connecting a guest and letting go of it: actions CONNECT and DISCONNECT. */
#include <errno.h>

#include "link.h"

/* Mapping and binding are two hypercalls; a loaded host starts slowly. */
#define CONNECT_MS 15000u

static void connect_late(void *arg)
{
    struct link *link = arg;

    link->patience = NULL;
    link_connect_failed(link, -ETIMEDOUT, "the worker does not connect");
}

/* The next state cancels the patience. */
static void connect_now(void *arg)
{
    struct link *link = arg;

    link->patience = loop_after(CONNECT_MS, connect_late, link);
    link_worker_start(link, CFG_FRESH);
}

/* A front that connects without end waits for its turn. */
void link_act_connect(struct link *link)
{
    uint64_t now = loop_now_us();
    uint32_t wait = quota_wait(&link->quota, QUOTA_CONNECT, now);

    (void)quota_take(&link->quota, QUOTA_CONNECT, now, 1);
    /* What went wrong before its front came, it need not hear of. */
    recovery_stop(link);
    if (wait > 0)
        link->patience = loop_after(wait, connect_now, link);
    else
        connect_now(link);
}

static void maybe_disconnected(struct link *link)
{
    if (link->holding || link->pending > 0)
        return;
    log_limited_info(&link->budget, "d%u: disconnected", link->domid);
    link_finish(link, 0);
}

static void is_quiet(void *arg, struct device *dev UNUSED,
                     const struct device_result *result UNUSED)
{
    struct link *link = arg;

    link->pending--;
    maybe_disconnected(link);
}

/* A guest that reconnects starts with clean registers, interrupts included. Its
 * worker has asked for the last time. */
static void quiet_devices(void *arg)
{
    struct link *link = arg;
    struct device *dev = NULL;

    link->holding = true;
    while ((dev = device_next(dev))) {
        if (!link_owns(link, dev))
            continue;
        link->pending++;
        device_msi_off(dev, is_quiet, link);
    }
    link->holding = false;
    maybe_disconnected(link);
}

void link_act_disconnect(struct link *link)
{
    link->captured = false;
    recovery_stop(link);
    link->unsettled = 0;
    loop_cancel(link->soon);
    link->soon = NULL;
    if (!link->worker) {
        quiet_devices(link);
        return;
    }
    worker_end(link->worker, quiet_devices, link);
    link->worker = NULL;
    link->connected = false;
}
