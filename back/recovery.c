/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exchange with a guest's front about an error of its device. */
#include "recovery.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "log.h"
#include "loop.h"

/* A driver's handler runs in the front meanwhile; the kernel's backend waits
 * 300 s under a lock of the whole host. */
#define ANSWER_MS 5000u

/* The host's own recovery: each level of bridges may take a second to reset
 * (PCIe 6.0 6.6.1), and every driver on the way has its say. */
#define HOST_MS 15000u

static uint32_t last_serial;

static struct device *device_of(const struct link *link)
{
    return device_by_handle(link->domid, link->recovery.handle);
}

/* The record of one that goes back is about to be dropped. */
static void remember(const struct device *dev)
{
    if (dev->phase == DEVICE_READY)
        device_remember(dev);
}

static void enter(struct link *link, struct device *dev, enum aer_phase phase);

void recovery_start(struct link *link, struct device *dev,
                    enum aer_channel channel)
{
    link->recovery.handle = dev->handle;
    link->recovery.channel = channel;
    dev->aer.current = channel;
    dev->aer.pending = AER_CHANNEL_UNHARMED;
    remember(dev);
    enter(link, dev, AER_DETECTED);
}

/* A device of this guest that waits for its turn. */
static struct device *next_in_trouble(const struct link *link)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (link_owns(link, dev) && dev->aer.pending != AER_CHANNEL_UNHARMED)
            return dev;
    return NULL;
}

static void end(struct link *link)
{
    struct device *dev = device_of(link);

    if (dev) {
        dev->aer.current = AER_CHANNEL_UNHARMED;
        remember(dev);
    }
    loop_cancel(link->recovery.timer);
    memset(&link->recovery, 0, sizeof(link->recovery));
    dev = next_in_trouble(link);
    if (dev)
        recovery_start(link, dev, dev->aer.pending);
}

static void fail(struct link *link, struct device *dev, const char *why)
{
    if (dev->aer.host == DEVICE_HOST_DONE)
        device_mend(dev);
    recovery_failed(link, dev, why);
    end(link);
}

static void too_late(void *arg)
{
    struct link *link = arg;
    struct recovery *r = &link->recovery;
    struct device *dev = device_of(link);
    bool host = r->phase == AER_HOST;

    r->timer = NULL;
    if (r->asked && link->worker)
        (void)!worker_aer_cancel(link->worker);
    if (dev)
        fail(link, dev,
             host ? "the host's kernel did not bring its link back"
                  : "the guest's front did not answer in time");
    else
        end(link);
}

static void ask(struct link *link, bool again)
{
    struct recovery *r = &link->recovery;
    struct msg_aer aer = {
        .handle = r->handle,
        .channel = (int32_t)r->channel,
        .again = again,
    };

    (void)!aer_request(r->phase, &aer.cmd);
    r->asked = true;
    /* A worker that is being replaced is told when it is there; one that does
     * not listen is as late as a front that does not answer. */
    if (link->worker && link->connected)
        (void)!worker_aer(link->worker, r->serial, &aer);
}

/* What was begun for a device, which may be gone when it is over. */
struct resetting {
    uint16_t domid;
    uint32_t handle;
    enum aer_phase phase;
};

static struct resetting *resetting_new(const struct link *link)
{
    struct resetting *resetting = calloc(1, sizeof(*resetting));

    if (!resetting)
        return NULL;
    resetting->domid = link->domid;
    resetting->handle = link->recovery.handle;
    resetting->phase = link->recovery.phase;
    return resetting;
}

/* The device, if its recovery is where it was. */
static struct device *still_resetting(const struct resetting *resetting,
                                      struct link **link)
{
    struct device *dev = device_by_handle(resetting->domid, resetting->handle);

    *link = link_find(resetting->domid);
    return *link && dev && dev->phase == DEVICE_READY &&
                   (*link)->recovery.phase == resetting->phase &&
                   device_of(*link) == dev
               ? dev
               : NULL;
}

static void brought_back(void *arg, struct device *dev,
                         const struct device_result *result)
{
    struct link *link;

    dev = still_resetting(arg, &link);
    free(arg);
    if (dev && result->err < 0)
        fail(link, dev, "it does not answer after its reset");
    else if (dev)
        enter(link, dev, AER_SLOT_RESET);
}

/* Bring back what a reset took, then let the front's driver set up the rest. */
static void was_reset(struct link *link, struct device *dev)
{
    struct resetting *resetting = resetting_new(link);

    if (resetting)
        device_after_reset(dev, brought_back, resetting);
    else
        fail(link, dev, "there is no memory left to bring it back");
}

