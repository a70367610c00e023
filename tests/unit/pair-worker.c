/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See pair-worker.h. */
#include "pair-worker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "aer-slot.h"
#include "fake-worker-proc.h"
#include "loop.h"
#include "ops.h"
#include "run-until.h"
#include "store.h"
#include "sysfs.h"
#include "version.h"
#include "worker-proc.h"

#define GUESTS   1024
#define QUANTUM  50u /* milliseconds: of the loop, and of the guest's clock */
#define MS       1000000u
#define TICKS    (QUANTUM)
#define MAX_TICK 5000u

struct worker_proc {
    struct worker_proc *next;
    uint16_t domid;
    const struct worker_handlers *handlers;
    void *arg;
    void (*ended)(void *arg);
    void *ended_arg;
    struct loop_watch *soon; /* CONNECT is answered, or this ends */
    bool ending;
    bool orphan;           /* it outlived its broker; */
    bool adopting;         /* ... the next one is at it, */
    struct vdev *incoming; /* ... with its own devices */
    bool settled;
    struct loop_watch *settles;
    struct loop_watch *asks;
    struct msg request;
    struct msg_connect connect;
    uint32_t gref, port; /* of the page that is mapped */
    struct pci_page *page;
    struct ops ops;
    struct aer_slot aer;
    struct msg aer_done;
    struct loop_watch *aer_soon;
};

static struct worker_proc *workers;
static struct fake_kernel *guests[GUESTS];

void fake_workers_reset(void)
{
    if (workers)
        fake_kernel_die("a worker is left");
}

unsigned int fake_workers_alive(void)
{
    unsigned int n = 0;

    for (const struct worker_proc *w = workers; w; w = w->next)
        n++;
    return n;
}

static void on_settled(void *arg)
{
    struct worker_proc *w = arg;

    w->settles = NULL;
    w->handlers->settled(w->arg);
}

static void reply(struct worker_proc *w)
{
    if (w->page && ring_reply(w->page, &w->ops.op))
        guests[w->domid]->event = true;
    if (w->settled || w->orphan || w->adopting)
        return;
    w->settled = true;
    w->settles = loop_after(0, on_settled, w);
}

/* To the broker, from its loop. */
static void on_aer_done(void *arg)
{
    struct worker_proc *w = arg;

    w->aer_soon = NULL;
    w->handlers->aer_done(w->arg, &w->aer_done);
}

static void aer_is_done(struct worker_proc *w)
{
    loop_cancel(w->aer_soon);
    w->aer_soon = loop_after(0, on_aer_done, w);
}

static void serve(struct worker_proc *w)
{
    if (aer_slot_collect(&w->aer, w->page, &w->aer_done))
        aer_is_done(w);
    if (w->page && !w->ops.waiting && ring_take(w->page, &w->ops.op) &&
        ops_start(&w->ops))
        reply(w);
}

/* ---- what the broker does to its workers ---- */

static void on_ask(void *arg)
{
    struct worker_proc *w = arg;
    const struct msg request = w->request;

    w->asks = NULL;
    w->handlers->request(w->arg, &request);
}

static int ask(void *ctx, const struct msg *request)
{
    struct worker_proc *w = ctx;

    if (w->orphan || w->adopting)
        return 0;
    w->request = *request;
    w->asks = loop_after(0, on_ask, w);
    return 0;
}

struct worker_proc *
worker_spawn(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w = calloc(1, sizeof(*w));

    if (!w || domid >= GUESTS)
        fake_kernel_die("no worker for domain %u", domid);
    w->domid = domid;
    w->handlers = handlers;
    w->arg = arg;
    w->ops.ask = ask;
    w->ops.ask_ctx = w;
    w->next = workers;
    workers = w;
    return w;
}

int worker_retire(struct worker_proc *w UNUSED)
{
    return -EPIPE;
}

static void vdev_free(struct vdev *dev)
{
    (void)munmap(dev->cs.shadow, sizeof(*dev->cs.shadow));
    (void)close(dev->config_fd);
    free(dev);
}

static void devices_free(struct vdev **list)
{
    while (*list) {
        struct vdev *dev = *list;

        *list = dev->next;
        vdev_free(dev);
    }
}

static void on_ended(void *arg)
{
    struct worker_proc *w = arg;
    struct worker_proc **link = &workers;

    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    if (w->page && guests[w->domid])
        fake_kernel_unmap(guests[w->domid], w->page);
    devices_free(&w->ops.devices);
    devices_free(&w->incoming);
    loop_cancel(w->settles);
    loop_cancel(w->asks);
    loop_cancel(w->aer_soon);
    if (w->ended)
        w->ended(w->ended_arg);
    free(w);
}

