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
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "voice.h"
#include "worker-private.h"

#define BURST 16
#define LOOKS 32 /* at the page, between two at the clock */

uint64_t worker_now_ns(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* So the broker knows that this worker did not die of the request it found. */
static void settle(struct worker *w)
{
    const struct msg m = { .type = MSG_SETTLED };

    if (w->settled || w->broker < 0 || w->adopting)
        return;
    w->settled = true;
    worker_tell(w, &m);
}

void worker_reply(struct worker *w)
{
    if (!w->page)
        return;
    if (ring_reply(page_shared(w->page), &w->ops.op))
        page_notify(w->page);
    else
        log_debug("d%u: the front gave up on a request; answer dropped",
                  w->domid);
    pace_answer(&w->pace, worker_now_ns());
    settle(w);
}

/* Serve one request if one waits. Requests are looked at one at a time, so the
 * broker's messages are never starved by a guest that asks without pause. */
static bool serve(struct worker *w)
{
    if (!w->page || w->ops.waiting)
        return false;
    if (!ring_take(page_shared(w->page), &w->ops.op))
        return false;
    pace_request(&w->pace, worker_now_ns());
    if (ops_start(&w->ops))
        worker_reply(w);
    return true;
}

static void on_event(struct worker *w)
{
    bool answered;
    uint32_t ms;

    if (!page_event(w->page))
        return;
    answered = worker_aer_collect(w);
    if (serve(w) || answered || w->ops.waiting) {
        page_rearm(w->page);
        return;
    }
    ms = pace_idle_event(&w->pace);
    if (ms == 0)
        page_rearm(w->page);
    else
        w->listen_again_ns = worker_now_ns() + (uint64_t)ms * 1000000u;
}

/* In a PV dom0 the time is a system call's answer, far dearer than a look. */
static bool comes_soon(struct worker *w)
{
    int i;

    for (i = 0; i < LOOKS; i++) {
        if (ring_has_request(page_shared(w->page)))
            return true;
        __builtin_ia32_pause();
    }
    return false;
}

/* Look at the page while that is likely to pay. True: a request is there. */
static bool spin(struct worker *w)
{
    if (!w->page || w->ops.waiting || w->pace.spin_ns == 0)
        return false;
    while (pace_spin(&w->pace, worker_now_ns()))
        if (comes_soon(w))
            return true;
    pace_missed(&w->pace);
    return false;
}

/* Milliseconds until there is something to do that no descriptor tells. */
static int poll_timeout(struct worker *w)
{
    int patience = worker_patience(w);
    uint64_t now;

    if (w->page && !w->ops.waiting && ring_has_request(page_shared(w->page)))
        return 0;
    if (w->listen_again_ns == 0)
        return patience;
    now = worker_now_ns();
    if (now < w->listen_again_ns)
        return (int)((w->listen_again_ns - now) / 1000000u) + 1;
    w->listen_again_ns = 0;
    page_rearm(w->page);
    (void)worker_aer_collect(w);
    return patience;
}

enum {
    FD_BROKER,
    FD_KNOCK,
    FD_PAGE,
    FDS
};

/* A socket that does not listen yet would be at its end. */
static void wait_for_more(struct worker *w, struct pollfd fds[FDS], int timeout)
{
    fds[FD_BROKER] = (struct pollfd){ .fd = w->broker, .events = POLLIN };
    fds[FD_KNOCK] = (struct pollfd){ .fd = w->listens ? WORKER_LISTENER_FD : -1,
                                     .events = POLLIN };
    fds[FD_PAGE] = (struct pollfd){ .fd = -1, .events = POLLIN };
    if (w->page && w->listen_again_ns == 0)
        fds[FD_PAGE].fd = page_fd(w->page);
    if (poll(fds, FDS, timeout) >= 0)
        return;
    if (errno != EINTR)
        fatal("poll");
    fds[FD_BROKER].revents = fds[FD_KNOCK].revents = fds[FD_PAGE].revents = 0;
}

static void turn(struct worker *w)
{
    struct pollfd fds[FDS];
    int timeout;
    int i;

    /* The broker gets a word in between after every few requests. */
    for (i = 0; i < BURST && spin(w); i++)
        (void)serve(w);
    timeout = poll_timeout(w);
    if (w->page && !w->ops.waiting && timeout != 0)
        settle(w);
    wait_for_more(w, fds, timeout);
    if (fds[FD_BROKER].revents)
        worker_on_broker(w);
    else if (fds[FD_KNOCK].revents & POLLIN)
        worker_on_knock(w);
    if (fds[FD_PAGE].revents & POLLIN)
        on_event(w);
    else
        (void)serve(w);
}

static bool is_over(const struct worker *w)
{
    return w->quit || (w->retire && !w->ops.waiting) || worker_patience(w) == 0;
}

/* Of all that libraries would still do, the filter allows nothing. */
static void end_at_once(int status, void *arg UNUSED)
{
    _exit(status);
}

int worker_main(char *title)
{
    struct worker w = { .broker = WORKER_SOCKET_FD, .title = title };

    (void)on_exit(end_at_once, NULL);
    voice_open(&w);
    /* Service managers signal the whole group, and a terminal its session; the
     * broker decides for us. What a log goes to may end with the broker. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    /* An answer to the worker before us must not be taken for one to us. */
    w.ops.serial = (uint32_t)worker_now_ns();
    w.ops.ask = worker_ask;
    w.ops.ask_ctx = &w;
    while (!is_over(&w))
        turn(&w);
    page_close(w.page);
    worker_devices_free(&w.ops.devices);
    worker_devices_free(&w.incoming);
    voice_open(NULL);
    return 0;
}
