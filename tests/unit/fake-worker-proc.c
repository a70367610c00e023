/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-worker-proc.h. */
#include "fake-worker-proc.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "loop.h"
#include "run-until.h"
#include "worker-proc.h"

struct worker_proc {
    struct worker_proc *next;
    struct fake_worker seen;
    const struct worker_handlers *handlers;
    void *arg;
    void (*ended)(void *arg);
    void *ended_arg;
    bool ending;
    struct loop_watch *soon; /* the answer to CONNECT, or the end */
    uint32_t answered;       /* serial */
    struct msg_answer answer;
};

static struct worker_proc *workers;
static unsigned int spawned;
static int spawn_err;
static bool hang, die_early;
static uint16_t left_by;         /* an earlier broker's worker: its domain */
static const char *left_version; /* and its version */
static unsigned int discarded;
static struct msg_connected verdict;

void fake_workers_reset(void)
{
    ck_assert_ptr_null(workers);
    spawned = 0;
    spawn_err = 0;
    hang = die_early = false;
    left_by = 0;
    discarded = 0;
    memset(&verdict, 0, sizeof(verdict));
}

void fake_workers_answer(int32_t err, uint32_t step)
{
    verdict.err = err;
    verdict.step = step;
}

void fake_workers_hang(void)
{
    hang = true;
}

void fake_workers_die(void)
{
    die_early = true;
}

void fake_workers_fail(int err)
{
    spawn_err = err;
}

void fake_workers_left(uint16_t domid, const char *version)
{
    left_by = domid;
    left_version = version;
}

unsigned int fake_workers_discarded(void)
{
    return discarded;
}

unsigned int fake_workers_spawned(void)
{
    return spawned;
}

unsigned int fake_workers_alive(void)
{
    unsigned int n = 0;

    for (const struct worker_proc *w = workers; w; w = w->next)
        n++;
    return n;
}

static struct worker_proc *find(uint16_t domid)
{
    for (struct worker_proc *w = workers; w; w = w->next)
        if (w->seen.domid == domid && !w->ending)
            return w;
    return NULL;
}

const struct fake_worker *fake_worker(uint16_t domid)
{
    struct worker_proc *w = find(domid);

    return w ? &w->seen : NULL;
}

static void worker_free(struct worker_proc *w)
{
    struct worker_proc **p = &workers;

    while (*p != w)
        p = &(*p)->next;
    *p = w->next;
    loop_cancel(w->soon);
    free(w);
}

static void on_death(void *arg)
{
    struct worker_proc *w = arg;
    const struct worker_handlers *handlers = w->handlers;
    void *handlers_arg = w->arg;

    w->soon = NULL;
    worker_free(w);
    handlers->gone(handlers_arg, "died for a test");
}

static void schedule(struct worker_proc *w, loop_fn *fn)
{
    loop_cancel(w->soon);
    w->soon = loop_after(0, fn, w);
}

void fake_worker_die(uint16_t domid)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    schedule(w, on_death);
}

static void on_capture(void *arg)
{
    struct worker_proc *w = arg;
    const struct worker_handlers *handlers = w->handlers;
    void *handlers_arg = w->arg;

    w->soon = NULL;
    worker_free(w);
    handlers->captured(handlers_arg, "it did wrong for a test");
}

void fake_worker_capture(uint16_t domid)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    schedule(w, on_capture);
}

void fake_worker_send(uint16_t domid, const struct msg *request)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    w->answered = request->serial - 1;
    w->handlers->request(w->arg, request);
}

bool fake_worker_answered(uint16_t domid, uint32_t serial,
                          struct msg_answer *answer)
{
    const struct worker_proc *w = find(domid);

    if (!w || w->answered != serial)
        return false;
    *answer = w->answer;
    return true;
}

struct expected_answer {
    uint16_t domid;
    uint32_t serial;
    struct msg_answer answer;
};

static bool has_answer(void *arg)
{
    struct expected_answer *e = arg;

    return fake_worker_answered(e->domid, e->serial, &e->answer);
}

struct msg_answer fake_worker_ask(uint16_t domid, const struct msg *request)
{
    struct expected_answer e = { .domid = domid, .serial = request->serial };

    fake_worker_send(domid, request);
    ck_assert(run_until(has_answer, &e));
    return e.answer;
}

static struct worker_proc *
worker_new(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w = calloc(1, sizeof(*w));

    ck_assert_ptr_nonnull(w);
    w->seen.domid = domid;
    w->handlers = handlers;
    w->arg = arg;
    w->next = workers;
    workers = w;
    return w;
}

