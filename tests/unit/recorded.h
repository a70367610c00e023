/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices of tests/data/devices: registers, ids and resources as dom0's
 * kernel showed them when tests/rig/zoo.sh recorded them.
 */
#ifndef TESTS_UNIT_RECORDED_H
#define TESTS_UNIT_RECORDED_H

#include "fake-hw.h"

#define RECORDED_MAX  128u
#define RECORDED_NAME 48u

struct recorded {
    struct fake_hw hw;        /* the command register as a guest first finds
                                 it: what its BARs need is decoded */
    struct cfg_params params; /* as the broker would make them; any
                                 line is pirq 10 */
};

/* Load tests/data/devices/NAME.dump. False if there is none, or no such. */
MUST_USE bool recorded_load(struct recorded *r, const char *name);

/* The names of all of them, sorted; how many. 0 if there is no directory. */
unsigned int recorded_names(char names[RECORDED_MAX][RECORDED_NAME]);

/* Every device there is, loaded once; how many. 0: one cannot be loaded. */
unsigned int recorded_all(const struct recorded **devices);

#endif
