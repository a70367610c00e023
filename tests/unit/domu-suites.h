/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of check_domu. */
#ifndef TESTS_DOMU_SUITES_H
#define TESTS_DOMU_SUITES_H

#include <check.h>

Suite *domu_store_suite(void);

#endif
