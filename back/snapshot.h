/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device's configuration space as it is before a guest gets it: a thousand
 * reads, each of which costs a completion timeout on a device that is dead. A
 * child process reads.
 */
#ifndef BACK_SNAPSHOT_H
#define BACK_SNAPSHOT_H

#include <stdint.h>

#include "cfgspace.h"
#include "sbdf.h"

struct snapshot {
    uint16_t size; /* 256 or 4096 */
    uint8_t bytes[CFG_SIZE_MAX];
};

/* err: 0; -ETIMEDOUT: the child is at it still, see job_is_running(); or the
 * reads'. The snapshot is there only during the call. */
typedef void snapshot_done_fn(void *arg, int err, const struct snapshot *s);

/* done is called once, from the loop, even if it cannot begin. */
void snapshot_take(struct sbdf sbdf, int config_fd, snapshot_done_fn *done,
                   void *arg);

#endif
