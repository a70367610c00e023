/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both halves in one process: front/ on a fake kernel, back/ on a fake Xen, the
 * real page and the real nodes between them.
 */
#include <stdlib.h>

#include "pair-suites.h"
#include "pair-world.h"

static void add(Suite *s, TCase *tc)
{
    tcase_add_checked_fixture(tc, pair_setup, pair_teardown);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
}

static Suite *suite(void)
{
    Suite *s = suite_create("pair");

    add(s, pair_device_tests());
    add(s, pair_plug_tests());
    add(s, pair_aer_tests());
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
