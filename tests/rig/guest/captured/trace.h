/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process under our hand: it makes one system call of our choice with our
 * arguments, as whoever had taken it over would.
 */
#ifndef CAPTURED_TRACE_H
#define CAPTURED_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Room in the process for what arguments point to. */
#define TRACE_ROOM 512

enum trace_filter {
    TRACE_FILTERED,
    TRACE_UNFILTERED /* what would happen without the seccomp filter */
};

struct trace_result {
    bool died;
    int signal;  /* of its death */
    long result; /* otherwise: as the kernel returned it */
};

/*
 * Stop it where it sleeps in a system call, fill the room, make the call, and let
 * it go on as if its own call had been interrupted. Ends the program when that
 * cannot be done.
 */
struct trace_result trace_call(pid_t pid, enum trace_filter filter,
                               const long call[7], const void *room);

/* The address that the room will have, for arguments that point into it. */
long trace_room(pid_t pid);

#endif
