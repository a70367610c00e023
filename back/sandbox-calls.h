/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The system calls that a confined worker may make, each for a reason; whatever
 * is not in a row kills it. A row that is needed for something new says for what.
 */
#ifndef BACK_SANDBOX_CALLS_H
#define BACK_SANDBOX_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* What a condition compares an argument with. */
enum sandbox_value {
    SANDBOX_CONSTANT,
    SANDBOX_PORT_FD /* the event channel's descriptor, known at run time */
};

/* Argument `arg`, seen through the mask, is the value; text for people. */
struct sandbox_condition {
    const char *text; /* NULL: no condition */
    unsigned int arg;
    uint64_t mask;
    enum sandbox_value kind;
    uint64_t value; /* of SANDBOX_CONSTANT */
};

#define SANDBOX_CONDITIONS 2

/* All conditions of a row must hold. A call may have several rows. */
struct sandbox_call {
    const char *name; /* as libseccomp knows it */
    struct sandbox_condition when[SANDBOX_CONDITIONS];
    const char *reason;
};

extern const struct sandbox_call sandbox_calls[];
extern const size_t sandbox_ncalls;

/*
 * Is the table what it should be: names that exist, in order, a reason in each
 * row, no row twice, no unconditional row beside others of the same call?
 * False with the row's number.
 */
bool sandbox_calls_ok(const struct sandbox_call *calls, size_t n, size_t *bad);

#endif
