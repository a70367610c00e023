/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The broker's event loop on libev's default loop (children need that one). */
#include "loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* libev's initialiser macros pun types and shadow names by design. */
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wstrict-aliasing"
#include <ev.h>

#include "log.h"

enum watch_kind {
    WATCH_IO,
    WATCH_TIMER,
    WATCH_CHILD,
    WATCH_SIGNAL
};

struct loop_watch {
    enum watch_kind kind;
    union {
        ev_io io;
        ev_timer timer;
        ev_child child;
        ev_signal signal;
    } ev;
    loop_fn *fn;
    loop_child_fn *child_fn;
    void *arg;
};

static struct ev_loop *loop;

/* A parent keeps signals blocked so that none comes before its handler; libev
 * leaves them so. */
static void unblock(int signo)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, signo);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void loop_init(void)
{
    loop = ev_default_loop(EVFLAG_AUTO);
    if (!loop)
        fatalx("no event loop: libev found no usable kernel interface");
    unblock(SIGCHLD);
}

void loop_fini(void)
{
    if (loop)
        ev_loop_destroy(loop);
    loop = NULL;
}

void loop_run(void)
{
    ev_run(loop, 0);
}

void loop_stop(void)
{
    ev_break(loop, EVBREAK_ALL);
}

uint64_t loop_now_us(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

uint64_t loop_now_ms(void)
{
    return loop_now_us() / 1000u;
}

static struct loop_watch *watch_new(enum watch_kind kind, loop_fn *fn,
                                    void *arg)
{
    struct loop_watch *w = calloc(1, sizeof(*w));

    if (!w)
        fatalx("out of memory");
    w->kind = kind;
    w->fn = fn;
    w->arg = arg;
    return w;
}

static void on_io(struct ev_loop *l UNUSED, ev_io *ev, int revents UNUSED)
{
    struct loop_watch *w = ev->data;

    w->fn(w->arg);
}

static void on_timer(struct ev_loop *l UNUSED, ev_timer *ev, int revents UNUSED)
{
    struct loop_watch *w = ev->data;
    loop_fn *fn = w->fn;
    void *arg = w->arg;

    loop_cancel(w);
    fn(arg);
}

static void on_child(struct ev_loop *l UNUSED, ev_child *ev, int revents UNUSED)
{
    struct loop_watch *w = ev->data;
    loop_child_fn *fn = w->child_fn;
    void *arg = w->arg;
    int status = ev->rstatus;

    loop_cancel(w);
    fn(arg, status);
}

static void on_signal(struct ev_loop *l UNUSED, ev_signal *ev,
                      int revents UNUSED)
{
    struct loop_watch *w = ev->data;

    w->fn(w->arg);
}

struct loop_watch *loop_on_read(int fd, loop_fn *fn, void *arg)
{
    struct loop_watch *w = watch_new(WATCH_IO, fn, arg);

    ev_io_init(&w->ev.io, on_io, fd, EV_READ);
    w->ev.io.data = w;
    ev_io_start(loop, &w->ev.io);
    return w;
}

struct loop_watch *loop_after(uint32_t ms, loop_fn *fn, void *arg)
{
    struct loop_watch *w = watch_new(WATCH_TIMER, fn, arg);

    /* Time passes while callbacks run; count from now, not from their start. */
    ev_now_update(loop);
    ev_timer_init(&w->ev.timer, on_timer, (double)ms / 1000.0, 0.0);
    w->ev.timer.data = w;
    ev_timer_start(loop, &w->ev.timer);
    return w;
}

struct loop_watch *loop_on_exit(pid_t pid, loop_child_fn *fn, void *arg)
{
    struct loop_watch *w = watch_new(WATCH_CHILD, NULL, arg);

    w->child_fn = fn;
    ev_child_init(&w->ev.child, on_child, pid, 0);
    w->ev.child.data = w;
    ev_child_start(loop, &w->ev.child);
    return w;
}

struct loop_watch *loop_on_signal(int signo, loop_fn *fn, void *arg)
{
    struct loop_watch *w = watch_new(WATCH_SIGNAL, fn, arg);

    ev_signal_init(&w->ev.signal, on_signal, signo);
    w->ev.signal.data = w;
    ev_signal_start(loop, &w->ev.signal);
    unblock(signo);
    return w;
}

void loop_cancel(struct loop_watch *w)
{
    if (!w)
        return;
    switch (w->kind) {
    case WATCH_IO:
        ev_io_stop(loop, &w->ev.io);
        break;
    case WATCH_TIMER:
        ev_timer_stop(loop, &w->ev.timer);
        break;
    case WATCH_CHILD:
        ev_child_stop(loop, &w->ev.child);
        break;
    case WATCH_SIGNAL:
        ev_signal_stop(loop, &w->ev.signal);
        break;
    }
    free(w);
}
