/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slow things that must not stop the broker: a child process writes to one
 * sysfs file (a function reset takes 100 ms and more) and its errno comes back
 * through the loop. Always calls done exactly once, never from job_start().
 */
#ifndef BACK_JOB_H
#define BACK_JOB_H

#include <stdint.h>

#include "compiler.h"

/* err: 0, the file's negative errno, or -ETIMEDOUT at the deadline. */
typedef void job_done_fn(void *arg, int err);

/* 0, or a negative errno when no child could be made (done is not called). */
MUST_USE int job_start(const char *path, const char *text, uint32_t deadline_ms,
                       job_done_fn *done, void *arg);

#endif
