/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The config-space engine: runs the suites of check_cfg_*.c. */
#include <stdlib.h>

#include "cfg-suites.h"

int main(void)
{
    SRunner *runner = srunner_create(cfg_tables_suite());
    int failed;

    srunner_add_suite(runner, cfg_rules_suite());
    srunner_add_suite(runner, cfg_absent_suite());
    srunner_add_suite(runner, cfg_bar_suite());
    srunner_add_suite(runner, cfg_map_suite());
    srunner_add_suite(runner, cfg_guard_suite());
    srunner_add_suite(runner, cfg_caps_suite());
    srunner_add_suite(runner, cfg_knobs_suite());
    srunner_add_suite(runner, cfg_ledger_suite());
    srunner_add_suite(runner, cfg_fuzz_suite());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
