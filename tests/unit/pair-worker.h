/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers without processes that really serve: the request code of a worker
 * (ops.c, the configuration engine) on the page that a fake kernel shares, and
 * the broker's part through its own loop. Link pair-worker.o instead of
 * worker-proc.o.
 */
#ifndef TESTS_UNIT_PAIR_WORKER_H
#define TESTS_UNIT_PAIR_WORKER_H

#include "fake-kernel.h"

/* The guest's kernel; its waits run the worker and the broker's loop. NULL in
 * place of a kernel: no more. */
void pair_worker_guest(uint16_t domid, struct fake_kernel *k);

/* The domain's worker is killed; false: it has none. */
bool pair_worker_kill(uint16_t domid);

/* The broker has died, and all workers with it. Before loop_fini(). */
void pair_workers_vanish(void);

/* The broker has died, and its workers wait for the next one. */
void pair_workers_orphan(void);
/* Is it a descriptor of theirs? They are in this process only in tests. */
bool pair_workers_have_fd(int fd);

#endif
