/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of common/host/hyp.h that the xenpci command uses, as variables:
 * link fake-hyp.o instead of hyp.o.
 */
#ifndef TESTS_UNIT_FAKE_HYP_H
#define TESTS_UNIT_FAKE_HYP_H

#include "hyp.h"

#define FAKE_HYP_DOMAINS 8

struct fake_hyp {
    int open_err; /* errno of hyp_open(); 0: it works */
    int test_ret; /* of hyp_assign_test() */
    int assign_ret;
    int deassign_ret;
    struct hyp_domain domains[FAKE_HYP_DOMAINS];
    unsigned int assigned;   /* successful calls */
    unsigned int deassigned; /* likewise */
    uint16_t last_domid;
};

extern struct fake_hyp fake_hyp;

#endif
