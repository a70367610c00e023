/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service manager hears of a broker that serves guests. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "fake-manager.h"
#include "link-world.h"
#include "notify.h"
#include "run-until.h"
#include "supervise.h"

#define HURRY 20u

static void setup(void)
{
    link_world_setup();
    link_world_hurry(HURRY);
    fake_manager_listen(fake_manager_path());
}

static void teardown(void)
{
    supervise_end();
    notify_close();
    fake_manager_end();
    link_world_hurry(1);
    link_world_teardown();
}

static bool is_heard(void *text)
{
    return fake_manager_heard(text);
}

static void expect_message(char *text)
{
    ck_assert_msg(run_until(is_heard, text), "never heard \"%s\"", text);
}

START_TEST(ready_comes_first)
{
    supervise_open();
    ck_assert_str_eq(fake_manager_hears(), "");
    supervise_ready();
    ck_assert_str_eq(fake_manager_hears(), "READY=1");
    ck_assert_str_eq(fake_manager_hears(), "STATUS=0 guests, 0 devices");
    supervise_end();
    ck_assert_str_eq(fake_manager_hears(), "STOPPING=1");
}
END_TEST

START_TEST(status_follows_the_guests)
{
    char one[] = "STATUS=1 guest, 1 device",
         none[] = "STATUS=0 guests, 0 devices";

    supervise_open();
    supervise_ready();
    expect_message(none);
    connect_guest(BACK_DOMID, link_nvme);
    expect_message(one);
    fake_xen_domain(BACK_DOMID)->exists = false;
    tool_deletes(BACK_DOMID);
    expect_message(none);
}
END_TEST

static unsigned int pings;

static bool three_pings(void *arg UNUSED)
{
    const char *said;

    while ((said = fake_manager_hears())[0] != '\0')
        pings += strcmp(said, "WATCHDOG=1") == 0 ? 1 : 0;
    return pings >= 3;
}

/* Only a loop that turns says so. */
START_TEST(the_loop_feeds_the_watchdog)
{
    uint64_t begun = loop_now_ms();
    const struct timespec pause = { .tv_nsec = 60000000 };

    fake_manager_watches("100000", NULL);
    supervise_open();
    supervise_ready();
    pings = 0;
    ck_assert(run_until(three_pings, NULL));
    /* One at once, then one in half the period. */
    ck_assert_uint_ge(loop_now_ms() - begun, 100);
    (void)nanosleep(&pause, NULL);
    pings = 0;
    (void)three_pings(NULL);
    ck_assert_uint_eq(pings, 0);
}
END_TEST

START_TEST(no_watchdog_no_pings)
{
    char text[] = "WATCHDOG=1";

    supervise_open();
    supervise_ready();
    run_due();
    ck_assert(!fake_manager_heard(text));
}
END_TEST

START_TEST(a_reload_has_two_ends)
{
    supervise_open();
    supervise_ready();
    ck_assert(fake_manager_heard("STATUS=0 guests, 0 devices"));
    supervise_reloading();
    ck_assert_int_eq(strncmp(fake_manager_hears(), "RELOADING=1\n", 12), 0);
    supervise_reloaded();
    ck_assert_str_eq(fake_manager_hears(), "READY=1");
}
END_TEST

/* READY is said until it has arrived. */
START_TEST(a_manager_that_is_late)
{
    char text[] = "READY=1";

    supervise_open();
    fake_manager_end();
    supervise_ready();
    run_due();
    fake_manager_listen(fake_manager_path());
    expect_message(text);
    expect_message((char[]){ "STATUS=0 guests, 0 devices" });
    run_due();
    ck_assert(!fake_manager_heard(text));
}
END_TEST

START_TEST(without_a_manager)
{
    fake_manager_end();
    supervise_open();
    supervise_ready();
    supervise_reloading();
    supervise_reloaded();
    ck_assert(!notify_wanted());
}
END_TEST

/* How long a program takes to end, in milliseconds. */
static uint64_t end_takes(void (*program)(void))
{
    uint64_t begun = loop_now_ms();
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        program();
        exit(EXIT_SUCCESS);
    }
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    return loop_now_ms() - begun;
}

static void opens(void)
{
    supervise_open();
}

static void opens_and_is_ready(void)
{
    supervise_open();
    supervise_ready();
}

/* Only a start that a manager would repeat at once. */
START_TEST(a_failed_start_is_slow)
{
    ck_assert_uint_ge(end_takes(opens), 1000);
    ck_assert_str_eq(fake_manager_hears(),
                     "STATUS=did not start, the log says why");
    ck_assert_uint_lt(end_takes(opens_and_is_ready), 1000);
    fake_manager_end();
    ck_assert_uint_lt(end_takes(opens), 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("supervise");
    TCase *tc = tcase_create("supervise");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_failed_start_is_slow);
    tcase_add_test(tc, ready_comes_first);
    tcase_add_test(tc, status_follows_the_guests);
    tcase_add_test(tc, the_loop_feeds_the_watchdog);
    tcase_add_test(tc, no_watchdog_no_pings);
    tcase_add_test(tc, a_reload_has_two_ends);
    tcase_add_test(tc, a_manager_that_is_late);
    tcase_add_test(tc, without_a_manager);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
