/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reaches stderr, and how much of it a guest can cause. */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "log.h"

static int saved_stderr;
static int capture;

static void setup(void)
{
    char path[] = "/tmp/xenpci-log-XXXXXX";

    capture = mkstemp(path);
    ck_assert_int_ge(capture, 0);
    ck_assert_int_eq(unlink(path), 0);
    saved_stderr = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(capture, STDERR_FILENO), 0);
    log_open("test", LOG_TO_STDERR, false);
}

static void teardown(void)
{
    ck_assert_int_ge(dup2(saved_stderr, STDERR_FILENO), 0);
    (void)close(saved_stderr);
    (void)close(capture);
}

static const char *captured(void)
{
    static char text[65536];
    ssize_t len = pread(capture, text, sizeof(text) - 1, 0);

    text[len > 0 ? len : 0] = '\0';
    return text;
}

static unsigned int lines(const char *text)
{
    unsigned int count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* Instead of the C library's, under each name that a compiler may choose. */
static char journal[512];

void openlog(const char *ident, int option, int facility)
{
    ck_assert_int_eq(option, LOG_PID);
    ck_assert_int_eq(facility, LOG_DAEMON);
    (void)snprintf(journal, sizeof(journal), "open %s\n", ident);
}

static void journal_add(int priority, const char *fmt, va_list args)
{
    size_t used = strlen(journal);

    used += (size_t)snprintf(journal + used, sizeof(journal) - used, "%d ",
                             priority);
    (void)vsnprintf(journal + used, sizeof(journal) - used, fmt, args);
    (void)strcat(journal, "\n");
}

void syslog(int priority, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    journal_add(priority, fmt, args);
    va_end(args);
}

void __syslog_chk(int priority, int flag, const char *fmt, ...);
void __syslog_chk(int priority, int flag UNUSED, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    journal_add(priority, fmt, args);
    va_end(args);
}

START_TEST(one_event_one_line)
{
    errno = ENOENT;
    log_debug("hidden");
    log_info("d%u %s: %s", 3u, "0000:03:00.0", "connected");
    log_warn("cannot open");
    ck_assert_int_eq(errno, ENOENT);
    log_warnx("refused");
    ck_assert_str_eq(captured(), "test: d3 0000:03:00.0: connected\n"
                                 "test: cannot open: No such file or "
                                 "directory\n"
                                 "test: refused\n");
}
END_TEST

START_TEST(debug_on_request)
{
    log_open("test", LOG_TO_STDERR, true);
    log_debug("shown");
    ck_assert_str_eq(captured(), "test: shown\n");
}
END_TEST

START_TEST(foreign_bytes_are_tamed)
{
    log_info("name=%s", "a\nxenpcid: forged\x1b[2J\x7f");
    ck_assert_str_eq(captured(), "test: name=a?xenpcid: forged?[2J?\n");
}
END_TEST

START_TEST(long_lines_stay_one_line)
{
    char text[3000];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_info("%s", text);
    ck_assert_uint_eq(lines(captured()), 1);
    ck_assert_uint_gt(strlen(captured()), 1000);
}
END_TEST

START_TEST(budget_limits_and_counts)
{
    struct log_budget budget = { 0 };

    for (unsigned int i = 0; i < 70; i++)
        log_limited(&budget, "bad request");
    ck_assert_uint_eq(lines(captured()), 20);
    ck_assert_uint_eq(budget.suppressed, 50);

    /* The next line was due ages ago: the budget is full again, no fuller. */
    budget.next_ns = 1;
    for (unsigned int i = 0; i < 70; i++)
        log_limited(&budget, "bad request");
    ck_assert_uint_eq(lines(captured()), 20 + 1 + 20);
    ck_assert_ptr_nonnull(
        strstr(captured(), "test: 50 lines like the next were suppressed\n"));
    ck_assert_uint_eq(budget.suppressed, 50);
}
END_TEST

START_TEST(budgets_are_separate)
{
    struct log_budget noisy = { 0 };
    struct log_budget quiet = { 0 };

    for (unsigned int i = 0; i < 70; i++)
        log_limited(&noisy, "noise");
    log_limited(&quiet, "signal");
    ck_assert_ptr_nonnull(strstr(captured(), "test: signal\n"));
}
END_TEST

START_TEST(information_is_limited_as_well)
{
    /* Its last line was granted an eternity ago. */
    struct log_budget budget = { .next_ns = 1, .suppressed = 7 };

    log_limited_info(&budget, "again");
    ck_assert_str_eq(captured(), "test: 7 lines like the next were suppressed\n"
                                 "test: again\n");
    ck_assert_uint_eq(budget.suppressed, 0);
    ck_assert_uint_gt(budget.left, 0);
}
END_TEST

/* What a process says that ends so. */
static const char *last_words(void (*end)(void))
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        end();
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILURE);
    return captured();
}

static void end_with_errno(void)
{
    errno = EACCES;
    fatal("cannot open %s", "it");
}

static void end_without(void)
{
    fatalx("not on Xen");
}

START_TEST(fatal_says_why_and_ends)
{
    ck_assert_str_eq(last_words(end_with_errno),
                     "test: cannot open it: Permission denied\n");
}
END_TEST

START_TEST(fatalx_says_why_and_ends)
{
    ck_assert_str_eq(last_words(end_without), "test: not on Xen\n");
}
END_TEST

static char carried[256];

static void carry(int priority, const char *line)
{
    (void)snprintf(carried, sizeof(carried), "%d %s", priority, line);
    errno = EBADF;
}

START_TEST(another_carrier_gets_the_lines)
{
    struct log_budget budget = { 0 };

    log_through(carry);
    errno = ENOENT;
    log_warn("a\tb");
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_str_eq(carried, "4 a?b: No such file or directory");
    log_limited_info(&budget, "fine");
    ck_assert_str_eq(carried, "6 fine");
    log_open("test", LOG_TO_STDERR, false);
    ck_assert_str_eq(captured(), "");
    log_info("here again");
    ck_assert_str_eq(captured(), "test: here again\n");
}
END_TEST

START_TEST(syslog_gets_lines_with_their_weight)
{
    log_open("test", LOG_TO_SYSLOG, false);
    log_info("started, 100%% of it");
    log_warnx("an %s", "evil\nline");
    log_open("test", LOG_TO_STDERR, false);
    ck_assert_str_eq(journal, "open test\n"
                              "6 started, 100% of it\n"
                              "4 an evil?line\n");
    ck_assert_str_eq(captured(), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tc = tcase_create("log");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, one_event_one_line);
    tcase_add_test(tc, debug_on_request);
    tcase_add_test(tc, foreign_bytes_are_tamed);
    tcase_add_test(tc, long_lines_stay_one_line);
    tcase_add_test(tc, budget_limits_and_counts);
    tcase_add_test(tc, budgets_are_separate);
    tcase_add_test(tc, information_is_limited_as_well);
    tcase_add_test(tc, fatal_says_why_and_ends);
    tcase_add_test(tc, fatalx_says_why_and_ends);
    tcase_add_test(tc, another_carrier_gets_the_lines);
    tcase_add_test(tc, syslog_gets_lines_with_their_weight);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
