/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of a point, and what this one has open. */
#ifndef TESTS_FAULTS_PROCESSES_H
#define TESTS_FAULTS_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

/* Once, before the first fork. */
void processes_init(void);

/* A child that the product has made. */
void processes_note(pid_t child);

/*
 * In place of an exec of xenpcid-worker: what would be closed is closed, what
 * would be default is default, and its main loop runs.
 */
void processes_become_worker(void) __attribute__((noreturn));

/* Children of this process that run on, half a second later. */
unsigned int processes_children(void);
/* Those that have ended, and the broker has not heard of it. */
unsigned int processes_zombies(void);
/* Is it one that has become a worker? */
bool processes_is_worker(pid_t pid);
/* Between two points. */
void processes_forget_workers(void);

/* Is that one, if it runs, without capabilities and behind a filter? */
bool processes_is_confined(pid_t worker);

/* Descriptors of this process. */
unsigned int processes_descriptors(void);

#endif
