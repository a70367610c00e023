/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of check_config, one a file. */
#ifndef TESTS_CFG_SUITES_H
#define TESTS_CFG_SUITES_H

#include <check.h>

Suite *cfg_absent_suite(void);
Suite *cfg_tables_suite(void);
Suite *cfg_rules_suite(void);
Suite *cfg_bar_suite(void);
Suite *cfg_map_suite(void);
Suite *cfg_guard_suite(void);
Suite *cfg_fuzz_suite(void);
Suite *cfg_caps_suite(void);
Suite *cfg_knobs_suite(void);
Suite *cfg_ledger_suite(void);

#endif
