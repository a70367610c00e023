/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a point happens in; one program has the broker's, one the command's. */
#ifndef TESTS_FAULTS_HOUSE_H
#define TESTS_FAULTS_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "compiler.h"
#include "fault.h"
#include "walk.h"

extern const struct scenario house_scenarios[];
extern const size_t house_nscenarios;

/* Before the first fork. */
void house_init(void);
void house_up(void);
/* Everything goes; ends the point when something is left. */
void house_down(void);
/* The operation with its fault, and what must hold after it. The product's words
 * go to log_fd. */
void house_operate(const struct scenario *scenario,
                   const struct fault_point *point, int log_fd);

/* Is memory lost that is not the product's fault? */
bool house_lost_memory(void);

/* Ends the point with this verdict. */
void verdict(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

#endif
