/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers that obey their guests, as the broker meets them: what is sent on a
 * real worker's own socket, and how it ends.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "worker-proc-private.h"
#include "worker-world.h"
#include "worker.h"

/* The worker's end of the socket, as whoever took it over has it. */
static int its_socket(void)
{
    int pidfd = (int)syscall(SYS_pidfd_open, worker_pid(), 0);
    int fd;

    ck_assert_int_ge(pidfd, 0);
    fd = (int)syscall(SYS_pidfd_getfd, pidfd, WORKER_SOCKET_FD, 0);
    (void)close(pidfd);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static void it_sends(const void *bytes, size_t n)
{
    int fd = its_socket();

    ck_assert_int_eq(send(fd, bytes, n, 0), (ssize_t)n);
    (void)close(fd);
}

static void send_rubbish(void)
{
    char bytes[100];

    memset(bytes, 0xa5, sizeof(bytes));
    it_sends(bytes, sizeof(bytes));
}

static void send_short(void)
{
    const struct msg m = { .type = MSG_CONFIG_WRITE };

    it_sends(&m, msg_size(MSG_CONFIG_WRITE) - 1);
}

static void send_descriptor(void)
{
    struct msg m = { .type = MSG_DEVICE_ADD };
    const int fds[2] = { STDIN_FILENO, STDIN_FILENO };
    int fd = its_socket();

    ck_assert_int_eq(msg_send(fd, &m, fds, 2), 0);
    (void)close(fd);
}

static void connect_again(void)
{
    const struct msg m = { .type = MSG_CONNECTED };

    it_sends(&m, msg_size(MSG_CONNECTED));
}

static void die_of_a_call(void)
{
    ck_assert_int_eq(kill(worker_pid(), SIGSYS), 0);
}

static const struct offence {
    void (*commit)(void);
    const char *reason;
} offences[] = {
    { send_rubbish, "it sent a malformed message" },
    { send_short, "it sent a malformed message" },
    { send_descriptor, "it sent a message only the broker may send" },
    { connect_again, "it sent an answer to nothing" },
    { die_of_a_call, "it made a system call outside its allow-list" },
};

START_TEST(an_offence_is_captivity)
{
    const struct offence *o = &offences[_i];

    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it serves");
    o->commit();
    eventually_in_loop(test_is_gone, NULL, "it is ended");
    ck_assert_uint_eq(test_seen.captured, 1);
    ck_assert_str_eq(test_seen.reason, o->reason);
}
END_TEST

START_TEST(any_other_death_is_an_accident)
{
    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it serves");
    ck_assert_int_eq(kill(worker_pid(), SIGKILL), 0);
    eventually_in_loop(test_is_gone, NULL, "it ends");
    ck_assert_uint_eq(test_seen.captured, 0);
}
END_TEST

static bool has_spoken(void *arg UNUSED)
{
    return test_seen.lines > 0;
}

START_TEST(its_lines_are_the_brokers)
{
    struct msg m = { .type = MSG_LOG };

    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it serves");
    m.u.log.priority = LOG_INFO;
    memset(m.u.log.text, 'x', sizeof(m.u.log.text));
    it_sends(&m, msg_size(MSG_LOG));
    eventually_in_loop(has_spoken, NULL, "a line comes");
    ck_assert_uint_eq(test_seen.priority, LOG_INFO);
    ck_assert_uint_eq(strlen(test_seen.line), MSG_LOG_TEXT);
    ck_assert_uint_eq(test_seen.gone, 0);
}
END_TEST

START_TEST(last_words_are_heard)
{
    const struct msg m = { .type = MSG_CONNECTED };

    test_starts();
    eventually_in_loop(test_is_settled, NULL, "it serves");
    ck_assert_int_eq(msg_send(test_worker->fd, &m, NULL, 0), 0);
    eventually_in_loop(test_is_gone, NULL, "it ends");
    ck_assert_uint_eq(test_seen.lines, 1);
    ck_assert_uint_eq(test_seen.priority, LOG_ERR);
    ck_assert_str_eq(test_seen.line, "the broker sent \"connected\"");
    ck_assert_str_eq(test_seen.reason, "exited with status 1");
}
END_TEST

TCase *worker_captured_tests(void)
{
    TCase *tc = tcase_create("captured");

    tcase_add_loop_test(tc, an_offence_is_captivity, 0,
                        (int)ARRAY_LEN(offences));
    tcase_add_test(tc, any_other_death_is_an_accident);
    tcase_add_test(tc, its_lines_are_the_brokers);
    tcase_add_test(tc, last_words_are_heard);
    return tc;
}