void worker_end(struct worker_proc *w, void (*done)(void *arg), void *arg)
{
    if (!w)
        return;
    w->ended = done;
    w->ended_arg = arg;
    w->ending = true;
    loop_cancel(w->soon);
    w->soon = loop_after(0, on_ended, w);
}

static void vanish(struct worker_proc *w)
{
    loop_cancel(w->soon);
    w->ended = NULL;
    on_ended(w);
}

static void on_killed(void *arg)
{
    struct worker_proc *w = arg;
    const struct worker_handlers *handlers = w->handlers;
    void *broker = w->arg;

    on_ended(w);
    handlers->gone(broker, "killed by signal 9");
}

bool pair_worker_kill(uint16_t domid)
{
    struct worker_proc *w = workers;

    while (w && (w->domid != domid || w->ending))
        w = w->next;
    if (!w)
        return false;
    if (w->orphan) {
        vanish(w);
        return true;
    }
    loop_cancel(w->soon);
    w->ending = true;
    w->soon = loop_after(0, on_killed, w);
    return true;
}

void pair_workers_vanish(void)
{
    while (workers)
        vanish(workers);
}

static void orphan(struct worker_proc *w)
{
    loop_cancel(w->soon);
    loop_cancel(w->asks);
    loop_cancel(w->aer_soon);
    loop_cancel(w->settles);
    w->soon = w->asks = w->aer_soon = w->settles = NULL;
    devices_free(&w->incoming);
    w->handlers = NULL;
    w->adopting = false;
    w->orphan = true;
}

void pair_workers_orphan(void)
{
    struct worker_proc *w = workers, *next;

    for (; w; w = next) {
        next = w->next;
        if (w->page && !w->ending)
            orphan(w);
        else
            vanish(w);
    }
}

static bool list_has_fd(const struct vdev *dev, int fd)
{
    for (; dev; dev = dev->next)
        if (dev->config_fd == fd)
            return true;
    return false;
}

bool pair_workers_have_fd(int fd)
{
    for (const struct worker_proc *w = workers; w; w = w->next)
        if (list_has_fd(w->ops.devices, fd))
            return true;
    return false;
}

struct worker_proc *
worker_adopt(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w = workers;

    while (w && (!w->orphan || w->domid != domid))
        w = w->next;
    if (!w) {
        errno = ENOENT;
        return NULL;
    }
    w->handlers = handlers;
    w->arg = arg;
    w->orphan = w->settled = false;
    w->adopting = true;
    return w;
}

static bool nobody(uint16_t domid UNUSED)
{
    return false;
}

static void discard(uint16_t domid, bool any, bool (*is_served)(uint16_t domid))
{
    struct worker_proc *w = workers, *next;

    for (; w; w = next) {
        next = w->next;
        if (w->orphan && (any || w->domid == domid) && !is_served(w->domid))
            vanish(w);
    }
}

int worker_discard(uint16_t domid)
{
    discard(domid, false, nobody);
    return 0;
}

void worker_discard_others(bool (*is_served)(uint16_t domid))
{
    discard(0, true, is_served);
}

/* The page is served already; devices and questions are the new broker's. */
static void resume(struct worker_proc *w, struct msg_connected *verdict)
{
    w->adopting = false;
    if (w->connect.gref != w->gref || w->connect.port != w->port) {
        verdict->err = -ESTALE;
        return;
    }
    devices_free(&w->ops.devices);
    w->ops.devices = w->incoming;
    w->incoming = NULL;
    w->ops.waiting = false;
    aer_slot_cancel(&w->aer, w->page);
}

static void on_connect(void *arg)
{
    struct worker_proc *w = arg;
    struct fake_kernel *k = guests[w->domid];
    struct msg_connected verdict = { 0 };

    w->soon = NULL;
    if (w->adopting) {
        w->handlers->adopted(w->arg, xenpci_version);
        resume(w, &verdict);
        w->handlers->connected(w->arg, &verdict);
        return;
    }
    w->gref = w->connect.gref;
    w->port = w->connect.port;
    w->page = k ? fake_kernel_map(k, w->connect.gref) : NULL;
    if (!w->page || !fake_kernel_port_open(k, w->connect.port)) {
        verdict.err = -EINVAL;
        verdict.step = w->page ? MSG_STEP_BIND : MSG_STEP_MAP;
    }
    w->handlers->connected(w->arg, &verdict);
}

