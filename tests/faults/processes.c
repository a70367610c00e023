/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See processes.h. */
#include "processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "log.h"
#include "worker.h"

#define CHILDREN    512
#define DESCRIPTORS 256
#define PATIENCE_MS 500u

/* Lines of its status that say so; an instrumented worker has no filter. */
#ifdef __SANITIZE_ADDRESS__
#define CONFINED 3u
#else
#define CONFINED 4u
#endif

static pid_t children[CHILDREN];
static unsigned int nchildren;
#define WORKERS 64u
static struct workers {
    atomic_int pids[WORKERS];
    atomic_uint count;
} * workers;

void processes_init(void)
{
    workers = fault_shared(sizeof(*workers));
}

void processes_note(pid_t child)
{
    if (nchildren == CHILDREN)
        abort();
    children[nchildren++] = child;
}

static void close_as_exec(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        int flags = fcntl(fd, F_GETFD);

        if (flags >= 0 && (flags & FD_CLOEXEC) != 0)
            (void)close(fd);
    }
}

static void note_worker(void)
{
    unsigned int i = atomic_fetch_add(&workers->count, 1);

    if (i >= WORKERS)
        abort();
    atomic_store(&workers->pids[i], getpid());
}

void processes_forget_workers(void)
{
    atomic_store(&workers->count, 0);
}

bool processes_is_worker(pid_t pid)
{
    for (unsigned int i = 0; i < atomic_load(&workers->count); i++)
        if (atomic_load(&workers->pids[i]) == pid)
            return true;
    return false;
}

void processes_become_worker(void)
{
    static char title[] = WORKER_IDLE;

    fault_become(FAULT_WORKER);
    note_worker();
    close_as_exec();
    for (int signo = 1; signo < NSIG; signo++)
        (void)signal(signo, SIG_DFL);
    log_open("xenpcid-worker", LOG_TO_STDERR, false);
    _exit(worker_main(title));
}

static unsigned int running(void)
{
    unsigned int n = 0;

    /* What has ended meanwhile is waited for here. */
    for (unsigned int i = 0; i < nchildren; i++)
        n += waitpid(children[i], NULL, WNOHANG) == 0;
    return n;
}

unsigned int processes_children(void)
{
    const struct timespec step = { .tv_nsec = 1000000 };
    unsigned int tries = 0, n;

    while ((n = running()) > 0 && tries++ < PATIENCE_MS)
        (void)nanosleep(&step, NULL);
    return n;
}

bool processes_is_confined(pid_t worker)
{
    char path[64], line[128];
    unsigned int met = 0;
    bool ended = false;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)worker);
    file = fopen(path, "re");
    if (!file)
        return true;
    while (fgets(line, sizeof(line), file)) {
        ended = ended || strcmp(line, "State:\tZ (zombie)\n") == 0;
        met += strcmp(line, "Seccomp:\t2\n") == 0 ||
               strcmp(line, "CapEff:\t0000000000000000\n") == 0 ||
               strcmp(line, "CapBnd:\t0000000000000000\n") == 0 ||
               strcmp(line, "NoNewPrivs:\t1\n") == 0;
    }
    (void)fclose(file);
    return ended || met >= CONFINED;
}

unsigned int processes_zombies(void)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < nchildren; i++) {
        siginfo_t info = { .si_pid = 0 };

        if (waitid(P_PID, (id_t)children[i], &info,
                   WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid != 0)
            n++;
    }
    return n;
}

unsigned int processes_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned int n = 0;

    if (!dir)
        return 0;
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n;
}
