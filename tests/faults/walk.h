/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The walk: each scenario with each of its calls failing, one at a time, in a
 * process of its own.
 */
#ifndef TESTS_FAULTS_WALK_H
#define TESTS_FAULTS_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct scenario {
    const char *name;
    /* Up to the operation; no fault. */
    void (*prepare)(void);
    /* The operation, with faults: did it do what it is for? */
    bool (*operate)(void);
    /* After it, without: what it is for, whatever became of it. */
    bool (*again)(void);
};

#endif