int worker_connect(struct worker_proc *w, const struct msg_connect *connect)
{
    w->connect = *connect;
    w->soon = loop_after(0, on_connect, w);
    return 0;
}

static int read_config(void *ctx, uint16_t offset, uint8_t size,
                       uint32_t *value)
{
    const struct vdev *dev = ctx;

    return sysfs_config_read(dev->config_fd, offset, size, value);
}

int worker_device_add(struct worker_proc *w, const struct device *dev,
                      enum cfg_start start)
{
    struct vdev **list = w->adopting ? &w->incoming : &w->ops.devices;
    struct vdev *v = calloc(1, sizeof(*v));
    struct cfg_hw hw = { .read = read_config, .ctx = v };
    void *shadow = mmap(NULL, sizeof(struct cfg_shadow), PROT_READ | PROT_WRITE,
                        MAP_SHARED, dev->shadow_fd, 0);

    if (!v || shadow == MAP_FAILED)
        fake_kernel_die("no memory for a device");
    v->handle = dev->handle;
    v->real = dev->sbdf;
    v->virt = dev->virt;
    v->config_fd = dup(dev->config_ro_fd);
    cfgspace_init(&v->cs, &dev->cs.params, dev->cs.snapshot, shadow, hw, start);
    v->next = *list;
    *list = v;
    return 0;
}

int worker_device_remove(struct worker_proc *w, uint32_t handle)
{
    /* Messages come in order: it will have connected by then. */
    struct vdev **link = w->adopting ? &w->incoming : &w->ops.devices;
    struct vdev *dev;

    while (*link && (*link)->handle != handle)
        link = &(*link)->next;
    dev = *link;
    if (!dev)
        return -ENOENT;
    if (w->ops.waiting && w->ops.waiting_for == handle && ops_abandon(&w->ops))
        reply(w);
    *link = dev->next;
    vdev_free(dev);
    return 0;
}

int worker_answer(struct worker_proc *w, uint32_t serial,
                  const struct msg_answer *answer)
{
    struct msg m = { .type = MSG_ANSWER, .serial = serial };

    m.u.answer = *answer;
    if (ops_answer(&w->ops, &m))
        reply(w);
    return 0;
}

int worker_aer(struct worker_proc *w, uint32_t serial,
               const struct msg_aer *aer)
{
    const struct vdev *dev = ops_find(&w->ops, aer->handle);
    struct msg m = { .type = MSG_AER, .serial = serial };

    m.u.aer = *aer;
    if (aer_slot_ask(&w->aer, w->page, &m, dev ? &dev->virt : NULL,
                     &w->aer_done))
        aer_is_done(w);
    else
        guests[w->domid]->event = true;
    return 0;
}

int worker_aer_cancel(struct worker_proc *w)
{
    aer_slot_cancel(&w->aer, w->page);
    return 0;
}

void worker_rest(struct worker_proc *w UNUSED, uint32_t ms UNUSED)
{
}

/* ---- what a guest's wait is made of ---- */

struct patience {
    struct fake_kernel *k;
    unsigned int ticks;
};

static bool store_waits(struct fake_kernel *k)
{
    struct pollfd fd = { .fd = store_fd(k->store), .events = POLLIN };

    return poll(&fd, 1, 0) > 0;
}

static bool asked(uint16_t domid)
{
    for (const struct worker_proc *w = workers; w; w = w->next)
        if (w->domid == domid && w->ops.waiting)
            return true;
    return false;
}

/* An operation is not given up because this machine is busy. */
static bool over(void *arg)
{
    struct patience *p = arg;

    for (struct worker_proc *w = workers; w; w = w->next)
        serve(w);
    return p->k->event || store_waits(p->k) ||
           p->ticks++ >= (asked(p->k->domid) ? MAX_TICK : TICKS);
}

static void turn(void *arg)
{
    struct patience p = { .k = arg };

    if (over(&p))
        return;
    (void)run_until(over, &p);
    p.k->alarm_ns = p.k->now_ns + (uint64_t)QUANTUM * MS;
}

void pair_worker_guest(uint16_t domid, struct fake_kernel *k)
{
    if (domid >= GUESTS)
        fake_kernel_die("domain id too large");
    guests[domid] = k;
    if (k)
        k->peer = (struct fake_peer){ .turn = turn, .arg = k };
}
