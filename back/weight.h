/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers that compute all the time give way to what does not: the broker,
 * xenstored, workers of guests that ask now and then. The broker looks at what
 * they use, because a worker that a guest has taken over would not tell.
 */
#ifndef BACK_WEIGHT_H
#define BACK_WEIGHT_H

#include <sys/types.h>

struct weight;

/* Watch the process from now on; NULL when out of memory. */
struct weight *weight_new(pid_t pid);

/* No more; NULL is fine. The process stays as it is. */
void weight_free(struct weight *weight);

/* The niceness (setpriority(2)), on top of its own, of a process that has nice and
 * used so many per cent of a processor lately. */
int weight_nice(unsigned int percent, int nice);

#endif
