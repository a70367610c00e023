/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/device*.c, in the world of back-world.c. */
#include <stdlib.h>

#include "device-case.h"

static void add(Suite *s, TCase *tc)
{
    tcase_add_checked_fixture(tc, device_case_setup, world_teardown);
    tcase_set_timeout(tc, 30);
    suite_add_tcase(s, tc);
}

static Suite *suite(void)
{
    Suite *s = suite_create("device");

    add(s, device_claim_tests());
    add(s, device_held_tests());
    add(s, device_kinds_tests());
    add(s, device_settle_tests());
    add(s, device_reset_tests());
    suite_add_tcase(s, device_dirty_tests());
    suite_add_tcase(s, device_share_tests());
    add(s, device_ledger_tests());
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
