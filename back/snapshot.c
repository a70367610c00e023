/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading all of a device's configuration space, in a child. */
#include "snapshot.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "job.h"
#include "log.h"
#include "loop.h"
#include "restore.h"
#include "sysfs.h"

/* Milliseconds when all is well. libxl gives an attachment 10 s, and a reset is
 * still to come. */
#define DEADLINE_MS 5000u

struct taking {
    int config_fd;
    struct snapshot *shared; /* with the child */
    snapshot_done_fn *done;
    void *arg;
    int err;
};

/* In the child. */
static int work(void *arg)
{
    const struct taking *t = arg;
    int ret = sysfs_config_size(t->config_fd, &t->shared->size);

    return ret == 0 ? restore_snapshot(t->config_fd, t->shared->size,
                                       t->shared->bytes)
                    : ret;
}

static void on_done(void *arg, int err)
{
    const struct taking *t = arg;

    t->done(t->arg, err, t->shared);
}

static void on_gone(void *arg)
{
    struct taking *t = arg;

    (void)munmap(t->shared, sizeof(*t->shared));
    free(t);
}

static void on_no_start(void *arg)
{
    const struct taking *t = arg;

    on_done(arg, t->err);
    on_gone(arg);
}

void snapshot_take(struct sbdf sbdf, int config_fd, snapshot_done_fn *done,
                   void *arg)
{
    struct taking *t = calloc(1, sizeof(*t));
    struct job_calls calls = {
        .sbdf = sbdf,
        .fd = config_fd,
        .work = work,
        .done = on_done,
        .gone = on_gone,
        .arg = t,
    };

    if (!t)
        fatalx("out of memory");
    t->config_fd = config_fd;
    t->done = done;
    t->arg = arg;
    t->shared = job_memory(sizeof(*t->shared));
    t->err = job_start(&calls, DEADLINE_MS);
    if (t->err < 0)
        (void)loop_after(0, on_no_start, t);
}
