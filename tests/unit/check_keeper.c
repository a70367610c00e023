/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/keeper.c: a broker that is killed has a successor. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "keeper.h"

#define DEADLINE_MS 10000

/* Of the keeper and of all its brokers. */
static struct shared {
    unsigned int starts;
    unsigned int pauses;
    int64_t now_ms;
    int signo;        /* that a pause ends with */
    int lives_ms[4];  /* each broker */
    bool blocked[65]; /* when the first one starts */
} * shared;

static void setup(void)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    shared->now_ms = 1000;
}

static void teardown(void)
{
    (void)munmap(shared, sizeof(*shared));
    shared = NULL;
}

/* The keeper's clock and its pause; nothing waits here. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);
int __real_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info,
                        const struct timespec *timeout);
int __real_sigtimedwait(const sigset_t *set, siginfo_t *info,
                        const struct timespec *timeout);

/* Check has its own use for it, outside the tests. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
    if (!shared)
        return __real_clock_gettime(clock, ts);
    ts->tv_sec = (time_t)(shared->now_ms / 1000);
    ts->tv_nsec = (long)(shared->now_ms % 1000) * 1000000;
    return 0;
}

int __wrap_sigtimedwait(const sigset_t *set UNUSED, siginfo_t *info UNUSED,
                        const struct timespec *timeout)
{
    shared->pauses++;
    if (shared->signo != 0)
        return shared->signo;
    shared->now_ms += (int64_t)timeout->tv_sec * 1000;
    errno = EAGAIN;
    return -1;
}

/* Lives as long as it should; the third one ends by itself. */
static int dies_twice(void *arg UNUSED)
{
    unsigned int n = shared->starts++;

    shared->now_ms += shared->lives_ms[n];
    if (n < 2)
        (void)raise(SIGKILL);
    return 7;
}

START_TEST(one_that_is_killed_has_a_successor_at_once)
{
    shared->lives_ms[0] = 150;
    shared->lives_ms[1] = 100;
    ck_assert_int_eq(keeper_run(dies_twice, NULL), 7);
    ck_assert_uint_eq(shared->starts, 3);
    ck_assert_uint_eq(shared->pauses, 0);
}
END_TEST

START_TEST(one_that_dies_of_its_start_has_one_later)
{
    shared->lives_ms[0] = 99;
    shared->lives_ms[1] = 150;
    ck_assert_int_eq(keeper_run(dies_twice, NULL), 7);
    ck_assert_uint_eq(shared->starts, 3);
    ck_assert_uint_eq(shared->pauses, 1);
}
END_TEST

START_TEST(to_stop_need_not_wait_for_a_successor)
{
    shared->signo = _i;
    ck_assert_int_eq(keeper_run(dies_twice, NULL), EXIT_SUCCESS);
    ck_assert_uint_eq(shared->starts, 1);
    ck_assert_uint_eq(shared->pauses, 1);
}
END_TEST

static int returns_three(void *arg)
{
    sigset_t mask;
    int signo;

    ck_assert_ptr_eq(arg, shared);
    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    for (signo = 1; signo < 65; signo++)
        shared->blocked[signo] = sigismember(&mask, signo) == 1;
    shared->starts++;
    return 3;
}

START_TEST(one_that_ends_by_itself_says_how_all_ends)
{
    int signo;

    ck_assert_int_eq(keeper_run(returns_three, shared), 3);
    ck_assert_uint_eq(shared->starts, 1);
    for (signo = 1; signo < 65; signo++)
        ck_assert_msg(shared->blocked[signo] ==
                          (signo == SIGTERM || signo == SIGINT ||
                           signo == SIGHUP || signo == SIGCHLD),
                      "signal %d", signo);
}
END_TEST

/* What its keeper is sent; 0 when it hears of it. */
static int hears(int signo)
{
    const struct timespec patience = { .tv_sec = DEADLINE_MS / 1000 };
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, signo);
    (void)kill(getppid(), signo);
    return __real_sigtimedwait(&set, NULL, &patience) == signo ? 0 : 1;
}

static int hears_all(void *arg UNUSED)
{
    return hears(SIGHUP) + hears(SIGINT) + hears(SIGTERM);
}

START_TEST(signals_are_passed_on)
{
    ck_assert_int_eq(keeper_run(hears_all, NULL), 0);
}
END_TEST

static int is_killed_while_it_stops(void *arg UNUSED)
{
    shared->starts++;
    shared->now_ms += 500;
    if (hears(SIGTERM) == 0)
        (void)raise(SIGKILL);
    return 1;
}

START_TEST(one_that_is_killed_while_it_stops_has_none)
{
    ck_assert_int_eq(keeper_run(is_killed_while_it_stops, NULL), EXIT_FAILURE);
    ck_assert_uint_eq(shared->starts, 1);
}
END_TEST

/* Says that it lives; whoever listens hears its end. */
static int lives_on(void *arg)
{
    const int *fds = arg;

    if (write(fds[1], "!", 1) != 1)
        return 1;
    for (;;)
        (void)pause();
}

static bool is_readable(int fd)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };

    return poll(&pfd, 1, DEADLINE_MS) == 1;
}

START_TEST(it_does_not_outlive_its_keeper)
{
    char byte;
    int fds[2];
    pid_t keeper;

    ck_assert_int_eq(pipe(fds), 0);
    keeper = fork();
    ck_assert_int_ge(keeper, 0);
    if (keeper == 0)
        _exit(keeper_run(lives_on, fds));
    (void)close(fds[1]);
    ck_assert(is_readable(fds[0]));
    ck_assert_int_eq(read(fds[0], &byte, 1), 1);
    (void)kill(keeper, SIGKILL);
    ck_assert(is_readable(fds[0]));
    ck_assert_int_eq(read(fds[0], &byte, 1), 0);
    ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
    (void)close(fds[0]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("keeper");
    TCase *tc = tcase_create("keeper");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, one_that_is_killed_has_a_successor_at_once);
    tcase_add_test(tc, one_that_dies_of_its_start_has_one_later);
    tcase_add_loop_test(tc, to_stop_need_not_wait_for_a_successor, SIGINT,
                        SIGINT + 1);
    tcase_add_loop_test(tc, to_stop_need_not_wait_for_a_successor, SIGTERM,
                        SIGTERM + 1);
    tcase_add_test(tc, one_that_ends_by_itself_says_how_all_ends);
    tcase_add_test(tc, signals_are_passed_on);
    tcase_add_test(tc, one_that_is_killed_while_it_stops_has_none);
    tcase_add_test(tc, it_does_not_outlive_its_keeper);
    suite_add_tcase(s, tc);
    runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
