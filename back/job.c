/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One child process per job. */
#include "job.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "log.h"
#include "loop.h"

/* Exit codes carry an errno; larger ones do not occur on sysfs. */
#define EXIT_ERRNO_MAX 250

struct job {
    struct job *next;
    pid_t pid;
    struct loop_watch *deadline;
    struct job_calls calls;
};

static struct job *running;

bool job_is_running(struct sbdf sbdf)
{
    const struct job *job;

    for (job = running; job; job = job->next)
        if (sbdf_equal(job->calls.sbdf, sbdf))
            return true;
    return false;
}

static void forget(struct job *job)
{
    struct job **p = &running;

    while (*p != job)
        p = &(*p)->next;
    *p = job->next;
}

static void on_exit_status(void *arg, int status)
{
    struct job *job = arg;
    int err = WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;

    /* Whoever is told that it is over may look at the device at once. */
    forget(job);
    if (job->deadline) {
        loop_cancel(job->deadline);
        job->calls.done(job->calls.arg, err);
    }
    job->calls.gone(job->calls.arg);
    free(job);
}

static void on_deadline(void *arg)
{
    struct job *job = arg;

    job->deadline = NULL;
    (void)kill(job->pid, SIGKILL);
    job->calls.done(job->calls.arg, -ETIMEDOUT);
}

void *job_memory(size_t len)
{
    void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        fatalx("out of memory");
    return memory;
}

int job_start(const struct job_calls *calls, uint32_t deadline_ms)
{
    const int keep[CHILD_KEEPS] = { calls->fd, -1 };
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        return -ENOMEM;
    job->calls = *calls;
    job->pid = child_fork("xenpcid-job", keep);
    if (job->pid < 0) {
        int ret = -errno;

        free(job);
        return ret;
    }
    if (job->pid == 0) {
        int err = -calls->work(calls->arg);

        _exit(err < 0 || err > EXIT_ERRNO_MAX ? EIO : err);
    }
    job->next = running;
    running = job;
    (void)loop_on_exit(job->pid, on_exit_status, job);
    job->deadline = loop_after(deadline_ms, on_deadline, job);
    return 0;
}
