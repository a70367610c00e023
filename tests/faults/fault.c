/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fault.h. */
#include "fault.h"

#include <execinfo.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct row {
    const char *name;
    enum fault_library library;
    int errors[2];
} rows[FAULT_CALLS] = {
#define CALL(function, library, err, other) \
    [CALL_##function] = { #function, FAULT_##library, { err, other } },
#include "calls.def"
};

static struct shared {
    atomic_bool armed;
    atomic_bool fired;
    struct fault_point point;
    atomic_uint used[FAULT_PROCESSES][FAULT_CALLS];
} * shared;

static enum fault_process self = FAULT_BROKER;
static unsigned int holds;
static bool is_short;
static bool tracing;

const char *fault_call_name(enum fault_call call)
{
    return rows[call].name;
}

enum fault_library fault_call_library(enum fault_call call)
{
    return rows[call].library;
}

int fault_call_error(enum fault_call call, unsigned int i)
{
    return i < 2 ? rows[call].errors[i] : FAULT_NONE;
}

const char *fault_library_name(enum fault_library library)
{
    static const char *const names[FAULT_LIBRARIES] = {
        [FAULT_XENSTORE] = "xenstore", [FAULT_XENCTRL] = "xenctrl",
        [FAULT_GNTTAB] = "gnttab",     [FAULT_EVTCHN] = "evtchn",
        [FAULT_SYSTEM] = "system",     [FAULT_MEMORY] = "memory",
    };

    return names[library];
}

const char *fault_process_name(enum fault_process process)
{
    static const char *const names[FAULT_PROCESSES] = {
        [FAULT_BROKER] = "broker",
        [FAULT_CHILD] = "child",
        [FAULT_WORKER] = "worker",
    };

    return names[process];
}

const char *fault_error_name(int err)
{
    return err == FAULT_SHORT ? "short" : strerrorname_np(err);
}

void *fault_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(EXIT_FAILURE);
    }
    return memory;
}

void fault_init(void)
{
    shared = fault_shared(sizeof(*shared));
}

void fault_arm(const struct fault_point *point)
{
    for (unsigned int p = 0; p < FAULT_PROCESSES; p++)
        for (unsigned int c = 0; c < FAULT_CALLS; c++)
            atomic_store(&shared->used[p][c], 0);
    shared->point = *point;
    atomic_store(&shared->fired, false);
    atomic_store(&shared->armed, true);
}

void fault_disarm(void)
{
    holds = 0;
    atomic_store(&shared->armed, false);
}

bool fault_fired(void)
{
    return atomic_load(&shared->fired);
}

unsigned int fault_used(enum fault_process process, enum fault_call call)
{
    return atomic_load(&shared->used[process][call]);
}

void fault_become(enum fault_process process)
{
    self = process;
}

void fault_hold(void)
{
    holds++;
}

void fault_go_on(void)
{
    holds--;
}

void fault_trace(void)
{
    tracing = true;
}

/* For addr2line. */
static void trace(void)
{
    void *frames[24];

    backtrace_symbols_fd(frames, backtrace(frames, 24), STDOUT_FILENO);
}

bool fault_here(enum fault_call call)
{
    const struct fault_point *point = &shared->point;

    is_short = false;
    if (holds > 0 || !atomic_load(&shared->armed))
        return false;
    if (atomic_fetch_add(&shared->used[self][call], 1) + 1 != point->nth ||
        call != point->call || self != point->process)
        return false;
    atomic_store(&shared->fired, true);
    if (tracing && self != FAULT_WORKER)
        trace();
    is_short = point->err == FAULT_SHORT;
    errno = is_short ? 0 : point->err;
    return true;
}

bool fault_short(void)
{
    return is_short;
}
