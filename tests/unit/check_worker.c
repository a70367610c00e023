/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/worker*.c: real worker processes. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "state.h"
#include "version.h"
#include "worker-world.h"

/* As automake has it. */
#define EXIT_SKIPPED 77

START_TEST(a_worker_serves_its_guest)
{
    char path[64], text[128] = "";
    int fd;

    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it says that nothing waits");
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    (void)guest_collects();
    ck_assert_uint_eq(test_seen.requests, 1);
    ck_assert_uint_eq(test_seen.request.type, MSG_CONFIG_WRITE);
    ck_assert_uint_eq(test_seen.settled, 1);
    /* ps shows whose it is. */
    (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)worker_pid());
    fd = open(path, O_RDONLY);
    ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
    (void)close(fd);
    ck_assert_str_eq(text, "xenpcid-worker");
    ck_assert_str_eq(text + strlen(text) + 1 + strlen(xenpci_version) + 1,
                     "d5");
}
END_TEST

START_TEST(a_worker_retires_between_two_requests)
{
    test_starts();
    test_is_mute = true;
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    eventually_in_loop(broker_was_asked, &test_seen, "the broker is asked");
    ck_assert_int_eq(worker_retire(test_worker), 0);
    ck_assert(!guest_has_answer());
    ck_assert_uint_eq(test_seen.gone, 0);
    test_answers();
    (void)guest_collects();
    eventually_in_loop(test_is_gone, NULL, "it retires");
    ck_assert_str_eq(test_seen.reason, "retired");
}
END_TEST

/* A signal does not reach a process that waits for a device. */
static bool in_the_kernel;

int __real_kill(pid_t pid, int signo);
int __wrap_kill(pid_t pid, int signo);

int __wrap_kill(pid_t pid, int signo)
{
    return in_the_kernel && signo == SIGKILL ? 0 : __real_kill(pid, signo);
}

static void note(void *arg)
{
    unsigned int *times = arg;

    ++*times;
}

static bool is_noted(void *arg)
{
    const unsigned int *times = arg;

    return *times > 0;
}

static bool is_dead(void *arg)
{
    return !process_lives(*(pid_t *)arg);
}

START_TEST(a_worker_that_does_not_end_is_not_waited_for)
{
    unsigned int times = 0;
    pid_t pid;

    test_starts();
    pid = worker_pid();
    in_the_kernel = true;
    worker_end(test_worker, note, &times);
    test_worker = NULL;
    eventually_in_loop(is_noted, &times, "nobody waits");
    in_the_kernel = false;
    ck_assert(process_lives(pid));
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    eventually_in_loop(is_dead, &pid, "it ends");
    ck_assert_uint_eq(times, 1);
}
END_TEST

/* What a worker asks waits meanwhile, and is not lost. */
START_TEST(a_worker_is_not_read_at_rest)
{
    uint64_t begun;

    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it says that nothing waits");
    begun = loop_now_ms();
    worker_rest(test_worker, 200);
    worker_rest(test_worker, 1); /* does not end it earlier */
    guest_posts_write(PCI_COMMAND, GUEST_COMMAND);
    (void)guest_collects();
    ck_assert_uint_ge(loop_now_ms() - begun, 200);
    ck_assert_uint_eq(test_seen.requests, 1);
    /* One that ends at rest is heard of all the same. */
    worker_rest(test_worker, 60000);
    ck_assert_int_eq(kill(worker_pid(), SIGKILL), 0);
    eventually_in_loop(test_is_gone, NULL, "it ends");
    ck_assert_uint_eq(test_seen.captured, 0);
}
END_TEST

/* Children of this process, by number. */
static unsigned int children(pid_t list[8])
{
    char path[64];
    unsigned int n = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
                   (int)getpid());
    f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (n < 8 && fscanf(f, "%d", &list[n]) == 1)
        n++;
    (void)fclose(f);
    return n;
}

static bool has_one_child(void *arg)
{
    return children(arg) == 1;
}

static bool has_two_children(void *arg)
{
    return children(arg) == 2;
}

START_TEST(one_is_always_ready)
{
    pid_t list[8] = { 0 }, first;

    worker_spare();
    ck_assert_uint_eq(children(list), 1);
    worker_spare();
    ck_assert_uint_eq(children(list), 1);
    first = list[0];
    test_starts();
    ck_assert_int_eq(worker_pid(), first);
    eventually_in_loop(has_two_children, list, "the next one is ready");
    /* One that ends without a guest is replaced as well. */
    ck_assert_int_eq(kill(list[0] == first ? list[1] : list[0], SIGKILL), 0);
    eventually_in_loop(has_one_child, list, "it ends");
    eventually_in_loop(has_two_children, list, "the next one is ready");
    ck_assert_uint_eq(guest_reads(0), GUEST_IDS);
}
END_TEST

static void broker_with_a_spare(void)
{
    loop_fini();
    loop_init();
    worker_spare();
    broker_seen->connected = 1;
    loop_run();
    _exit(EXIT_SUCCESS);
}

static bool is_ready(void *arg UNUSED)
{
    return broker_seen->connected > 0;
}

static bool has_no_children(void *arg)
{
    (void)children(arg);
    process_ends(*(pid_t *)arg);
    return children(arg) == 0;
}

/* Where there is no room for its socket, no broker to come can reach it. */
START_TEST(one_that_cannot_be_found_does_not_stay)
{
    pid_t list[8] = { 0 }, broker;

    state_open("/proc/none");
    broker = fork();
    if (broker == 0)
        broker_with_a_spare();
    eventually(is_ready, NULL, "the broker has its spare");
    broker_kill(broker);
    eventually(has_no_children, list, "the spare ends");
}
END_TEST

static TCase *worker_process_tests(void)
{
    TCase *tc = tcase_create("process");

    tcase_add_test(tc, a_worker_serves_its_guest);
    tcase_add_test(tc, a_worker_is_not_read_at_rest);
    tcase_add_test(tc, a_worker_retires_between_two_requests);
    tcase_add_test(tc, a_worker_that_does_not_end_is_not_waited_for);
    tcase_add_test(tc, one_is_always_ready);
    tcase_add_test(tc, one_that_cannot_be_found_does_not_stay);
    return tc;
}

static Suite *suite(void)
{
    Suite *s = suite_create("worker");
    TCase *const cases[] = { worker_process_tests(), worker_adopt_tests(),
                             worker_captured_tests() };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        tcase_add_checked_fixture(cases[i], worker_world_setup,
                                  worker_world_teardown);
        tcase_set_timeout(cases[i], 60);
        suite_add_tcase(s, cases[i]);
    }
    return s;
}

int main(void)
{
    SRunner *runner;
    int failed;

    if (geteuid() != 0) {
        (void)fputs("not run: workers give up root, which this is not\n",
                    stderr);
        return EXIT_SKIPPED;
    }
    runner = srunner_create(suite());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
