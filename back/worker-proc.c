/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting, talking to and ending worker processes. */
#include "worker-proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "loop.h"
#include "worker.h"

/* Room for the device messages of a full virtual bus before it starts up. */
#define SEND_BUFFER 1048576

struct worker_proc {
    uint16_t domid;
    pid_t pid;
    int fd;
    struct loop_watch *read_watch;
    struct loop_watch *exit_watch;
    struct loop_watch *rest; /* not read_watch, until then */
    const struct worker_handlers *handlers;
    void *arg;
    void (*ended)(void *arg); /* set by worker_end() */
    void *ended_arg;
    bool ending;
    const char *captured; /* how that showed */
};

static int program = -1;
static int root = -1;

int worker_program_open(const char *path)
{
    int fd = open(path, O_PATH | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (program >= 0)
        (void)close(program);
    program = fd;
    return 0;
}

int worker_root_open(const char *run_dir)
{
    char path[PATH_MAX];
    int fd;

    (void)snprintf(path, sizeof(path), "%s/empty", run_dir);
    if (mkdir(path, 0555) < 0 && errno != EEXIST)
        return -errno;
    fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (root >= 0)
        (void)close(root);
    root = fd;
    return 0;
}

static void worker_free(struct worker_proc *w)
{
    loop_cancel(w->read_watch);
    loop_cancel(w->rest);
    loop_cancel(w->exit_watch);
    if (w->fd >= 0)
        (void)close(w->fd);
    free(w);
}

static void report_gone(struct worker_proc *w, const char *reason)
{
    const struct worker_handlers *handlers = w->handlers;
    void *arg = w->arg;

    worker_free(w);
    handlers->gone(arg, reason);
}

static void report_captured(struct worker_proc *w)
{
    const struct worker_handlers *handlers = w->handlers;
    const char *why = w->captured;
    void *arg = w->arg;

    worker_free(w);
    handlers->captured(arg, why);
}

static void on_exit_status(void *arg, int status)
{
    struct worker_proc *w = arg;
    char reason[64];

    w->exit_watch = NULL;
    /* By its own call or from outside cannot be told apart, and either is a
     * reason not to go on with it. */
    if (!w->captured && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        w->captured = "it made a system call outside its allow-list";
    if (w->ending) {
        void (*ended)(void *) = w->ended;
        void *ended_arg = w->ended_arg;

        worker_free(w);
        if (ended)
            ended(ended_arg);
        return;
    }
    if (w->captured) {
        report_captured(w);
        return;
    }
    if (WIFSIGNALED(status))
        (void)snprintf(reason, sizeof(reason), "killed by signal %d",
                       WTERMSIG(status));
    else
        (void)snprintf(reason, sizeof(reason), "exited with status %d",
                       WEXITSTATUS(status));
    report_gone(w, reason);
}

static void stop_reading(struct worker_proc *w)
{
    loop_cancel(w->read_watch);
    loop_cancel(w->rest);
    w->read_watch = w->rest = NULL;
}

/* A worker that breaks the rules is not argued with; on_exit_status() reports. */
static void condemn(struct worker_proc *w, const char *why)
{
    w->captured = why;
    stop_reading(w);
    (void)kill(w->pid, SIGKILL);
}

static bool dispatch(struct worker_proc *w, const struct msg *m)
{
    switch (m->type) {
    case MSG_CONNECTED:
        w->handlers->connected(w->arg, &m->u.connected);
        return true;
    case MSG_CONFIG_WRITE:
    case MSG_MSI_ON:
    case MSG_MSIX_ON:
    case MSG_MSI_OFF:
        w->handlers->request(w->arg, m);
        return true;
    case MSG_AER_DONE:
        w->handlers->aer_done(w->arg, m);
        return true;
    default:
        condemn(w, "it sent a message only the broker may send");
        return false;
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
        condemn(w, "it sent a malformed message");
        return;
    }
    if (ret < 0) {
        /* It is ending, and its exit status tells the story; one that only
         * hung up must not live on with the guest's page. */
        stop_reading(w);
        (void)kill(w->pid, SIGKILL);
        return;
    }
    (void)dispatch(w, &m);
}

/* Between fork and exec: only async-signal-safe calls. */
static void child_exec(int fd, char *const argv[])
{
    char *const envp[] = { NULL };

    if (fd == WORKER_SOCKET_FD) {
        if (fcntl(fd, F_SETFD, 0) < 0)
            _exit(126);
    } else if (dup2(fd, WORKER_SOCKET_FD) < 0) {
        _exit(126);
    }
    if (fchdir(root) < 0)
        _exit(126);
    fexecve(program, argv, envp);
    _exit(127);
}

struct worker_proc *
worker_spawn(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w = calloc(1, sizeof(*w));
    char name[] = "xenpcid-worker", version[] = PACKAGE_VERSION, id[8];
    char *argv[] = { name, version, id, NULL };
    int size = SEND_BUFFER;
    int worker_fd, ret;

    if (!w)
        return NULL;
    w->domid = domid;
    w->handlers = handlers;
    w->arg = arg;
    ret = msg_pair(&w->fd, &worker_fd);
    if (ret < 0) {
        free(w);
        errno = -ret;
        return NULL;
    }
    (void)setsockopt(w->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
    (void)snprintf(id, sizeof(id), "d%u", domid);
    w->pid = fork();
    if (w->pid == 0)
        child_exec(worker_fd, argv);
    ret = errno;
    (void)close(worker_fd);
    if (w->pid < 0) {
        worker_free(w);
        errno = ret;
        return NULL;
    }
    w->exit_watch = loop_on_exit(w->pid, on_exit_status, w);
    w->read_watch = loop_on_read(w->fd, on_readable, w);
    return w;
}

void worker_end(struct worker_proc *w, void (*done)(void *arg), void *arg)
{
    if (!w)
        return;
    w->ending = true;
    w->ended = done;
    w->ended_arg = arg;
    stop_reading(w);
    (void)kill(w->pid, SIGKILL);
}

int worker_connect(struct worker_proc *w, const struct msg_connect *connect)
{
    struct msg m = { .type = MSG_CONNECT };

    m.u.connect = *connect;
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

    m.u.answer = *answer;
    return msg_send(w->fd, &m, NULL, 0);
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
    stop_reading(w);
    w->rest = loop_after(ms, rested, w);
}
