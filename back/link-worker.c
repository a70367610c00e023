/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's worker: it gets what the front published and the guest's devices. One
 * that dies is replaced; the guest's page and port are found again where they
 * were, and its request with them.
 */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "link.h"

/* When no process can be started. */
#define AGAIN_MS 1000u

/* So many in a row that die of the first request they find end the link. */
#define UNSETTLED_MAX 6u

/* A worker's word is checked: nothing larger is an errno. */
#define ERRNO_MAX 4095

static void drop_worker(struct link *link)
{
    worker_end(link->worker, NULL, NULL);
    link->worker = NULL;
    link->connected = false;
}

void link_connect_failed(struct link *link, int err, const char *why)
{
    drop_worker(link);
    link_report(link, NULL, err, why);
    if (link->running == XB_ACT_CONNECT)
        link_finish(link, err);
    else
        link_touch(link);
}

/* The number is a worker's word; it may be any. */
static const char *step_words(uint32_t step)
{
    switch (step) {
    case MSG_STEP_MAP:
        return "mapping the front's grant reference";
    case MSG_STEP_CONFINE:
        return "confining the guest's worker";
    default:
        return "binding the front's event channel";
    }
}

static void on_connected(void *arg, const struct msg_connected *result)
{
    struct link *link = arg;
    char why[DEVICE_WHY];
    int err = result->err < -ERRNO_MAX ? -EPROTO : result->err;

    if (err < 0) {
        device_say(why, "%s failed: %s", step_words(result->step),
                   strerror(-err));
        link_connect_failed(link, err, why);
        return;
    }
    link->connected = true;
    if (link->failed == 0)
        link_clear_report(link, NULL);
    log_limited_info(&link->budget, "d%u: connected", link->domid);
    recovery_worker_back(link);
    if (link->running == XB_ACT_CONNECT)
        link_finish(link, 0);
}

static void on_aer_done(void *arg, const struct msg *m)
{
    uint64_t since = loop_now_us();

    recovery_answer(arg, m);
    link_spend(arg, since);
}

static void on_settled(void *arg)
{
    uint64_t since = loop_now_us();
    struct link *link = arg;

    link->settled = true;
    link->unsettled = 0;
    link_spend(link, since);
}

static void on_adopted(void *arg, const char *version)
{
    link_upgrade(arg, version);
}

static void start_again(void *arg)
{
    struct link *link = arg;

    link->soon = NULL;
    link_worker_start(link, CFG_CONTINUE);
}

/* One that dies of its guest's request again and again has no next. */
static bool keeps_dying(struct link *link)
{
    if (link->settled)
        return false;
    return ++link->unsettled >= UNSETTLED_MAX;
}

static void on_gone(void *arg, const char *reason)
{
    struct link *link = arg;
    uint32_t ms = 0;

    if (link->outdated)
        log_info("d%u: the worker %s", link->domid, reason);
    else
        log_limited(&link->budget, "d%u: the worker %s", link->domid, reason);
    link->worker = NULL;
    link->connected = false;
    if (link->running == XB_ACT_CONNECT) {
        link_connect_failed(link, -EIO, "the worker ended while connecting");
        return;
    }
    if (!link->outdated && keeps_dying(link)) {
        link_report(link, NULL, -EIO,
                    "the guest's worker dies of each request that it finds; "
                    "the front may connect again");
        link->captured = true;
        link_touch(link);
        return;
    }
    if (!link->outdated)
        ms = quota_take(&link->quota, QUOTA_DEATH, loop_now_us(), 1);
    if (ms > 0)
        link->soon = loop_after(ms, start_again, link);
    else
        link_worker_start(link, CFG_CONTINUE);
}

/*
 * A worker that obeys its guest has only what the guest had. But a new one would
 * be taken over in the same way at once, so the guest must connect anew.
 */
static void on_captured(void *arg, const char *how)
{
    struct link *link = arg;
    char why[DEVICE_WHY];

    link->worker = NULL;
    link->connected = false;
    device_say(
        why,
        "the guest took its worker over (%s), which was ended; the front "
        "may connect again",
        how);
    if (link->running == XB_ACT_CONNECT) {
        link_connect_failed(link, -EPROTO, why);
        return;
    }
    link_report(link, NULL, -EPROTO, why);
    link->captured = true;
    link_touch(link);
}

