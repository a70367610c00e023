/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Children of the broker that go on in its own program (jobs, hands): what they
 * must not take with them. A copy of a worker's socket would hide the broker's
 * death from the worker, a copy of the lock would keep the next broker out, and
 * a signal handler of the event loop would write to whatever has the number of
 * its pipe by then.
 */
#ifndef BACK_CHILD_H
#define BACK_CHILD_H

#include <sys/types.h>

#include "compiler.h"

#define CHILD_KEEPS 2

/*
 * As fork(). The child keeps descriptors 0 to 2 and those of keep (-1: none),
 * under their numbers; its signals do what they do by default, but for those
 * with which a service manager ends a whole group: the broker decides. It is
 * called name in a list of processes (15 characters), dies with the broker, and
 * may make only async-signal-safe calls, because libxenstore may run a thread
 * beside us.
 */
MUST_USE pid_t child_fork(const char *name, const int keep[CHILD_KEEPS]);

#endif