static void on_reset(void *arg, int err)
{
    struct resetting *resetting = arg;
    struct device *dev = device_by_handle(resetting->domid, resetting->handle);
    struct link *link;

    if (dev)
        dev->aer.resetting = false;
    dev = still_resetting(resetting, &link);
    free(resetting);
    if (dev && err < 0)
        fail(link, dev, "it does not answer after its reset");
    else if (dev)
        was_reset(link, dev);
}

static void reset(struct link *link, struct device *dev)
{
    struct resetting *resetting = resetting_new(link);
    int ret = resetting ? 0 : -ENOMEM;

    if (ret == 0) {
        dev->aer.resetting = true;
        ret = device_reset_in_use(dev, on_reset, resetting);
    }
    if (ret == 0)
        return;
    dev->aer.resetting = false;
    free(resetting);
    fail(link, dev, "its driver needs a reset, and the kernel has none for it");
}

static void over(struct link *link, struct device *dev)
{
    char name[SBDF_TEXT];

    log_limited(&link->budget, "d%u %s: recovered from its error", link->domid,
                sbdf_format(dev->sbdf, name));
    link_write_aer(link, false);
    link_clear_report(link, &dev->sbdf);
    end(link);
}

void recovery_host(struct link *link, struct device *dev)
{
    if (dev->aer.host == DEVICE_HOST_FAILED)
        fail(link, dev, "the host's kernel could not bring its link back");
    else
        was_reset(link, dev);
}

static void enter(struct link *link, struct device *dev, enum aer_phase phase)
{
    struct recovery *r = &link->recovery;
    uint32_t cmd;

    log_debug("d%u: error recovery: %s", link->domid, aer_phase_name(phase));
    r->phase = phase;
    r->asked = false;
    loop_cancel(r->timer);
    r->timer = NULL;
    if (phase == AER_RECOVERED) {
        over(link, dev);
    } else if (phase == AER_RESET) {
        reset(link, dev);
    } else if (phase == AER_HOST && dev->aer.host != DEVICE_HOST_BUSY) {
        recovery_host(link, dev);
    } else if (phase == AER_HOST) {
        r->timer = loop_after(HOST_MS, too_late, link);
    } else if (aer_request(phase, &cmd)) {
        r->serial = ++last_serial;
        r->timer = loop_after(ANSWER_MS, too_late, link);
        ask(link, r->again);
        r->again = false;
    }
}

static void judge(struct link *link, struct device *dev,
                  const struct msg_aer_done *done)
{
    struct recovery *r = &link->recovery;
    enum aer_phase next = aer_after(r->phase, r->channel, done->result);
    char why[128];

    if (done->status != MSG_AER_ANSWERED) {
        fail(link, dev, "the guest's front has no handler for errors");
        return;
    }
    if (next != AER_FAILED) {
        enter(link, dev, next);
        return;
    }
    (void)snprintf(why, sizeof(why),
                   "the guest's front answered \"%s\" to \"%s\"",
                   aer_result_name(done->result), aer_phase_name(r->phase));
    fail(link, dev, why);
}

void recovery_answer(struct link *link, const struct msg *m)
{
    struct recovery *r = &link->recovery;
    struct device *dev = device_of(link);

    /* One that comes after its deadline, or from a worker before this. */
    if (!r->asked || m->serial != r->serial || !dev)
        return;
    r->asked = false;
    judge(link, dev, &m->u.aer_done);
}

void recovery_worker_back(struct link *link)
{
    struct device *dev;
    char name[SBDF_TEXT];

    if (link->recovery.asked)
        ask(link, true);
    if (link->recovery.phase != AER_IDLE)
        return;
    dev = next_in_trouble(link);
    if (!dev)
        return;
    log_limited(&link->budget, "d%u %s: recovering from its error, once more",
                link->domid, sbdf_format(dev->sbdf, name));
    link->recovery.again = true;
    recovery_start(link, dev, dev->aer.pending);
}

void recovery_stop(struct link *link)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (link_owns(link, dev) && dev->aer.pending != AER_CHANNEL_UNHARMED) {
            dev->aer.pending = AER_CHANNEL_UNHARMED;
            remember(dev);
        }
    if (link->recovery.phase != AER_IDLE)
        end(link);
}

void recovery_drop(struct link *link, struct device *dev)
{
    dev->aer.pending = AER_CHANNEL_UNHARMED;
    if (link->recovery.phase == AER_IDLE || device_of(link) != dev)
        return;
    if (link->recovery.asked && link->worker)
        (void)!worker_aer_cancel(link->worker);
    end(link);
}
