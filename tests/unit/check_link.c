/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/link*.c, in the world of link-world.c. */
#include <stdlib.h>

#include "compiler.h"
#include "link-suites.h"
#include "link-world.h"

static Suite *suite(void)
{
    Suite *s = suite_create("link");
    TCase *const cases[] = {
        link_connect_tests(), link_plug_tests(),   link_end_tests(),
        link_peers_tests(),   link_worker_tests(), link_aer_tests(),
        link_policy_tests(),  link_flood_tests(),  link_list_tests(),
        link_adopt_tests(),
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        tcase_add_checked_fixture(cases[i], link_world_setup,
                                  link_world_teardown);
        tcase_set_timeout(cases[i], 60);
        suite_add_tcase(s, cases[i]);
    }
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
