/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci denied, over files as xenpcid writes them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-world.h"
#include "denied.h"
#include "fake-store.h"
#include "sysfs.h"
#include "temp-tree.h"

#define TWO_ROWS                                                            \
    "{ \"device\": \"0000:01:00.0\", \"guest_address\": \"0000:00:00.0\","  \
    " \"domid\": 3, \"attached\": true, \"registers\": ["                   \
    " { \"register\": \"Device Control (PCI Express + 0x8)\","              \
    "   \"offset\": \"0x088\", \"size\": 2, \"count\": 7,"                  \
    "   \"value\": \"0x283f\", \"bits\": \"0x000f\","                       \
    "   \"reason\": \"the host's\", \"quirk\": \"88:2:f\" },"               \
    " { \"register\": \"BAR 0\", \"offset\": \"0x010\", \"size\": 4,"       \
    "   \"count\": 1, \"value\": \"0x0badcafe\", \"bits\": \"0xffffffff\"," \
    "   \"reason\": \"never\" } ], \"not_recorded\": 2 }"

static const struct cmd denied = {
    .name = "denied",
    .run = cmd_denied,
    .max = 1,
    .options = ARGS_JSON,
    .synopsis = "[BDF|NAME]",
};

static char dir[128];

static void setup(void)
{
    world_make();
    temp_tree_dir("run");
    (void)snprintf(dir, sizeof(dir), "%s/run", sysfs_root);
    denied_dir = dir;
}

static const char *const nothing[] = { NULL };

START_TEST(all_devices_in_order)
{
    temp_tree_file("run/0000:02:00.0.denied.json",
                   "{ \"device\": \"0000:02:00.0\", \"registers\": [] }");
    temp_tree_file("run/0000:01:00.0.denied.json", TWO_ROWS);
    temp_tree_file("run/0000-01-00-0.json", "{}");
    temp_tree_file("run/0000:01:00.0.denied.json.new", "{}");
    ck_assert_int_eq(world_run(&denied, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "\"quirk\":\"88:2:f\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"not_recorded\":2"));
    ck_assert(strstr(world_json(), "0000:01:00.0") <
              strstr(world_json(), "0000:02:00.0"));
}
END_TEST

START_TEST(one_device_by_address_or_name)
{
    static const char *const address[] = { "01:00.0", NULL };
    static const char *const name[] = { "disk", NULL };

    temp_tree_file("run/0000:02:00.0.denied.json",
                   "{ \"device\": \"0000:02:00.0\", \"registers\": [] }");
    temp_tree_file("run/0000:01:00.0.denied.json", TWO_ROWS);
    fake_store_set("/libxl/pci/0000-01-00-0/name", "disk");
    ck_assert_int_eq(world_run(&denied, address), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "Device Control"));
    ck_assert_ptr_null(strstr(world_json(), "0000:02:00.0"));
    ck_assert_int_eq(world_run(&denied, name), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "Device Control"));
}
END_TEST

START_TEST(a_name_that_nobody_has)
{
    static const char *const name[] = { "disk", NULL };

    ck_assert_int_eq(world_run(&denied, name), EXIT_NOT_FOUND);
}
END_TEST

START_TEST(nothing_was_refused)
{
    static const char *const address[] = { "01:00.0", NULL };

    ck_assert_int_eq(world_run(&denied, nothing), EXIT_DONE);
    ck_assert_str_eq(world_json(), "{\"devices\":[]}");
    ck_assert_int_eq(world_run(&denied, address), EXIT_DONE);
    ck_assert_str_eq(world_json(), "{\"devices\":[]}");
}
END_TEST

/* One damaged file hides no other. */
START_TEST(damaged_files)
{
    temp_tree_file("run/0000:00:00.0.denied.json", "");
    temp_tree_file("run/0000:00:01.0.denied.json", "[]");
    temp_tree_file("run/0000:00:02.0.denied.json", "{\"registers\": 1}");
    temp_tree_file("run/0000:01:00.0.denied.json", TWO_ROWS);
    ck_assert_int_eq(world_run(&denied, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "Device Control"));
    ck_assert_ptr_null(strstr(world_json(), "null"));
}
END_TEST

START_TEST(the_daemon_never_ran)
{
    denied_dir = "/nonexistent/xenpci";
    ck_assert_int_eq(world_run(&denied, nothing), EXIT_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(world_out.cause, "has not run"));
    denied_dir = "/proc/self/cmdline";
    ck_assert_int_eq(world_run(&denied, nothing), EXIT_FAILED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("denied");
    TCase *tc = tcase_create("denied");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, world_drop);
    tcase_add_test(tc, all_devices_in_order);
    tcase_add_test(tc, one_device_by_address_or_name);
    tcase_add_test(tc, a_name_that_nobody_has);
    tcase_add_test(tc, nothing_was_refused);
    tcase_add_test(tc, damaged_files);
    tcase_add_test(tc, the_daemon_never_ran);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