static void on_said(void *arg, uint32_t priority, const char *text)
{
    struct link *link = arg;
    uint64_t since = loop_now_us();

    if (priority == LOG_INFO)
        log_limited_info(&link->budget, "d%u: its worker: %s", link->domid,
                         text);
    else
        log_limited(&link->budget, "d%u: its worker: %s", link->domid, text);
    link_spend(link, since);
}

static const struct worker_handlers handlers = {
    .connected = on_connected,
    .request = link_on_request,
    .aer_done = on_aer_done,
    .settled = on_settled,
    .adopted = on_adopted,
    .said = on_said,
    .gone = on_gone,
    .captured = on_captured,
};

/* Devices first: a request may wait in the page already. */
static int send_setup(struct link *link, const struct msg_connect *c,
                      enum cfg_start start)
{
    struct device *dev = NULL;
    int ret = 0;

    while (ret == 0 && (dev = device_next(dev)))
        if (link_owns(link, dev) && dev->phase == DEVICE_READY)
            ret = worker_device_add(link->worker, dev, start);
    return ret == 0 ? worker_connect(link->worker, c) : ret;
}

static void give_work(struct link *link, const struct msg_connect *c,
                      enum cfg_start start)
{
    char why[DEVICE_WHY];
    int ret;

    link->settled = link->outdated = false;
    ret = send_setup(link, c, start);
    /* One that is dead will be reported as such. */
    if (start == CFG_CONTINUE && (ret == -EPIPE || ret == -ECONNRESET))
        return;
    if (ret < 0) {
        device_say(why, "the worker takes no orders: %s", strerror(-ret));
        link_connect_failed(link, ret, why);
    }
}

static void start_process(struct link *link, const struct msg_connect *c,
                          enum cfg_start start)
{
    char why[DEVICE_WHY];
    int ret;

    link->worker = worker_spawn(link->domid, &handlers, link);
    if (link->worker) {
        give_work(link, c, start);
        return;
    }
    ret = -errno;
    device_say(why, "no worker process: %s", strerror(-ret));
    link_connect_failed(link, ret, why);
    /* A host short of processes is so for a while; the guest still waits. */
    if (start == CFG_CONTINUE)
        link->soon = loop_after(AGAIN_MS, start_again, link);
}

void link_worker_start(struct link *link, enum cfg_start start)
{
    struct msg_connect c = { 0 };
    char why[DEVICE_WHY] = "";
    int ret = link_read_front(link, &c, why);

    if (ret == 0) {
        start_process(link, &c, start);
        return;
    }
    link_connect_failed(link, ret, why);
    /* So is a store that does not answer. */
    if (start == CFG_CONTINUE && link_is_trouble(ret) && ret != -EPROTO)
        link->soon = loop_after(AGAIN_MS, start_again, link);
}

static void resume_again(void *arg)
{
    struct link *link = arg;

    link->soon = NULL;
    link_worker_resume(link);
}

static void resume_later(struct link *link, int err)
{
    log_limited(&link->budget,
                "d%u: cannot go on with the guest's worker: %s; trying again",
                link->domid, strerror(-err));
    link->soon = loop_after(AGAIN_MS, resume_again, link);
}

void link_worker_resume(struct link *link)
{
    struct msg_connect c = { 0 };
    char why[DEVICE_WHY] = "";
    int front = link_read_front(link, &c, why), ret;

    if (link_is_trouble(front) && front != -EPROTO) {
        resume_later(link, front);
        return;
    }
    if (front == 0)
        link->worker = worker_adopt(link->domid, &handlers, link);
    if (link->worker) {
        give_work(link, &c, CFG_CONTINUE);
        return;
    }
    /* Two workers at one page would answer each other's requests: none starts
     * before the one that is there has ended. */
    ret = worker_discard(link->domid);
    if (ret < 0)
        resume_later(link, ret);
    else if (front < 0)
        link_connect_failed(link, front, why);
    else
        start_process(link, &c, CFG_CONTINUE);
}

void link_worker_add(struct link *link, const struct device *dev)
{
    if (link->worker && worker_device_add(link->worker, dev, CFG_FRESH) < 0)
        log_warnx("d%u: the worker did not take a device", link->domid);
}

void link_worker_remove(struct link *link, const struct device *dev)
{
    if (link->worker && worker_device_remove(link->worker, dev->handle) < 0)
        log_warnx("d%u: the worker did not let go of a device", link->domid);
}
