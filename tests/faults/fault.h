/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One use of one call fails. Counters and the plan are in memory that all
 * processes of a point share: the broker, the children of its jobs, its workers.
 */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Beside errno's values: no second error; fewer bytes than asked for. */
#define FAULT_NONE  0
#define FAULT_SHORT 4096

enum fault_library {
    FAULT_XENSTORE,
    FAULT_XENCTRL,
    FAULT_GNTTAB,
    FAULT_EVTCHN,
    FAULT_SYSTEM,
    FAULT_MEMORY,
    FAULT_LIBRARIES
};

enum fault_call {
#define CALL(function, library, err, other) CALL_##function,
#include "calls.def"
    FAULT_CALLS
};

/* Counted apart: how far one is when another gets to run is chance. */
enum fault_process {
    FAULT_BROKER,
    FAULT_CHILD,
    FAULT_WORKER,
    FAULT_PROCESSES
};

struct fault_point {
    enum fault_process process;
    enum fault_call call;
    unsigned int nth; /* from 1; 0: none fails */
    int err;
};

const char *fault_call_name(enum fault_call call);
enum fault_library fault_call_library(enum fault_call call);
/* The i-th of its errors; FAULT_NONE after the last. */
int fault_call_error(enum fault_call call, unsigned int i);
const char *fault_library_name(enum fault_library library);
const char *fault_process_name(enum fault_process process);
/* "EIO", "short". */
const char *fault_error_name(int err);

/* Where each fault strikes goes to standard output from now on. */
void fault_trace(void);

/* Memory that survives fork(), zeroed; ends the program when there is none. */
void *fault_shared(size_t size);

/* Once, before the first fork. */
void fault_init(void);
/* Count from 0 and let this one fail. */
void fault_arm(const struct fault_point *point);
void fault_disarm(void);
bool fault_fired(void);
unsigned int fault_used(enum fault_process process, enum fault_call call);

/* This process is one of these from now on. */
void fault_become(enum fault_process process);

/* Calls between these two are the test's, not the product's. They nest. */
void fault_hold(void);
void fault_go_on(void);

/* Called by every replaced function. False: it works. True: it fails, errno is
 * set; after FAULT_SHORT errno is 0 and fault_short() is true. */
bool fault_here(enum fault_call call);
bool fault_short(void);

#endif
