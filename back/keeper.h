/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpcid's first process, which keeps a broker running. It has the program and
 * its libraries loaded and holds nothing else, so that the successor of a broker
 * that was killed needs a fork where a start of the program would take several
 * times as long as everything else it does before it serves guests.
 */
#ifndef BACK_KEEPER_H
#define BACK_KEEPER_H

#include "compiler.h"

/*
 * Run the broker in a process of its own, and again whenever a signal ends it: at
 * once, or a second later if it did not live for a moment. It starts with SIGTERM,
 * SIGINT, SIGHUP and SIGCHLD blocked, so that none comes before it has handlers
 * for them (loop.h); the first three are passed on to it. It is killed when this
 * process ends. Returns its exit status once it ends by itself;
 * call it with one thread and without children.
 */
MUST_USE int keeper_run(int (*broker)(void *arg), void *arg);

#endif
