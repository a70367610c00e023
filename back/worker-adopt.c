/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers outlive the broker. Each listens on a socket that the broker made, and
 * a record says which process it is, so that one that does not answer can be
 * ended: its page must be nobody's before another worker has it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "age.h"
#include "log.h"
#include "state.h"
#include "version.h"
#include "worker-proc-private.h"

/* What it has to do is send one message; the guest waits meanwhile. */
#define ADOPT_MS 1000u

/* For a process that was killed to be gone. Only at the start. */
#define KILL_MS 500

static void address_of(uint16_t domid, struct sockaddr_un *addr)
{
    memset(addr, 0, sizeof(*addr));
    addr->sun_family = AF_UNIX;
    (void)snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/d%u.sock",
                   state_dir(), domid);
}

/* That come and go while the worker is busy with one request. */
#define BROKERS 8

static int listen_at(int fd)
{
    struct sockaddr_un addr;

    address_of(WORKER_SPARE, &addr);
    (void)unlink(addr.sun_path);
    if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
        listen(fd, BROKERS) < 0)
        return -errno;
    return 0;
}

/* One that cannot be found again is still good for this broker's life. */
void worker_leave_word(struct worker_proc *w)
{
    struct state_worker record = {
        .domid = WORKER_SPARE,
        .pid = w->pid,
        .start = age_start_of(w->pid),
    };
    int ret;

    (void)snprintf(record.program, sizeof(record.program), "%s",
                   xenpci_version);
    ret = state_worker_save(&record);
    if (ret == 0)
        ret = listen_at(w->listener);
    if (ret < 0)
        log_warnx("no word of a worker for the next xenpcid in %s: %s",
                  state_dir(), strerror(-ret));
    (void)close(w->listener);
    w->listener = -1;
}

/* The process that the record means, or -ESRCH. */
static int open_process(const struct state_worker *record)
{
    int fd = (int)syscall(SYS_pidfd_open, record->pid, 0);

    if (fd < 0)
        return -errno;
    /* The number may be another process's by now; after this it cannot be. */
    if (record->start == 0 || age_start_of(record->pid) != record->start) {
        (void)close(fd);
        return -ESRCH;
    }
    return fd;
}

static void on_exit_event(void *arg)
{
    struct worker_proc *w = arg;

    loop_cancel(w->exit_watch);
    w->exit_watch = NULL;
    worker_is_gone(w, "ended");
}

static void on_deadline(void *arg)
{
    struct worker_proc *w = arg;

    w->deadline = NULL;
    log_warnx("d%u: ending the worker: it does not answer the new xenpcid",
              w->domid);
    worker_stop_reading(w);
    worker_kill(w);
}

static int knock(struct worker_proc *w, uint16_t domid)
{
    struct msg m = { .type = MSG_ADOPT };
    struct sockaddr_un addr;

    address_of(domid, &addr);
    w->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->fd < 0)
        return -errno;
    worker_widen(w);
    if (connect(w->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
        return -errno;
    m.u.adopt.protocol = msg_protocol();
    return msg_send(w->fd, &m, NULL, 0);
}

/* One that cannot be reached has no business with the page either. */
static void end_process(int pidfd)
{
    struct pollfd fd = { .fd = pidfd, .events = POLLIN };

    (void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    (void)poll(&fd, 1, KILL_MS);
    (void)close(pidfd);
}

/* NULL: it cannot be reached, and has ended. */
static struct worker_proc *take_over(const struct state_worker *record,
                                     int pidfd)
{
    struct worker_proc *w = worker_new();
    int ret = w ? knock(w, record->domid) : -ENOMEM;

    if (ret < 0) {
        end_process(pidfd);
        if (w)
            worker_free(w);
        errno = -ret;
        return NULL;
    }
    w->pid = record->pid;
    w->pidfd = pidfd;
    w->asked = true;
    w->exit_watch = loop_on_read(pidfd, on_exit_event, w);
    return w;
}

struct worker_proc *
worker_adopt(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct state_worker record;
    struct worker_proc *w;
    int pidfd, ret = state_worker_load(domid, &record);

    pidfd = ret == 0 ? open_process(&record) : ret;
    if (pidfd < 0) {
        errno = -pidfd;
        return NULL;
    }
    w = take_over(&record, pidfd);
    if (!w) {
        ret = errno;
        log_warnx("d%u: the worker of an earlier xenpcid cannot be reached: "
                  "%s; another takes its place",
                  domid, strerror(ret));
        errno = ret;
        return NULL;
    }
    worker_assign(w, domid, handlers, arg);
    w->deadline = loop_after(ADOPT_MS, on_deadline, w);
    return w;
}

struct worker_proc *worker_adopt_spare(void)
{
    struct state_worker record;
    int pidfd;

    if (state_worker_load(WORKER_SPARE, &record) < 0)
        return NULL;
    pidfd = open_process(&record);
    if (pidfd < 0)
        return NULL;
    /* Another version's would have to be replaced as soon as it serves. */
    if (strcmp(record.program, xenpci_version) == 0)
        return take_over(&record, pidfd);
    end_process(pidfd);
    return NULL;
}

int worker_discard(uint16_t domid)
{
    struct state_worker record;
    int pidfd, ret = state_worker_load(domid, &record);

    if (ret < 0)
        return ret == -ENOENT || ret == -EPROTO ? 0 : ret;
    pidfd = open_process(&record);
    if (pidfd < 0 && pidfd != -ESRCH)
        return pidfd;
    if (pidfd >= 0) {
        log_info("d%u: ending the worker of an earlier xenpcid", domid);
        end_process(pidfd);
    }
    state_worker_drop(domid);
    return 0;
}

void worker_discard_others(bool (*is_served)(uint16_t domid))
{
    uint16_t *list = NULL;
    unsigned int n = 0, i;

    if (state_worker_list(&list, &n) < 0)
        return;
    for (i = 0; i < n; i++)
        if (list[i] != WORKER_SPARE && !is_served(list[i]))
            (void)!worker_discard(list[i]);
    free(list);
}
