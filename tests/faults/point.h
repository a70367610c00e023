/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One scenario once, in a process of its own, and what came of it. */
#ifndef TESTS_FAULTS_POINT_H
#define TESTS_FAULTS_POINT_H

#include <stdbool.h>

#include "fault.h"
#include "walk.h"

struct point_result {
    bool fired;
    bool good;
    int descriptors; /* that the scenario leaves behind; */
    int children;
    char text[512]; /* what was wrong */
    char log[4096]; /* the end of what the product said */
};

/* allowed: a run without a fault, whose leftovers are the world's; NULL: this is
 * one. */
void point_run(const struct scenario *scenario, const struct fault_point *point,
               const struct point_result *allowed, struct point_result *result);

#endif
