/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a worker asks of the broker, for its own guest's devices only. The
 * device's functions check each request again.
 */
#include <errno.h>
#include <stdlib.h>

#include "age.h"
#include "link.h"

/* A request whose answer is on its way; the guest may end before that. */
struct asked {
    uint16_t domid;
    uint32_t type;
    uint32_t serial;
    unsigned int wanted; /* vectors */
};

/* How soon after its start a broker is of use to somebody, once. */
static void say_first(const struct link *link)
{
    static bool said;

    if (!said)
        log_info("d%u: the first answer, %u ms after the start", link->domid,
                 age_ms());
    said = true;
}

static void answer(struct link *link, uint32_t serial, struct msg_answer *a)
{
    if (worker_answer(link->worker, serial, a) < 0)
        log_limited(&link->budget, "d%u: the worker does not take answers",
                    link->domid);
    say_first(link);
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

static void note_vectors(struct link *link, const struct device *dev,
                         const struct asked *asked,
                         const struct device_result *result)
{
    bool retry = result->count > 0 && result->count < asked->wanted;
    char name[SBDF_TEXT];

    if ((asked->type == MSG_MSI_ON && result->err != 0 && retry) ||
        (asked->type == MSG_MSIX_ON &&
         (result->err == -ENOSPC || (result->err == 0 && retry))))
        say_short(link, dev, asked->wanted, result->count);
    else if (asked->type == MSG_MSIX_ON && result->err == 0)
        log_debug("d%u %s: %u MSI-X vectors on", link->domid,
                  sbdf_format(dev->sbdf, name), result->count);
}

/* Said once until it answers again; a guest is told with each request. */
static void note_silence(struct link *link, struct device *dev)
{
    if (dev->silent && !dev->silence_told)
        link_report(
            link, &dev->sbdf, -ETIMEDOUT,
            "the device does not answer in time; what the guest asks "
            "of it fails until it does. Reset it by hand, or detach it");
    else if (!dev->silent && dev->silence_told)
        link_clear_report(link, &dev->sbdf);
    dev->silence_told = dev->silent;
}

static void fill_answer(const struct asked *asked, const struct device *dev,
                        const struct device_result *result,
                        struct msg_answer *a)
{
    unsigned int i;

    a->err = result->err;
    if (asked->type == MSG_MSI_OFF)
        a->err = PCI_ERR_SUCCESS;
    a->count = result->count;
    if (asked->type == MSG_MSI_ON)
        a->pirq[0] = (uint16_t)result->pirq;
    else if (asked->type == MSG_MSIX_ON && result->err == 0 &&
             result->count == asked->wanted)
        for (i = 0; i < result->count; i++)
            a->pirq[i] = (uint16_t)dev->irq.pirqs[i];
}

static void served(void *arg, struct device *dev,
                   const struct device_result *result)
{
    struct asked asked = *(struct asked *)arg;
    struct link *link = link_find(asked.domid);
    struct msg_answer a = { 0 };
    uint64_t since = loop_now_us();

    free(arg);
    if (!link)
        return;
    note_silence(link, dev);
    note_vectors(link, dev, &asked, result);
    fill_answer(&asked, dev, result, &a);
    /* A worker that was replaced meanwhile does not know this serial. */
    if (link->worker)
        answer(link, asked.serial, &a);
    link_spend(link, since);
}

static struct asked *asked_new(const struct link *link, const struct msg *m)
{
    struct asked *asked = calloc(1, sizeof(*asked));

    if (!asked)
        return NULL;
    asked->domid = link->domid;
    asked->type = m->type;
    asked->serial = m->serial;
    if (m->type == MSG_MSI_ON)
        asked->wanted = m->u.msi_on.count;
    else if (m->type == MSG_MSIX_ON)
        asked->wanted = m->u.msix_on.count;
    return asked;
}

static void serve(struct link *link, const struct msg *m)
{
    struct msg_answer a = { .err = PCI_ERR_DEV_NOT_FOUND };
    /* Every request's payload starts with the handle. */
    struct device *dev = device_by_handle(link->domid, m->u.handle.handle);
    struct asked *asked = dev ? asked_new(link, m) : NULL;

    if (!asked) {
        if (dev)
            a.err = PCI_ERR_OP_FAILED;
        answer(link, m->serial, &a);
    } else if (m->type == MSG_CONFIG_WRITE) {
        device_config_write(dev, &m->u.config_write.plan, served, asked);
    } else if (m->type == MSG_MSI_ON) {
        device_msi_on(dev, m->u.msi_on.count, served, asked);
    } else if (m->type == MSG_MSIX_ON) {
        device_msix_on(dev, m->u.msix_on.entry, m->u.msix_on.count, served,
                       asked);
    } else {
        device_msi_off(dev, served, asked);
    }
}

void link_on_request(void *arg, const struct msg *m)
{
    struct link *link = arg;
    uint64_t since = loop_now_us();

    serve(link, m);
    link_spend(link, since);
}
