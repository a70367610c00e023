/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Driving the broker's event loop from a test. */
#ifndef TESTS_UNIT_RUN_UNTIL_H
#define TESTS_UNIT_RUN_UNTIL_H

#include <stdbool.h>
#include <stdint.h>

typedef bool run_cond(void *arg);

/* Run the loop until the condition holds; false when it does not in 10 s. */
bool run_until(run_cond *cond, void *arg);

/*
 * Run everything that is due now, and what that makes due, to see what does not
 * happen. Child processes and longer timers are not waited for.
 */
void run_due(void);

#endif
