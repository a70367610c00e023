/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A worker as the broker holds it: a process and a socket. Handlers run from the
 * loop. After the `gone` or the `captured` handler the worker is freed; one of
 * them is called, once, when its process has ended.
 *
 * Workers outlive the broker. The next one adopts them: it sends the devices and
 * CONNECT as to a new worker, and the guest is not kept waiting.
 */
#ifndef BACK_WORKER_PROC_H
#define BACK_WORKER_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "msg.h"

struct worker_proc;

struct worker_handlers {
    void (*connected)(void *arg, const struct msg_connected *result);
    void (*request)(void *arg, const struct msg *request);
    void (*aer_done)(void *arg, const struct msg *m);
    void (*settled)(void *arg); /* no request is left; once a connection */
    /* Before connected; the version of its program. */
    void (*adopted)(void *arg, const char *version);
    /* It logs a line, with syslog(3)'s priority; the text is any. */
    void (*said)(void *arg, uint32_t priority, const char *text);
    void (*gone)(void *arg, const char *reason);
    /* Instead of gone: it did what no worker of ours does, so it obeys the
     * guest. why is a sentence's end: "it sent ...". How a worker that was adopted
     * ended, only its parent would know: what it sent counts alone. */
    void (*captured)(void *arg, const char *why);
};

/*
 * Take this program for workers from now on, even when another file gets its
 * name: an upgrade must not pair this broker with workers that speak otherwise.
 * 0 or a negative errno.
 */
MUST_USE int worker_program_open(const char *path);

/* An empty directory in which workers start and which becomes their root; made
 * if need be. 0 or a negative errno. */
MUST_USE int worker_root_open(const char *run_dir);

/* Keep a process ready for the next guest from now on; an earlier broker's will
 * do. End it, or leave it to the next broker. */
void worker_spare(void);
void worker_spare_end(void);
void worker_spare_leave(void);

/* NULL with errno set. handlers and arg are kept until the worker is gone. */
struct worker_proc *
worker_spawn(uint16_t domid, const struct worker_handlers *handlers, void *arg);

/*
 * The worker that an earlier broker left for the domain. NULL with errno: there is
 * none, or it could not be reached and has ended. One that does not answer in time
 * is ended, and `gone` as any other.
 */
struct worker_proc *
worker_adopt(uint16_t domid, const struct worker_handlers *handlers, void *arg);

/* End what an earlier broker left for the domain; for all that are not served.
 * 0: there is none any more. */
MUST_USE int worker_discard(uint16_t domid);
void worker_discard_others(bool (*is_served)(uint16_t domid));

/* Let it end at a moment without a request; `gone` comes then. */
MUST_USE int worker_retire(struct worker_proc *worker);

/* End it now, without calling gone. NULL is fine. The page is unmapped and the
 * port closed when the process has ended; done (may be NULL) is called then, or
 * after two seconds in which the kernel did not let go of it. */
void worker_end(struct worker_proc *worker, void (*done)(void *arg), void *arg);

/* Each: 0 or a negative errno; a worker that does not read is -EAGAIN. */
MUST_USE int worker_connect(struct worker_proc *worker,
                            const struct msg_connect *connect);
MUST_USE int worker_device_add(struct worker_proc *worker,
                               const struct device *dev, enum cfg_start start);
MUST_USE int worker_device_remove(struct worker_proc *worker, uint32_t handle);
/* One that does not take its answer is ended, and goes as if by itself. */
MUST_USE int worker_answer(struct worker_proc *worker, uint32_t serial,
                           const struct msg_answer *answer);
/* Have the front asked; aer_done comes with this serial, unless cancelled. */
MUST_USE int worker_aer(struct worker_proc *worker, uint32_t serial,
                        const struct msg_aer *aer);
MUST_USE int worker_aer_cancel(struct worker_proc *worker);

/* Leave what it sends where it is for so long; the socket is its only queue. */
void worker_rest(struct worker_proc *worker, uint32_t ms);

#endif
