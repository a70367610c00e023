/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Going on where an earlier broker stopped. The guest's worker is still there and
 * is adopted. If it has died as well, Xen turned the front's port into one that
 * waits for us and left the grant valid, so a new worker maps and binds the same
 * again and finds a pending request in the page; the guest notices a pause.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "nodes.h"
#include "publish.h"
#include "state.h"

/*
 * The earlier broker ended while it gave a device to its guest, which has not
 * heard of it yet: take back what may have been given and begin anew.
 */
static void drop_planned(void)
{
    struct device *dev, *next;
    char name[SBDF_TEXT];

    for (dev = device_next(NULL); dev; dev = next) {
        next = device_next(dev);
        if (!dev->grants.planned)
            continue;
        log_info("d%u %s: was on its way to the guest, begins anew", dev->domid,
                 sbdf_format(dev->sbdf, name));
        (void)!device_revoke(dev);
        state_drop(dev->sbdf);
        device_free(dev);
    }
}

/* Every recorded device, whoever has it; once, before the first look. */
void link_adopt_devices(struct hyp *hyp)
{
    struct sbdf *list = NULL;
    unsigned int n = 0, i;
    char name[SBDF_TEXT];
    struct device *dev;

    link_forget_newer();
    if (state_list(&list, &n) < 0)
        return;
    for (i = 0; i < n; i++) {
        dev = device_adopt(hyp, list[i]);
        sbdf_format(list[i], name);
        if (dev)
            log_info("d%u %s: taken over from an earlier xenpcid", dev->domid,
                     name);
        else if (errno == ENOTSUP)
            link_note_newer(list[i]);
        else
            log_warn("%s: its record is of no use", name);
    }
    free(list);
    drop_planned();
    for (dev = device_next(NULL); dev; dev = device_next(dev))
        device_irq_settle(dev);
}

static void orphan_released(void *arg UNUSED, struct device *dev, int err)
{
    char name[SBDF_TEXT];

    log_info("d%u %s: released, its guest is gone%s%s", dev->domid,
             sbdf_format(dev->sbdf, name), err < 0 ? "; not clean: " : "",
             err < 0 ? strerror(-err) : "");
}

static bool is_known(uint16_t domid)
{
    return link_find(domid) != NULL;
}

void link_release_orphans(void)
{
    struct device *dev = NULL;

    worker_discard_others(is_known);
    while ((dev = device_next(dev)))
        if (dev->phase == DEVICE_READY && !link_find(dev->domid))
            device_release(dev, orphan_released, NULL);
}

/*
 * A change is asked for in state 4, but also in 3 with a front that has not come
 * yet: that one has no page that a worker could go on with.
 */
static int has_connected(struct link *link, bool *has)
{
    char path[STORE_PATH], text[16];
    enum xb_event front;
    int ret;

    *has = false;
    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, link->domid);
    ret = store_read_buf(link->store, NULL, path, text, sizeof(text));
    if (ret < 0)
        return link_is_trouble(ret) ? ret : 0;
    front = xb_peer_event(text);
    *has = front == XB_EV_PEER_INITIALISED || front == XB_EV_PEER_CONNECTED ||
           front == XB_EV_PEER_RECONFIGURING ||
           front == XB_EV_PEER_RECONFIGURED;
    return 0;
}

/* What the store says of the devices; of one that was claimed, nobody may have
 * been told before the end. */
static int adopt_listed(struct link *link)
{
    struct publish_device *list = NULL;
    size_t n = 0, i;
    int ret = publish_list(link->store, link->domid, &list, &n);

    if (ret < 0)
        return link_is_trouble(ret) ? ret : 0;
    for (i = 0; i < n; i++) {
        struct device *dev = device_by_sbdf(list[i].dev);

        if (!dev || !link_owns(link, dev))
            continue;
        dev->told = list[i].state != XB_INITIALISING;
        if (!dev->told)
            link_write_exported(link, dev);
        link_adopt_policy(link, &list[i], dev);
    }
    free(list);
    return 0;
}

static int go_on(struct link *link)
{
    enum xb_state state;
    bool connected;
    int ret;

    ret = link_has_devices(link)
              ? publish_state(link->store, NULL, link->domid, &state)
              : -ENOENT;
    if (link_is_trouble(ret))
        return ret;
    if (ret < 0 || state < XB_INITIALISED) {
        (void)!worker_discard(link->domid);
        return 0;
    }
    ret = has_connected(link, &connected);
    if (ret < 0)
        return ret;
    log_info("d%u: goes on in state %s", link->domid, xb_state_name(state));
    /* Of a change that was under way we know only what the store says. */
    link->self = state;
    link->unread = true;
    if (state >= XB_RECONFIGURING && !connected)
        link->self = XB_INITIALISED;
    else if (state == XB_RECONFIGURING)
        link->self = XB_CONNECTED;
    if (link->self == XB_CONNECTED || link->self == XB_RECONFIGURED)
        link_worker_resume(link);
    else
        (void)!worker_discard(link->domid);
    return 0;
}

/* The worker first: what it needs is in the records, and the guest waits. */
int link_adopt(struct link *link)
{
    int ret = link->self == XB_UNKNOWN ? go_on(link) : 0;

    if (ret == 0 && link->unread)
        ret = adopt_listed(link);
    if (ret == 0)
        link->unread = false;
    return ret;
}
