/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slow things that must not stop the broker: a child process does them (a reset
 * takes 100 ms and more, and the kernel holds every access to the device's
 * configuration space for as long) and its errno comes back through the loop.
 */
#ifndef BACK_JOB_H
#define BACK_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

/* In the child, with a copy of our memory and no descriptor but fd (see
 * child_fork()). 0 or a negative errno. */
typedef int job_work_fn(void *arg);

/* err: the work's, or -ETIMEDOUT at the deadline, or -EIO if the child died. */
typedef void job_done_fn(void *arg, int err);

/* The child has ended. It outlives its deadline when it sits in the kernel
 * beyond any signal. */
typedef void job_gone_fn(void *arg);

struct job_calls {
    struct sbdf sbdf; /* the device concerned */
    int fd;           /* what the child needs of ours; -1: nothing */
    job_work_fn *work;
    job_done_fn *done; /* exactly once */
    job_gone_fn *gone; /* exactly once, after done */
    void *arg;
};

/* 0, or a negative errno when no child could be made; then nothing is called.
 * done and gone are never called from here. */
MUST_USE int job_start(const struct job_calls *calls, uint32_t deadline_ms);

/* Zeroed memory in which the child's work leaves what it found; munmap() it in
 * gone. Aborts when there is none. */
void *job_memory(size_t len);

/* Is a child of ours in the kernel with this device? */
MUST_USE bool job_is_running(struct sbdf sbdf);

#endif