struct worker_proc *
worker_spawn(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    if (spawn_err != 0) {
        errno = spawn_err;
        return NULL;
    }
    spawned++;
    return worker_new(domid, handlers, arg);
}

struct worker_proc *
worker_adopt(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w;

    if (left_by != domid) {
        errno = ENOENT;
        return NULL;
    }
    left_by = 0;
    w = worker_new(domid, handlers, arg);
    w->seen.version = left_version;
    return w;
}

int worker_discard(uint16_t domid)
{
    if (left_by == domid) {
        left_by = 0;
        discarded++;
    }
    return 0;
}

void worker_discard_others(bool (*is_served)(uint16_t domid))
{
    if (left_by != 0 && !is_served(left_by))
        (void)!worker_discard(left_by);
}

int worker_retire(struct worker_proc *w)
{
    w->seen.retired = true;
    schedule(w, on_death);
    return 0;
}

void fake_worker_settle(uint16_t domid)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    w->handlers->settled(w->arg);
}

static void on_ended(void *arg)
{
    struct worker_proc *w = arg;
    void (*ended)(void *) = w->ended;
    void *ended_arg = w->ended_arg;

    w->soon = NULL;
    worker_free(w);
    if (ended)
        ended(ended_arg);
}

void worker_end(struct worker_proc *w, void (*done)(void *arg), void *arg)
{
    if (!w)
        return;
    ck_assert(!w->ending);
    w->ending = true;
    w->ended = done;
    w->ended_arg = arg;
    schedule(w, on_ended);
}

static void on_connect(void *arg)
{
    struct worker_proc *w = arg;

    w->soon = NULL;
    w->seen.connected = verdict.err == 0;
    if (w->seen.version)
        w->handlers->adopted(w->arg, w->seen.version);
    w->handlers->connected(w->arg, &verdict);
}

int worker_connect(struct worker_proc *w, const struct msg_connect *connect)
{
    w->seen.connect = *connect;
    if (die_early)
        schedule(w, on_death);
    else if (!hang)
        schedule(w, on_connect);
    return 0;
}

int worker_device_add(struct worker_proc *w, const struct device *dev,
                      enum cfg_start start)
{
    unsigned int n = w->seen.ndevices++;

    ck_assert_uint_lt(n, FAKE_WORKER_DEVICES);
    w->seen.devices[n].handle = dev->handle;
    w->seen.devices[n].fresh = start;
    w->seen.devices[n].real = dev->sbdf;
    w->seen.devices[n].virt = dev->virt;
    return 0;
}

int worker_device_remove(struct worker_proc *w, uint32_t handle)
{
    for (unsigned int i = 0; i < w->seen.ndevices; i++) {
        if (w->seen.devices[i].handle == handle) {
            w->seen.devices[i] = w->seen.devices[--w->seen.ndevices];
            return 0;
        }
    }
    ck_abort_msg("the worker does not have the device it should remove");
    return -ENOENT;
}

int worker_answer(struct worker_proc *w, uint32_t serial,
                  const struct msg_answer *answer)
{
    w->answered = serial;
    w->answer = *answer;
    return 0;
}

int worker_aer(struct worker_proc *w, uint32_t serial,
               const struct msg_aer *aer)
{
    w->seen.aer = *aer;
    w->seen.aer_serial = serial;
    w->seen.aers++;
    w->seen.aer_waiting = true;
    return 0;
}

int worker_aer_cancel(struct worker_proc *w)
{
    w->seen.aer_waiting = false;
    return 0;
}

void worker_rest(struct worker_proc *w, uint32_t ms)
{
    w->seen.rest_ms = ms;
}

static void aer_done(struct worker_proc *w, uint32_t serial, uint32_t status,
                     int32_t result)
{
    struct msg m = { .type = MSG_AER_DONE, .serial = serial };

    m.u.aer_done.status = status;
    m.u.aer_done.result = result;
    w->handlers->aer_done(w->arg, &m);
}

void fake_worker_says(uint16_t domid, const char *text)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    w->handlers->said(w->arg, LOG_WARNING, text);
}

void fake_worker_aer(uint16_t domid, uint32_t status, int32_t result)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    ck_assert(w->seen.aer_waiting);
    w->seen.aer_waiting = false;
    aer_done(w, w->seen.aer_serial, status, result);
}

void fake_worker_aer_stray(uint16_t domid, uint32_t serial, int32_t result)
{
    struct worker_proc *w = find(domid);

    ck_assert_ptr_nonnull(w);
    aer_done(w, serial, MSG_AER_ANSWERED, result);
}
