/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker's loop. Two descriptors and one page; nothing here blocks except
 * poll(), and nothing a guest does can end more than this process.
 */
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "aer-slot.h"
#include "log.h"
#include "msg.h"
#include "ops.h"
#include "pace.h"
#include "page.h"
#include "sandbox.h"
#include "sysfs.h"

#define BURST 16

struct worker {
    int broker; /* socket */
    uint16_t domid;
    struct page *page;
    struct ops ops;
    struct aer_slot aer;
    struct pace pace;
    uint64_t listen_again_ns; /* 0: the port is armed */
    bool quit;
};

static uint64_t now_ns(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int ask_broker(void *ctx, const struct msg *request)
{
    const struct worker *w = ctx;

    return msg_send(w->broker, request, NULL, 0);
}

static int read_config(void *ctx, uint16_t offset, uint8_t size,
                       uint32_t *value)
{
    const struct vdev *dev = ctx;

    return sysfs_config_read(dev->config_fd, offset, size, value);
}

static void vdev_free(struct vdev *dev)
{
    if (!dev)
        return;
    if (dev->cs.shadow)
        (void)munmap(dev->cs.shadow, sizeof(*dev->cs.shadow));
    if (dev->config_fd >= 0)
        (void)close(dev->config_fd);
    free(dev);
}

static void device_add(struct worker *w, const struct msg_device *m,
                       int config_fd, int shadow_fd)
{
    struct vdev *dev = calloc(1, sizeof(*dev));
    struct cfg_hw hw = { .read = read_config };
    void *shadow;

    if (!dev)
        fatalx("out of memory");
    shadow = mmap(NULL, sizeof(struct cfg_shadow), PROT_READ | PROT_WRITE,
                  MAP_SHARED, shadow_fd, 0);
    if (shadow == MAP_FAILED)
        fatal("cannot map the shadow registers of a device");
    (void)close(shadow_fd);
    dev->handle = m->handle;
    dev->real = m->real;
    dev->virt = m->virt;
    dev->config_fd = config_fd;
    hw.ctx = dev;
    cfgspace_init(&dev->cs, &m->params, m->snapshot, shadow, hw,
                  m->fresh == CFG_FRESH ? CFG_FRESH : CFG_CONTINUE);
    dev->next = w->ops.devices;
    w->ops.devices = dev;
}

static void reply(struct worker *w)
{
    if (!w->page)
        return;
    if (ring_reply(page_shared(w->page), &w->ops.op))
        page_notify(w->page);
    else
        log_debug("d%u: the front gave up on a request; answer dropped",
                  w->domid);
    pace_answer(&w->pace, now_ns());
}

static void device_remove(struct worker *w, uint32_t handle)
{
    struct vdev **link = &w->ops.devices;
    struct vdev *dev;

    while (*link && (*link)->handle != handle)
        link = &(*link)->next;
    dev = *link;
    if (!dev)
        return;
    if (w->ops.waiting && w->ops.waiting_for == handle && ops_abandon(&w->ops))
        reply(w);
    *link = dev->next;
    vdev_free(dev);
}

/* From here on the guest may do its worst. */
static int confine(struct worker *w)
{
    const char *what = "cannot give up mapping and binding";
    int ret = page_seal(w->page, w->domid);

    if (ret == 0)
        ret = sandbox_enter(w->domid, page_fd(w->page), &what);
    if (ret < 0)
        log_warnx("%s: %s", what, strerror(-ret));
    return ret;
}

static void connect_page(struct worker *w, const struct msg_connect *c)
{
    struct msg answer = { .type = MSG_CONNECTED };
    enum msg_connect_step step = MSG_STEP_NONE;

    w->domid = c->domid;
    answer.u.connected.err = page_open(c, &w->page, &step);
    if (answer.u.connected.err == 0) {
        step = MSG_STEP_CONFINE;
        answer.u.connected.err = confine(w);
    }
    answer.u.connected.step = step;
    if (answer.u.connected.err != 0) {
        page_close(w->page);
        w->page = NULL;
    }
    if (msg_send(w->broker, &answer, NULL, 0) < 0)
        w->quit = true;
}

static struct pci_page *shared_of(struct worker *w)
{
    return w->page ? page_shared(w->page) : NULL;
}

static void tell_broker(struct worker *w, const struct msg *m)
{
    if (msg_send(w->broker, m, NULL, 0) < 0)
        w->quit = true;
}

static bool aer_collect(struct worker *w)
{
    struct msg done;

    if (!aer_slot_collect(&w->aer, shared_of(w), &done))
        return false;
    tell_broker(w, &done);
    return true;
}

static void aer_ask(struct worker *w, const struct msg *m)
{
    const struct vdev *dev = ops_find(&w->ops, m->u.aer.handle);
    struct msg done;

    if (aer_slot_ask(&w->aer, shared_of(w), m, dev ? &dev->virt : NULL,
                     &done)) {
        tell_broker(w, &done);
        return;
    }
    page_notify(w->page);
    /* An earlier worker's question may have its answer already. */
    (void)aer_collect(w);
}

static void on_message(struct worker *w)
{
    struct msg m = { 0 };
    int fds[MSG_FDS];
    int ret = msg_receive(w->broker, &m, fds);

    if (ret < 0) {
        w->quit = true;
        return;
    }
    switch (m.type) {
    case MSG_CONNECT:
        connect_page(w, &m.u.connect);
        break;
    case MSG_DEVICE_ADD:
        device_add(w, &m.u.device, fds[0], fds[1]);
        break;
    case MSG_DEVICE_REMOVE:
        device_remove(w, m.u.handle.handle);
        break;
    case MSG_ANSWER:
        if (ops_answer(&w->ops, &m))
            reply(w);
        break;
    case MSG_AER:
        aer_ask(w, &m);
        break;
    case MSG_AER_CANCEL:
        aer_slot_cancel(&w->aer, shared_of(w));
        break;
    default:
        fatalx("the broker sent \"%s\"", msg_name(m.type));
    }
}

/* Serve one request if one waits. Requests are looked at one at a time, so the
 * broker's messages are never starved by a guest that asks without pause. */
static bool serve(struct worker *w)
{
    if (!w->page || w->ops.waiting)
        return false;
    if (!ring_take(page_shared(w->page), &w->ops.op))
        return false;
    pace_request(&w->pace, now_ns());
    if (ops_start(&w->ops))
        reply(w);
    return true;
}

static void on_event(struct worker *w)
{
    bool answered;
    uint32_t ms;

    if (!page_event(w->page))
        return;
    answered = aer_collect(w);
    if (serve(w) || answered || w->ops.waiting) {
        page_rearm(w->page);
        return;
    }
    ms = pace_idle_event(&w->pace);
    if (ms == 0)
        page_rearm(w->page);
    else
        w->listen_again_ns = now_ns() + (uint64_t)ms * 1000000u;
}

/* Look at the page while that is likely to pay. True: a request is there. */
static bool spin(struct worker *w)
{
    if (!w->page || w->ops.waiting || w->pace.spin_ns == 0)
        return false;
    while (pace_spin(&w->pace, now_ns())) {
        if (ring_has_request(page_shared(w->page)))
            return true;
        __builtin_ia32_pause();
    }
    pace_missed(&w->pace);
    return false;
}

static int poll_timeout(struct worker *w)
{
    uint64_t now;

    if (w->page && !w->ops.waiting && ring_has_request(page_shared(w->page)))
        return 0;
    if (w->listen_again_ns == 0)
        return -1;
    now = now_ns();
    if (now < w->listen_again_ns)
        return (int)((w->listen_again_ns - now) / 1000000u) + 1;
    w->listen_again_ns = 0;
    page_rearm(w->page);
    (void)aer_collect(w);
    return -1;
}

static void turn(struct worker *w)
{
    struct pollfd fds[2] = { { .fd = w->broker, .events = POLLIN },
                             { .fd = -1, .events = POLLIN } };
    int timeout;
    int i;

    /* The broker gets a word in between after every few requests. */
    for (i = 0; i < BURST && spin(w); i++)
        (void)serve(w);
    timeout = poll_timeout(w);
    if (w->page && w->listen_again_ns == 0)
        fds[1].fd = page_fd(w->page);
    if (poll(fds, 2, timeout) < 0) {
        if (errno == EINTR)
            return;
        fatal("poll");
    }
    if (fds[0].revents)
        on_message(w);
    if (fds[1].revents & POLLIN)
        on_event(w);
    else
        (void)serve(w);
}

int worker_main(void)
{
    struct worker w = { .broker = WORKER_SOCKET_FD };
    struct vdev *dev;

    /* Service managers signal the whole group; the broker decides for us. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    /* An answer to the worker before us must not be taken for one to us. */
    w.ops.serial = (uint32_t)now_ns();
    w.ops.ask = ask_broker;
    w.ops.ask_ctx = &w;
    while (!w.quit)
        turn(&w);
    page_close(w.page);
    while ((dev = w.ops.devices)) {
        w.ops.devices = dev->next;
        vdev_free(dev);
    }
    return 0;
}
