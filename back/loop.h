/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The broker's event loop: the one file that knows libev. Watchers call
 * fn(arg) from loop_run(), never from inside another loop_ call. A watcher may
 * be cancelled from any callback, its own included. Aborts when out of memory.
 */
#ifndef BACK_LOOP_H
#define BACK_LOOP_H

#include <stdint.h>
#include <sys/types.h>

#include "compiler.h"

struct loop_watch;
typedef void loop_fn(void *arg);
typedef void loop_child_fn(void *arg, int wait_status);

void loop_init(void);
void loop_fini(void);
void loop_run(void);
void loop_stop(void);

/* On a clock that only goes forward. */
uint64_t loop_now_us(void);
uint64_t loop_now_ms(void);

/* Called whenever fd is readable. The fd stays the caller's. */
struct loop_watch *loop_on_read(int fd, loop_fn *fn, void *arg);

/* Called once after ms milliseconds; the watch frees itself then. */
struct loop_watch *loop_after(uint32_t ms, loop_fn *fn, void *arg);

/* Called once when the child ends; the watch frees itself then. */
struct loop_watch *loop_on_exit(pid_t pid, loop_child_fn *fn, void *arg);

struct loop_watch *loop_on_signal(int signo, loop_fn *fn, void *arg);

/* Forget a watch; NULL is fine. */
void loop_cancel(struct loop_watch *watch);

#endif
