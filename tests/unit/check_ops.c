/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/ops.c: every operation of the wire, before a scripted broker. */
#include <stdlib.h>

#include "ops-case.h"

static void add(Suite *s, TCase *tc)
{
    tcase_add_checked_fixture(tc, ops_case_setup, NULL);
    suite_add_tcase(s, tc);
}

static Suite *suite(void)
{
    Suite *s = suite_create("ops");

    add(s, ops_config_tests());
    add(s, ops_irq_tests());
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
