/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Worker processes. One is always there in advance: to start a program takes far
 * longer than a guest should wait for the successor of a worker that died. It
 * outlives us like the others, so that even one that dies together with us has a
 * successor at once.
 */
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

#include "log.h"
#include "state.h"
#include "version.h"
#include "worker-proc-private.h"
#include "worker.h"

/* The next spare waits until the guest that needed the last one is served; after
 * one that did not live, longer. */
#define SPARE_MS       100u
#define SPARE_AGAIN_MS 1000u

static int program = -1;
static int root = -1;
static struct worker_proc *spare;
static struct loop_watch *spare_soon;

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

static void spare_is_due(void *unused UNUSED)
{
    spare_soon = NULL;
    worker_spare();
}

static void spare_after(uint32_t ms)
{
    loop_cancel(spare_soon);
    spare_soon = loop_after(ms, spare_is_due, NULL);
}

void worker_spare_is_gone(struct worker_proc *w)
{
    log_warnx("the spare worker ended by itself");
    worker_free(w);
    state_worker_drop(WORKER_SPARE);
    spare = NULL;
    spare_after(SPARE_AGAIN_MS);
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
    if (WIFSIGNALED(status))
        (void)snprintf(reason, sizeof(reason), "killed by signal %d",
                       WTERMSIG(status));
    else
        (void)snprintf(reason, sizeof(reason), "exited with status %d",
                       WEXITSTATUS(status));
    worker_is_gone(w, reason);
}

/* Between fork and exec: only async-signal-safe calls. */
static void child_exec(int fd, int listener, char *const argv[])
{
    char *const envp[] = { NULL };

    int file;

    if (fchdir(root) < 0)
        _exit(126);
    /* Out of the way of where two of them have to be. */
    fd = fcntl(fd, F_DUPFD_CLOEXEC, WORKER_LISTENER_FD + 1);
    listener = fcntl(listener, F_DUPFD_CLOEXEC, WORKER_LISTENER_FD + 1);
    file = fcntl(program, F_DUPFD_CLOEXEC, WORKER_LISTENER_FD + 1);
    if (fd < 0 || listener < 0 || file < 0 || dup2(fd, WORKER_SOCKET_FD) < 0 ||
        dup2(listener, WORKER_LISTENER_FD) < 0)
        _exit(126);
    fexecve(file, argv, envp);
    _exit(127);
}

static int open_sockets(struct worker_proc *w, int *worker_fd)
{
    int ret;

    w->listener =
        socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w->listener < 0)
        return -errno;
    ret = msg_pair(&w->fd, worker_fd);
    if (ret == 0)
        worker_widen(w);
    return ret;
}

static struct worker_proc *start_process(void)
{
    struct worker_proc *w = worker_new();
    char name[] = "xenpcid-worker", idle[] = WORKER_IDLE;
    char version[MSG_VERSION];
    char *argv[] = { name, version, idle, NULL };
    int worker_fd = -1, ret = w ? open_sockets(w, &worker_fd) : -ENOMEM;

    (void)snprintf(version, sizeof(version), "%s", xenpci_version);
    if (ret == 0) {
        w->pid = fork();
        if (w->pid == 0)
            child_exec(worker_fd, w->listener, argv);
        ret = w->pid < 0 ? -errno : 0;
        (void)close(worker_fd);
    }
    if (ret < 0) {
        if (w)
            worker_free(w);
        errno = -ret;
        return NULL;
    }
    worker_leave_word(w);
    w->exit_watch = loop_on_exit(w->pid, on_exit_status, w);
    return w;
}

static struct worker_proc *any_process(void)
{
    struct worker_proc *w = worker_adopt_spare();

    return w ? w : start_process();
}

void worker_spare(void)
{
    if (!spare)
        spare = any_process();
    if (!spare)
        log_warn("no spare worker");
}

struct worker_proc *
worker_spawn(uint16_t domid, const struct worker_handlers *handlers, void *arg)
{
    struct worker_proc *w = spare ? spare : any_process();
    int ret;

    if (!w)
        return NULL;
    spare = NULL;
    spare_after(SPARE_MS);
    ret = state_worker_give(domid);
    if (ret < 0)
        log_warnx("d%u: its worker cannot be handed on: %s; a restart of "
                  "xenpcid will pause the guest",
                  domid, strerror(-ret));
    worker_assign(w, domid, handlers, arg);
    return w;
}

void worker_spare_leave(void)
{
    loop_cancel(spare_soon);
    spare_soon = NULL;
    if (spare)
        worker_free(spare);
    spare = NULL;
}

void worker_spare_end(void)
{
    if (spare) {
        worker_kill(spare);
        state_worker_drop(WORKER_SPARE);
    }
    worker_spare_leave();
}
