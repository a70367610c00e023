/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/weight.c: who computes all the time gives way. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "loop.h"
#include "run-until.h"
#include "weight.h"

static const struct {
    const char *name;
    unsigned int percent;
    int before, after;
} steps[] = {
    { "asleep", 0, 0, 0 },      { "at work now and then", 39, 0, 0 },
    { "busy", 40, 0, 5 },       { "as busy as can be", 100, 0, 5 },
    { "busy still", 21, 5, 5 }, { "calm again", 20, 5, 0 },
};

START_TEST(a_share_has_a_weight)
{
    ck_assert_msg(weight_nice(steps[_i].percent, steps[_i].before) ==
                      steps[_i].after,
                  "%s", steps[_i].name);
}
END_TEST

static pid_t busy;

int __real_clock_getcpuclockid(pid_t pid, clockid_t *clock);
int __wrap_clock_getcpuclockid(pid_t pid, clockid_t *clock);

/* A process that has a processor for itself, on a machine that has none left. */
int __wrap_clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    int ret = __real_clock_getcpuclockid(pid, clock);

    if (ret == 0 && pid == busy)
        *clock = CLOCK_MONOTONIC;
    return ret;
}

static pid_t sleeper(void)
{
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        for (;;)
            (void)pause();
    return pid;
}

static int own;

/* Tests may run with a niceness of their own, and there is no more than 19. */
static bool is_nice(void *arg UNUSED)
{
    return getpriority(PRIO_PROCESS, (id_t)busy) ==
           (own + 5 < 19 ? own + 5 : 19);
}

START_TEST(a_busy_process_gives_way)
{
    struct weight *weights[2];
    pid_t calm;

    own = getpriority(PRIO_PROCESS, 0);
    loop_init();
    busy = sleeper();
    calm = sleeper();
    weights[0] = weight_new(busy);
    weights[1] = weight_new(calm);
    ck_assert(run_until(is_nice, NULL));
    ck_assert_int_eq(getpriority(PRIO_PROCESS, (id_t)calm), own);
    /* One that is gone but not forgotten does no harm. */
    (void)kill(busy, SIGKILL);
    (void)kill(calm, SIGKILL);
    (void)waitpid(busy, NULL, 0);
    (void)waitpid(calm, NULL, 0);
    run_due();
    weight_free(weights[1]);
    weight_free(weights[0]);
    weight_free(NULL);
    loop_fini();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("weight");
    TCase *tc = tcase_create("weight");

    tcase_add_loop_test(tc, a_share_has_a_weight, 0, (int)ARRAY_LEN(steps));
    tcase_add_test(tc, a_busy_process_gives_way);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
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
