/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of check_pair. */
#ifndef TESTS_UNIT_PAIR_SUITES_H
#define TESTS_UNIT_PAIR_SUITES_H

#include <check.h>

TCase *pair_aer_tests(void);
TCase *pair_device_tests(void);
TCase *pair_plug_tests(void);

#endif
