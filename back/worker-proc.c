/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Talking to worker processes, and their end. */
#include "worker-proc.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "state.h"
#include "worker-proc-private.h"

struct worker_proc *worker_new(void)
{
    struct worker_proc *w = calloc(1, sizeof(*w));

    if (w)
        w->fd = w->pidfd = w->listener = -1;
    return w;
}

void worker_widen(const struct worker_proc *w)
{
    const int size = 1048576;

    (void)setsockopt(w->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
}

static void close_fd(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void worker_free(struct worker_proc *w)
{
    loop_cancel(w->read_watch);
    loop_cancel(w->rest);
    loop_cancel(w->exit_watch);
    loop_cancel(w->deadline);
    weight_free(w->weight);
    close_fd(w->fd);
    close_fd(w->pidfd);
    close_fd(w->listener);
    free(w);
}

/* A child's number is its own until it has been waited for; of others, only a
 * descriptor says for sure who is meant. */
void worker_kill(const struct worker_proc *w)
{
    if (w->pidfd < 0)
        (void)kill(w->pid, SIGKILL);
    else
        (void)syscall(SYS_pidfd_send_signal, w->pidfd, SIGKILL, NULL, 0);
}

static void said(const struct worker_proc *w, const struct msg_log *line)
{
    char text[MSG_LOG_TEXT + 1];

    memcpy(text, line->text, MSG_LOG_TEXT);
    text[MSG_LOG_TEXT] = '\0';
    w->handlers->said(w->arg, line->priority, text);
}

/* Its last words may still be in the socket when its end is known. */
static void hear_out(const struct worker_proc *w)
{
    struct msg m = { 0 };
    int fds[MSG_FDS];

    while (msg_receive(w->fd, &m, fds) == 0 && m.type == MSG_LOG)
        said(w, &m.u.log);
}

void worker_is_gone(struct worker_proc *w, const char *reason)
{
    const struct worker_proc last = *w;

    if (!w->handlers) {
        worker_spare_is_gone(w);
        return;
    }
    if (!w->ending)
        hear_out(w);
    worker_free(w);
    if (last.ending) {
        if (last.ended)
            last.ended(last.ended_arg);
        return;
    }
    state_worker_drop(last.domid);
    if (last.captured)
        last.handlers->captured(last.arg, last.captured);
    else
        last.handlers->gone(last.arg, last.retiring ? "retired" : reason);
}

void worker_stop_reading(struct worker_proc *w)
{
    loop_cancel(w->read_watch);
    loop_cancel(w->rest);
    loop_cancel(w->deadline);
    w->read_watch = w->rest = w->deadline = NULL;
}

void worker_condemn(struct worker_proc *w, const char *why)
{
    w->captured = why;
    worker_stop_reading(w);
    worker_kill(w);
}

static void adopted(struct worker_proc *w, const struct msg_adopted *m)
{
    char version[MSG_VERSION + 1] = "";

    memcpy(version, m->version, MSG_VERSION);
    if (!w->asked) {
        worker_condemn(w, "it sent an answer to nothing");
    } else if (m->protocol != msg_protocol()) {
        log_info("d%u: its worker speaks another protocol and is replaced",
                 w->domid);
        worker_stop_reading(w);
        worker_kill(w);
    } else {
        w->asked = false;
        w->handlers->adopted(w->arg, version);
    }
}

/* One that serves another page cannot be let near this one. */
static void connected(struct worker_proc *w, const struct msg_connected *m)
{
    if (!w->connecting) {
        worker_condemn(w, "it sent an answer to nothing");
        return;
    }
    w->connecting = false;
    if (w->pidfd >= 0 && m->err < 0) {
        log_info("d%u: its front has another page by now; another worker takes "
                 "it",
                 w->domid);
        worker_stop_reading(w);
        worker_kill(w);
        return;
    }
    loop_cancel(w->deadline);
    w->deadline = NULL;
    w->handlers->connected(w->arg, m);
}

static void dispatch(struct worker_proc *w, const struct msg *m)
{
    switch (m->type) {
    case MSG_ADOPTED:
        adopted(w, &m->u.adopted);
        break;
    case MSG_CONNECTED:
        connected(w, &m->u.connected);
        break;
    case MSG_CONFIG_WRITE:
    case MSG_MSI_ON:
    case MSG_MSIX_ON:
    case MSG_MSI_OFF:
        w->handlers->request(w->arg, m);
        break;
    case MSG_AER_DONE:
        w->handlers->aer_done(w->arg, m);
        break;
    case MSG_LOG:
        said(w, &m->u.log);
        break;
    case MSG_SETTLED:
        w->handlers->settled(w->arg);
        break;
    default:
        worker_condemn(w, "it sent a message only the broker may send");
        break;
    }
}

static void on_readable(void *arg)
{
    struct worker_proc *w = arg;
    struct msg m;
    int fds[MSG_FDS];
    int ret;

    memset(&m, 0, sizeof(m));
    ret = msg_receive(w->fd, &m, fds);
    if (ret == -EAGAIN)
        return;
    if (ret == -EPROTO) {
        worker_condemn(w, "it sent a malformed message");
        return;
    }
    if (ret < 0) {
        /* It is ending, and its exit status tells the story; one that only
         * hung up must not live on with the guest's page. */
        worker_stop_reading(w);
        worker_kill(w);
        return;
    }
    dispatch(w, &m);
}

void worker_assign(struct worker_proc *w, uint16_t domid,
                   const struct worker_handlers *handlers, void *arg)
{
    w->domid = domid;
    w->handlers = handlers;
    w->arg = arg;
    w->read_watch = loop_on_read(w->fd, on_readable, w);
    w->weight = weight_new(w->pid);
}

/* A process that was killed is gone at once, but for one in the kernel. */
#define END_MS 2000u

/* It is in the kernel, which does not come back from its device; what waits for
 * its end must not wait for that. */
static void on_late(void *arg)
{
    struct worker_proc *w = arg;
    void (*ended)(void *) = w->ended;

    w->deadline = NULL;
    w->ended = NULL;
    log_warnx("d%u: the worker does not end, a device of its guest does not "
              "answer; going on without waiting",
              w->domid);
    ended(w->ended_arg);
}

void worker_end(struct worker_proc *w, void (*done)(void *arg), void *arg)
{
    if (!w)
        return;
    w->ending = true;
    w->ended = done;
    w->ended_arg = arg;
    worker_stop_reading(w);
    if (done)
        w->deadline = loop_after(END_MS, on_late, w);
    worker_kill(w);
    state_worker_drop(w->domid);
}

int worker_retire(struct worker_proc *w)
{
    const struct msg m = { .type = MSG_RETIRE };

    w->retiring = true;
    return msg_send(w->fd, &m, NULL, 0);
}

int worker_connect(struct worker_proc *w, const struct msg_connect *connect)
{
    struct msg m = { .type = MSG_CONNECT };

    m.u.connect = *connect;
    w->connecting = true;
    return msg_send(w->fd, &m, NULL, 0);
}

int worker_device_add(struct worker_proc *w, const struct device *dev,
                      enum cfg_start start)
{
    struct msg m = { .type = MSG_DEVICE_ADD };
    struct msg_device *d = &m.u.device;
    int fds[2] = { dev->config_ro_fd, dev->shadow_fd };

    d->handle = dev->handle;
    d->fresh = start;
    d->real = dev->sbdf;
    d->virt = dev->virt;
    d->params = dev->cs.params;
    memcpy(d->snapshot, dev->cs.snapshot, sizeof(d->snapshot));
    return msg_send(w->fd, &m, fds, 2);
}

int worker_device_remove(struct worker_proc *w, uint32_t handle)
{
    struct msg m = { .type = MSG_DEVICE_REMOVE };

    m.u.handle.handle = handle;
    return msg_send(w->fd, &m, NULL, 0);
}

int worker_answer(struct worker_proc *w, uint32_t serial,
                  const struct msg_answer *answer)
{
    struct msg m = { .type = MSG_ANSWER, .serial = serial };
    int ret;

    m.u.answer = *answer;
    ret = msg_send(w->fd, &m, NULL, 0);
    if (ret < 0) {
        /* It would wait for ever, and its guest with it; the next one finds
         * the request in the page. */
        worker_stop_reading(w);
        worker_kill(w);
    }
    return ret;
}

int worker_aer(struct worker_proc *w, uint32_t serial,
               const struct msg_aer *aer)
{
    struct msg m = { .type = MSG_AER, .serial = serial };

    m.u.aer = *aer;
    return msg_send(w->fd, &m, NULL, 0);
}

int worker_aer_cancel(struct worker_proc *w)
{
    struct msg m = { .type = MSG_AER_CANCEL };

    return msg_send(w->fd, &m, NULL, 0);
}

static void rested(void *arg)
{
    struct worker_proc *w = arg;

    w->rest = NULL;
    w->read_watch = loop_on_read(w->fd, on_readable, w);
}

void worker_rest(struct worker_proc *w, uint32_t ms)
{
    if (!w->read_watch)
        return; /* at rest already, or ending */
    loop_cancel(w->read_watch);
    w->read_watch = NULL;
    w->rest = loop_after(ms, rested, w);
}
