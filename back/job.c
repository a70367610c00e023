/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One child process per slow sysfs write. */
#include "job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"

/* Exit codes carry an errno; larger ones do not occur on sysfs. */
#define EXIT_ERRNO_MAX 250

struct job {
    pid_t pid;
    struct loop_watch *exit_watch;
    struct loop_watch *deadline;
    job_done_fn *done;
    void *arg;
};

/* Only async-signal-safe calls: libxenstore may run a thread beside us. */
static void child_write(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int err = 0;

    if (fd < 0 || write(fd, text, len) != (ssize_t)len)
        err = errno ? errno : EIO;
    _exit(err > EXIT_ERRNO_MAX ? EIO : err);
}

static void finish(struct job *job, int err)
{
    job_done_fn *done = job->done;
    void *arg = job->arg;

    loop_cancel(job->exit_watch);
    loop_cancel(job->deadline);
    free(job);
    done(arg, err);
}

static void on_exit_status(void *arg, int status)
{
    struct job *job = arg;

    job->exit_watch = NULL;
    finish(job, WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO);
}

/* The child may sit in the kernel beyond any signal; it is left to it. */
static void on_deadline(void *arg)
{
    struct job *job = arg;

    job->deadline = NULL;
    (void)kill(job->pid, SIGKILL);
    finish(job, -ETIMEDOUT);
}

int job_start(const char *path, const char *text, uint32_t deadline_ms,
              job_done_fn *done, void *arg)
{
    struct job *job = calloc(1, sizeof(*job));
    size_t len = strlen(text);

    if (!job)
        return -ENOMEM;
    job->done = done;
    job->arg = arg;
    job->pid = fork();
    if (job->pid < 0) {
        int ret = -errno;

        free(job);
        return ret;
    }
    if (job->pid == 0)
        child_write(path, text, len);
    job->exit_watch = loop_on_exit(job->pid, on_exit_status, job);
    job->deadline = loop_after(deadline_ms, on_deadline, job);
    return 0;
}
