/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a worker asks of the broker, for its own guest's devices only. The
 * device's functions check each request again.
 */
#include <errno.h>
#include <stdlib.h>

#include "link.h"

static void answer(struct link *link, const struct msg *request,
                   struct msg_answer *a)
{
    if (worker_answer(link->worker, request->serial, a) < 0)
        log_limited(&link->budget, "d%u: the worker does not take answers",
                    link->domid);
}

static void say_short(struct link *link, const struct device *dev,
                      unsigned int wanted, unsigned int granted)
{
    char name[SBDF_TEXT];

    log_limited(&link->budget,
                "d%u %s: of %u interrupt vectors Xen has room for %u; a larger "
                "extra_guest_irqs= on Xen's command line makes more",
                link->domid, sbdf_format(dev->sbdf, name), wanted, granted);
}

static void msi_on(struct link *link, struct device *dev,
                   const struct msg_msi_on *on, struct msg_answer *a)
{
    unsigned int count = on->count;
    uint32_t pirq = 0;

    a->err = device_msi_on(dev, &count, &pirq);
    a->count = count;
    a->pirq[0] = (uint16_t)pirq;
    if (a->err != 0 && count > 0 && count < on->count)
        say_short(link, dev, on->count, count);
}

static void msix_on(struct link *link, struct device *dev,
                    const struct msg_msix_on *on, struct msg_answer *a)
{
    unsigned int granted = 0, i;

    a->err = device_msix_on(dev, on->entry, on->count, &granted);
    a->count = granted;
    if (a->err == -ENOSPC || (a->err == 0 && granted < on->count))
        say_short(link, dev, on->count, granted);
    if (a->err == 0 && granted == on->count)
        for (i = 0; i < granted; i++)
            a->pirq[i] = (uint16_t)dev->irq.pirqs[i];
}

/* A device that was woken is answered for when it can be used. */
struct waking {
    uint16_t domid;
    uint32_t handle;
    uint32_t serial;
};

static void woken(void *arg)
{
    struct waking *waking = arg;
    struct link *link = link_find(waking->domid);
    struct device *dev = device_by_handle(waking->domid, waking->handle);
    struct msg_answer a = { .err = PCI_ERR_DEV_NOT_FOUND };

    if (link && link->waking > 0)
        link->waking--;
    if (dev)
        a.err = device_woken(dev);
    /* A worker that was replaced meanwhile does not know this serial. */
    if (link && link->worker)
        (void)!worker_answer(link->worker, waking->serial, &a);
    free(waking);
}

/* PM 1.2 5.4: 10 ms from D3hot to D0. */
#define WAKE_MS 10u

/* A guest asks for one thing at a time, so more than the worker before this one
 * may have asked for too is a captured worker's doing. */
#define WAKING_MAX 4u

static bool answer_when_woken(struct link *link, const struct msg *m)
{
    struct waking *waking =
        link->waking < WAKING_MAX ? calloc(1, sizeof(*waking)) : NULL;

    if (!waking)
        return false;
    link->waking++;
    waking->domid = link->domid;
    waking->handle = m->u.config_write.handle;
    waking->serial = m->serial;
    (void)loop_after(WAKE_MS, woken, waking);
    return true;
}

static void serve(struct link *link, const struct msg *m)
{
    struct msg_answer a = { .err = PCI_ERR_DEV_NOT_FOUND };
    bool wakes = false;
    /* Every request's payload starts with the handle. */
    struct device *dev = device_by_handle(link->domid, m->u.handle.handle);

    if (dev && m->type == MSG_CONFIG_WRITE) {
        a.err = device_config_write(dev, &m->u.config_write.plan, &wakes);
        if (wakes && answer_when_woken(link, m))
            return;
    } else if (dev && m->type == MSG_MSI_ON) {
        msi_on(link, dev, &m->u.msi_on, &a);
    } else if (dev && m->type == MSG_MSIX_ON) {
        msix_on(link, dev, &m->u.msix_on, &a);
    } else if (dev && m->type == MSG_MSI_OFF) {
        device_msi_off(dev);
        a.err = PCI_ERR_SUCCESS;
    }
    answer(link, m, &a);
}

void link_on_request(void *arg, const struct msg *m)
{
    struct link *link = arg;
    uint64_t since = loop_now_us();

    serve(link, m);
    link_spend(link, since);
}
