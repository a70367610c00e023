/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service manager receives, through a real socket. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "fake-manager.h"
#include "notify.h"

static void teardown(void)
{
    notify_close();
    fake_manager_end();
}

static uint64_t monotonic_us(void)
{
    struct timespec now;

    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

START_TEST(nobody_listens)
{
    fake_manager_end();
    ck_assert_int_eq(notify_open(), 0);
    ck_assert(!notify_wanted());
    ck_assert_uint_eq(notify_watchdog_us(), 0);
    ck_assert_int_eq(notify_ready(), 0);
    ck_assert_int_eq(notify_alive(), 0);
    ck_assert_int_eq(notify_status("well"), 0);
}
END_TEST

static const char *name_of_kind(int kind)
{
    static char name[80];

    if (kind == 0)
        return fake_manager_path();
    (void)snprintf(name, sizeof(name), "@xenpci-test/%d", (int)getpid());
    return name;
}

START_TEST(each_message)
{
    uint64_t before, told;
    const char *text;

    fake_manager_listen(name_of_kind(_i));
    ck_assert_int_eq(notify_open(), 0);
    ck_assert(notify_wanted());
    ck_assert_int_eq(notify_ready(), 0);
    ck_assert_str_eq(fake_manager_hears(), "READY=1");
    ck_assert_int_eq(notify_status("1 guest"), 0);
    ck_assert_str_eq(fake_manager_hears(), "STATUS=1 guest");
    ck_assert_int_eq(notify_alive(), 0);
    ck_assert_str_eq(fake_manager_hears(), "WATCHDOG=1");
    before = monotonic_us();
    ck_assert_int_eq(notify_reloading(), 0);
    text = fake_manager_hears();
    ck_assert_int_eq(strncmp(text, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
    told = strtoull(text + 27, NULL, 10);
    ck_assert_uint_ge(told, before);
    ck_assert_uint_le(told, monotonic_us());
    ck_assert_int_eq(notify_stopping(), 0);
    ck_assert_str_eq(fake_manager_hears(), "STOPPING=1");
    ck_assert_str_eq(fake_manager_hears(), "");
}
END_TEST

START_TEST(a_status_is_one_line)
{
    char longest[2000];

    fake_manager_listen(fake_manager_path());
    ck_assert_int_eq(notify_open(), 0);
    ck_assert_int_eq(notify_status("fine\nWATCHDOG=trigger"), 0);
    ck_assert_str_eq(fake_manager_hears(), "STATUS=fine WATCHDOG=trigger");
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_int_eq(notify_status(longest), 0);
    ck_assert_int_eq(strncmp(fake_manager_hears(), "STATUS=xxx", 10), 0);
}
END_TEST

START_TEST(children_inherit_nothing)
{
    fake_manager_listen(fake_manager_path());
    fake_manager_watches("2000000", NULL);
    ck_assert_int_eq(notify_open(), 0);
    ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
    ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
    ck_assert_ptr_null(getenv("WATCHDOG_PID"));
}
END_TEST

/* The watchdog of systemd names the process it means. */
START_TEST(whose_watchdog)
{
    char pid[16];

    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    fake_manager_listen(fake_manager_path());
    fake_manager_watches("2000000", pid);
    ck_assert_int_eq(notify_open(), 0);
    ck_assert_uint_eq(notify_watchdog_us(), 2000000);

    fake_manager_listen(fake_manager_path());
    fake_manager_watches("3000000", NULL);
    ck_assert_int_eq(notify_open(), 0);
    ck_assert_uint_eq(notify_watchdog_us(), 3000000);

    fake_manager_listen(fake_manager_path());
    fake_manager_watches("2000000", "1");
    ck_assert_int_eq(notify_open(), 0);
    ck_assert_uint_eq(notify_watchdog_us(), 0);
    ck_assert(notify_wanted());
}
END_TEST

static const struct {
    const char *socket;
    const char *usec;
    int ret;
} bad[] = {
    { "", NULL, -EINVAL },
    { "/", NULL, -EINVAL },
    { "@", NULL, -EINVAL },
    { "run/notify", NULL, -EINVAL },
    { "vsock:2:1234", NULL, -EAFNOSUPPORT },
    { "/very/long/name/0123456789012345678901234567890123456789012345678901234"
      "5678901234567890123456789012345678901234567890123456789",
      NULL, -EINVAL },
    { "/run/notify", "", -EINVAL },
    { "/run/notify", "soon", -EINVAL },
    { "/run/notify", "-1", -EINVAL },
    { "/run/notify", "10s", -EINVAL },
    { "/run/notify", "99999999999999999999999", -EINVAL },
};

START_TEST(bad_environment)
{
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", bad[_i].socket, 1), 0);
    if (bad[_i].usec)
        fake_manager_watches(bad[_i].usec, NULL);
    ck_assert_int_eq(notify_open(), bad[_i].ret);
    ck_assert(!notify_wanted());
    ck_assert_uint_eq(notify_watchdog_us(), 0);
    ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
    ck_assert_int_eq(notify_alive(), 0);
}
END_TEST

/* A manager that has other things to do does not hold us up. */
START_TEST(a_full_queue_is_told)
{
    unsigned int n = 0;
    int ret;

    fake_manager_listen(fake_manager_path());
    ck_assert_int_eq(notify_open(), 0);
    do
        ret = notify_alive();
    while (ret == 0 && n++ < 100000);
    ck_assert_int_eq(ret, -EAGAIN);
    ck_assert_str_eq(fake_manager_hears(), "WATCHDOG=1");
    ck_assert_int_eq(notify_ready(), 0);
}
END_TEST

START_TEST(a_manager_comes_back)
{
    fake_manager_listen(fake_manager_path());
    ck_assert_int_eq(notify_open(), 0);
    fake_manager_end();
    ck_assert_int_eq(notify_ready(), -ENOENT);
    fake_manager_listen(fake_manager_path());
    ck_assert_int_eq(notify_ready(), 0);
    ck_assert_str_eq(fake_manager_hears(), "READY=1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify");
    TCase *tc = tcase_create("notify");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_test(tc, nobody_listens);
    tcase_add_loop_test(tc, each_message, 0, 2);
    tcase_add_test(tc, a_status_is_one_line);
    tcase_add_test(tc, children_inherit_nothing);
    tcase_add_test(tc, whose_watchdog);
    tcase_add_loop_test(tc, bad_environment, 0, (int)ARRAY_LEN(bad));
    tcase_add_test(tc, a_full_queue_is_told);
    tcase_add_test(tc, a_manager_comes_back);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
