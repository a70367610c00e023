/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bringing the devices we hold in line with the directory's list: claim what is
 * listed and not held, release what is asked back or listed no more. One device
 * that cannot be had is reported and left out; the others do not notice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "vbus.h"

/* A device still being released by its last owner is asked for again. */
#define RETRY_MS  50u
#define RETRY_MAX 300u /* 15 s: longer than a reset may take */

static void maybe_done(struct link *link)
{
    int err = 0;

    if (link->holding || link->pending > 0)
        return;
    /* A bus without devices is not worth connecting to: all failed, or a front
     * comes back to a list whose devices were given back. */
    if (link->running == XB_ACT_EXPORT && !link_has_devices(link))
        err = -ENODEV;
    if (link->running != XB_ACT_RELEASE && err == 0)
        link_write_roots(link);
    link_finish(link, err);
}

static void claimed(void *arg, struct device *dev, int err)
{
    struct link *link = arg;
    char name[SBDF_TEXT];

    link->pending--;
    if (err < 0) {
        link->failed++;
        link_report(link, &dev->sbdf, err, dev->why);
        link_write_device_state(link, dev->sbdf, XB_CLOSED);
    } else {
        log_info("d%u %s: exported", link->domid, sbdf_format(dev->sbdf, name));
        link_clear_report(link, &dev->sbdf);
        link_check_quirks(link, dev);
        link_write_exported(link, dev);
        link_worker_add(link, dev);
    }
    maybe_done(link);
}

static void released(void *arg, struct device *dev, int err)
{
    struct link *link = arg;
    char name[SBDF_TEXT];

    link->pending--;
    log_info("d%u %s: released%s%s", link->domid, sbdf_format(dev->sbdf, name),
             err < 0 ? ", not clean: " : "", err < 0 ? strerror(-err) : "");
    if (err < 0)
        link_report(link, &dev->sbdf, err,
                    "the device was not clean when its guest let go");
    link_write_released(link, dev->sbdf);
    maybe_done(link);
}

static void release(struct link *link, struct device *dev)
{
    if (dev->phase != DEVICE_READY)
        return;
    link->pending++;
    recovery_drop(link, dev);
    link_worker_remove(link, dev);
    device_release(dev, released, link);
}

static unsigned int seats(const struct link *link,
                          struct vbus_seat list[VBUS_SLOTS * 8])
{
    struct device *dev = NULL;
    unsigned int n = 0;

    while ((dev = device_next(dev)) && n < VBUS_SLOTS * 8) {
        if (!link_owns(link, dev))
            continue;
        list[n].real = dev->sbdf;
        list[n].is_virtfn = sysfs_is_virtfn(dev->sbdf);
        list[n++].virt = dev->virt;
    }
    return n;
}

struct attempt {
    struct link *link;
    struct sbdf sbdf;
    struct policy policy;
    unsigned int tries;
};

/* Nobody waits for the device any more. */
static bool is_dead(const struct link *link)
{
    struct hyp_domain domain;

    return hyp_domain(link->hyp, link->domid, &domain) == 0 &&
           (!domain.exists || domain.dying);
}

static void try_claim(void *arg)
{
    struct attempt *attempt = arg;
    struct link *link = attempt->link;
    struct vbus_seat list[VBUS_SLOTS * 8];
    struct vbus_seat seat = {
        .real = attempt->sbdf,
        .is_virtfn = sysfs_is_virtfn(attempt->sbdf),
    };
    struct device_claim claim = {
        .sbdf = attempt->sbdf,
        .domid = link->domid,
        .policy = &attempt->policy,
        .done = claimed,
        .arg = link,
    };
    char why[DEVICE_WHY] = "";
    unsigned int n = seats(link, list);
    int err =
        vbus_place(vbus_topology(list, n, policy_topology()), list, n, &seat);

    claim.virt = seat.virt;
    if (err < 0)
        device_say(why, "the guest's virtual bus is full (32 slots)");
    else if (!device_claim(link->hyp, link->store, &claim, why))
        err = -errno;
    if (err == -EAGAIN && attempt->tries++ < RETRY_MAX && !is_dead(link)) {
        (void)loop_after(RETRY_MS, try_claim, attempt);
        return;
    }
    if (err < 0) {
        link->pending--;
        link->failed++;
        link_report(link, &attempt->sbdf, err, why);
        link_write_device_state(link, attempt->sbdf, XB_CLOSED);
        maybe_done(link);
    }
    free(attempt);
}

static void claim_listed(struct link *link, const struct publish_device *listed)
{
    struct attempt *attempt = calloc(1, sizeof(*attempt));

    if (!attempt) {
        link->failed++;
        link_report(link, &listed->dev, -ENOMEM, "out of memory");
        link_write_device_state(link, listed->dev, XB_CLOSED);
        return;
    }
    attempt->link = link;
    attempt->sbdf = listed->dev;
    if (!link_policy(link, listed, &attempt->policy)) {
        free(attempt);
        link->failed++;
        link_write_device_state(link, listed->dev, XB_CLOSED);
        return;
    }
    link->pending++;
    try_claim(attempt);
}

/* The listed device if this link holds it. */
static struct device *held(const struct link *link, struct sbdf sbdf)
{
    struct device *dev = device_by_sbdf(sbdf);

    return dev && link_owns(link, dev) ? dev : NULL;
}

static void release_unlisted(struct link *link,
                             const struct publish_device *list, size_t n)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (link_owns(link, dev) && !link_is_listed(list, n, dev->sbdf))
            release(link, dev);
}

/* A toolstack that did not wait for us has removed it and listed it again. */
static void anew(struct link *link, struct device *dev,
                 const struct publish_device *listed)
{
    release(link, dev);
    claim_listed(link, listed);
}

void link_act_devices(struct link *link)
{
    struct publish_device *list = NULL;
    size_t n = 0, i;
    int ret;

    link->holding = true;
    link->failed = 0;
    ret = publish_list(link->store, link->domid, &list, &n);
    /* A list that cannot be read is no empty list: that would take a running
     * guest's devices away. A directory that is gone does mean it. */
    if (ret < 0 && ret != -ENOENT) {
        link->holding = false;
        link_report(link, NULL, ret, "the list of devices cannot be read");
        link_finish(link, ret);
        return;
    }
    for (i = 0; i < n; i++) {
        struct device *dev = held(link, list[i].dev);

        if (list[i].state == XB_CLOSING && dev)
            release(link, dev);
        else if (list[i].state == XB_CLOSING)
            link_write_device_state(link, list[i].dev, XB_CLOSED);
        else if (!dev && list[i].state != XB_CLOSED)
            claim_listed(link, &list[i]);
        else if (dev && link_is_anew(dev, &list[i]))
            anew(link, dev, &list[i]);
    }
    release_unlisted(link, list, n);
    free(list);
    link->holding = false;
    maybe_done(link);
}

static void release_all(void *arg)
{
    struct link *link = arg;
    struct device *dev = NULL;

    link->holding = true;
    while ((dev = device_next(dev)))
        if (link_owns(link, dev))
            release(link, dev);
    link->holding = false;
    maybe_done(link);
}

void link_act_release(struct link *link)
{
    recovery_stop(link);
    if (link->worker) {
        worker_end(link->worker, release_all, link);
        link->worker = NULL;
        link->connected = false;
    } else {
        release_all(link);
    }
}
