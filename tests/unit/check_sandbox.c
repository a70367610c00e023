/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sandbox of workers, for real: processes that confine themselves and then
 * try every system call there is. What needs root is left out without it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "sandbox-calls.h"
#include "sandbox.h"

#define DOMID 7

/* Larger than any number of a call. */
#define CALLS_END 600

/* The x32 calls have this bit. */
#define X32 0x40000000

/* ---- the table ---- */

START_TEST(the_table_is_in_order)
{
    size_t bad = 0;

    ck_assert_msg(sandbox_calls_ok(sandbox_calls, sandbox_ncalls, &bad),
                  "row %zu", bad);
}
END_TEST

#define FD(n)                                            \
    {                                                    \
        "a descriptor", 0, UINT_MAX, SANDBOX_CONSTANT, n \
    }

static const struct bad_table {
    struct sandbox_call rows[2];
    size_t row;
} bad_tables[] = {
    { { { "poll", { { 0 } }, "" }, { "read", { { 0 } }, "why" } }, 0 },
    { { { "poll", { { 0 } }, NULL }, { "read", { { 0 } }, "why" } }, 0 },
    { { { "no-such", { { 0 } }, "why" }, { "read", { { 0 } }, "why" } }, 0 },
    { { { "read", { { 0 } }, "why" }, { "poll", { { 0 } }, "why" } }, 1 },
    { { { "read", { { 0 } }, "why" }, { "read", { { 0 } }, "why" } }, 1 },
    { { { "read", { { 0 } }, "why" }, { "read", { FD(3) }, "why" } }, 1 },
    { { { "read", { FD(3) }, "why" }, { "read", { { 0 } }, "why" } }, 1 },
    { { { "read", { FD(3) }, "why" }, { "read", { FD(3) }, "why" } }, 1 },
    { { { "poll", { { 0 } }, "why" },
        { "read", { { "six", 6, 1, SANDBOX_CONSTANT, 1 } }, "why" } },
      1 },
    { { { "poll", { { 0 } }, "why" },
        { "read", { { "masked out", 0, 1, SANDBOX_CONSTANT, 2 } }, "why" } },
      1 },
    { { { "poll", { { 0 } }, "why" },
        { "read", { { "none", 0, 0, SANDBOX_CONSTANT, 0 } }, "why" } },
      1 },
    { { { "poll", { { 0 } }, "why" },
        { "read", { { "", 0, 1, SANDBOX_CONSTANT, 0 } }, "why" } },
      1 },
    { { { "poll", { { 0 } }, "why" }, { "read", { { 0 }, FD(3) }, "why" } },
      1 },
};

START_TEST(mistakes_in_a_table_are_found)
{
    const struct bad_table *t = &bad_tables[_i];
    size_t bad = 99;

    ck_assert(!sandbox_calls_ok(t->rows, ARRAY_LEN(t->rows), &bad));
    ck_assert_uint_eq(bad, t->row);
}
END_TEST

/* ---- the filter ---- */

/* Stands in for the event channel. */
static int port[2];

static void setup(void)
{
    ck_assert_int_eq(pipe(port), 0);
}

static void teardown(void)
{
    (void)close(port[0]);
    (void)close(port[1]);
}

/* How a confined child ends that makes one call: its wait status. */
static int status_after(long nr, long a, long b, long c)
{
    pid_t pid = fork();
    int status = 0;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        if (sandbox_filter(port[1]) < 0)
            _exit(99);
        (void)syscall(nr, a, b, c, -1L, 0L, 0L);
        (void)syscall(SYS_exit_group, 42L);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static bool was_killed(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

/*
 * Linux lets its own means, uretprobe (335) and uprobe (336), by every filter
 * (since 6.14, kernel/seccomp.c). Called from anywhere but the kernel's own
 * trampoline they do nothing, or end the caller.
 */
static bool is_the_kernels(long nr)
{
    return nr == 335 || nr == 336;
}

static bool went_on(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

/* With arguments that fit no condition. */
static const long unconditional[] = {
    SYS_brk,     SYS_close,   SYS_munmap,  SYS_poll,
    SYS_pread64, SYS_recvmsg, SYS_sendmsg, SYS_restart_syscall,
};

static bool is_unconditional(long nr)
{
    for (size_t i = 0; i < ARRAY_LEN(unconditional); i++)
        if (unconditional[i] == nr)
            return true;
    return false;
}

START_TEST(nothing_else_is_allowed)
{
    unsigned int refused = 0;

    for (long nr = 0; nr < CALLS_END; nr++) {
        int status = nr == SYS_exit_group ? 0 : status_after(nr, -1, -1, -1);

        if (nr == SYS_exit_group)
            continue;
        if (is_unconditional(nr)) {
            ck_assert_msg(went_on(status), "call %ld: %#x", nr,
                          (unsigned int)status);
            continue;
        }
        ck_assert_msg(was_killed(status) || is_the_kernels(nr), "call %ld: %#x",
                      nr, (unsigned int)status);
        refused++;
    }
    ck_assert_uint_eq(refused, CALLS_END - ARRAY_LEN(unconditional) - 1);
    ck_assert(was_killed(status_after(X32 | SYS_poll, 0, 0, 0)));
}
END_TEST

enum fate {
    KILLED,
    ALLOWED
};

enum which {
    NUMBER,
    PORT /* the port's descriptor is the first argument */
};

static const struct probe {
    const char *what;
    long nr;
    enum which which;
    long a;
    long b;
    long c;
    enum fate fate;
} probes[] = {
    { "read the port", SYS_read, PORT, 0, 0, 0, ALLOWED },
    { "read standard input", SYS_read, NUMBER, 0, 0, 0, KILLED },
    { "read the socket", SYS_read, NUMBER, 3, 0, 0, KILLED },
    { "write the port", SYS_write, PORT, 0, 0, 0, ALLOWED },
    { "write standard error", SYS_write, NUMBER, 2, 0, 0, KILLED },
    { "write standard output", SYS_write, NUMBER, 1, 0, 0, KILLED },
    { "write the socket", SYS_write, NUMBER, 3, 0, 0, KILLED },
    /* _IOC(_IOC_NONE, 'E', n, size), xen/sys/evtchn.h */
    { "notify", SYS_ioctl, PORT, 0, 0x044504, 0, ALLOWED },
    { "notify another", SYS_ioctl, NUMBER, 2, 0x044504, 0, KILLED },
    { "bind a virq", SYS_ioctl, PORT, 0, 0x044500, 0, KILLED },
    { "bind interdomain", SYS_ioctl, PORT, 0, 0x084501, 0, KILLED },
    { "bind unbound", SYS_ioctl, PORT, 0, 0x044502, 0, KILLED },
    { "unbind", SYS_ioctl, PORT, 0, 0x044503, 0, KILLED },
    { "reset", SYS_ioctl, PORT, 0, 0x004505, 0, KILLED },
    { "the next broker", SYS_accept4, NUMBER, 4, 0, 0, ALLOWED },
    { "accept from another", SYS_accept4, NUMBER, 3, 0, 0, KILLED },
    { "map memory", SYS_mmap, NUMBER, 0, 0, PROT_READ | PROT_WRITE, ALLOWED },
    { "map code", SYS_mmap, NUMBER, 0, 4096, PROT_READ | PROT_EXEC, KILLED },
    { "map code only", SYS_mmap, NUMBER, 0, 4096, PROT_EXEC, KILLED },
    { "ask the time", SYS_clock_gettime, NUMBER, CLOCK_MONOTONIC, 0, 0,
      ALLOWED },
    { "ask another clock", SYS_clock_gettime, NUMBER, CLOCK_REALTIME, 0, 0,
      KILLED },
    /* The kernel looks at 32 bits of it, so must the filter. */
    { "an upper half", SYS_clock_gettime, NUMBER,
      (long)0xffffffff00000000 | CLOCK_MONOTONIC, 0, 0, ALLOWED },
    { "not the port in 32 bits", SYS_read, NUMBER, (long)0x100000000, 0, 0,
      KILLED },
};

START_TEST(arguments_count)
{
    const struct probe *p = &probes[_i];
    long a = p->which == PORT ? port[1] : p->a;
    int status = status_after(p->nr, a, p->b, p->c);

    ck_assert_msg(p->fate == ALLOWED ? went_on(status) : was_killed(status),
                  "%s: %#x", p->what, (unsigned int)status);
}
END_TEST

START_TEST(no_filter_without_a_port)
{
    ck_assert_int_eq(sandbox_filter(-1), -EBADF);
}
END_TEST

/* ---- all of it ---- */

static char dir[32];

static bool is_root(const char *test)
{
    if (geteuid() == 0)
        return true;
    (void)fprintf(stderr, "%s: not run, for it needs root\n", test);
    return false;
}

static void setup_dir(void)
{
    setup();
    (void)snprintf(dir, sizeof(dir), "/tmp/check_sandbox.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown_dir(void)
{
    ck_assert_int_eq(rmdir(dir), 0);
    teardown();
}

/* A confined child that sleeps; it has said that it is ready. */
static pid_t confined(void)
{
    pid_t pid = fork();
    const char *what = NULL;
    char ready = 0;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        if (chdir(dir) < 0 || sandbox_enter(DOMID, port[1], &what) < 0)
            _exit(99);
        if (write(port[1], "r", 1) == 1)
            (void)poll(NULL, 0, 20000);
        _exit(98);
    }
    /* Otherwise a child that ended early would not be noticed. */
    (void)close(port[1]);
    port[1] = -1;
    ck_assert_int_eq(read(port[0], &ready, 1), 1);
    return pid;
}

/* /proc/PID/status has this line. */
static void expect_status(pid_t pid, const char *want)
{
    char path[64], line[256];
    bool found = false;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        found = found || strcmp(line, want) == 0;
    }
    (void)fclose(f);
    ck_assert_msg(found, "no \"%s\"", want);
}

static void expect_ids(pid_t pid, const char *name)
{
    const unsigned int id = (unsigned int)WORKER_UID_BASE + DOMID;
    char want[128];

    (void)snprintf(want, sizeof(want), "%s:\t%u\t%u\t%u\t%u", name, id, id, id,
                   id);
    expect_status(pid, want);
}

static void expect_root(pid_t pid)
{
    char path[64], target[PATH_MAX];
    ssize_t n;

    (void)snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
    n = readlink(path, target, sizeof(target) - 1);
    ck_assert_int_gt(n, 0);
    target[n] = '\0';
    ck_assert_str_eq(target, dir);
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        (void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
        n = readlink(path, target, sizeof(target) - 1);
        ck_assert_int_gt(n, 0);
        target[n] = '\0';
        ck_assert_str_eq(target, "/dev/null");
    }
}

START_TEST(nothing_is_left)
{
    pid_t pid;
    int status;

    if (!is_root("nothing_is_left"))
        return;
    pid = confined();
    expect_ids(pid, "Uid");
    expect_ids(pid, "Gid");
    expect_status(pid, "Groups:\t ");
    expect_status(pid, "CapInh:\t0000000000000000");
    expect_status(pid, "CapPrm:\t0000000000000000");
    expect_status(pid, "CapEff:\t0000000000000000");
    expect_status(pid, "CapBnd:\t0000000000000000");
    expect_status(pid, "CapAmb:\t0000000000000000");
    expect_status(pid, "NoNewPrivs:\t1");
#ifndef __SANITIZE_ADDRESS__
    expect_status(pid, "Seccomp:\t2");
#endif
    expect_root(pid);
    (void)kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

static const struct refusal {
    const char *what;
    mode_t mode;
    const char *file;
    uid_t uid;
    int err;
} refusals[] = {
    { "others may write", 0777, NULL, 0, -EPERM },
    { "a file is in it", 0755, "file", 0, -ENOTEMPTY },
    { "not root", 0755, NULL, 65534, -EPERM },
};

static int try_refusal(const struct refusal *r)
{
    const char *what = NULL;
    int ret;

    if (chdir(dir) < 0 || (r->uid != 0 && setuid(r->uid) < 0))
        return 99;
    ret = sandbox_enter(DOMID, port[1], &what);
    return ret == r->err && what ? 42 : 1;
}

START_TEST(a_half_sandbox_is_none)
{
    const struct refusal *r = &refusals[_i];
    char path[PATH_MAX];
    int status, fd;
    pid_t pid;

    if (!is_root("a_half_sandbox_is_none"))
        return;
    ck_assert_int_eq(chmod(dir, r->mode), 0);
    (void)snprintf(path, sizeof(path), "%s/%s", dir, r->file ? r->file : ".");
    if (r->file) {
        fd = open(path, O_CREAT | O_WRONLY, 0600);
        ck_assert_int_ge(fd, 0);
        (void)close(fd);
    }
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(try_refusal(r));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    if (r->file)
        ck_assert_int_eq(unlink(path), 0);
    ck_assert_msg(went_on(status), "%s: %#x", r->what, (unsigned int)status);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sandbox");
    TCase *table = tcase_create("table");
    TCase *filter = tcase_create("filter");
    TCase *enter = tcase_create("enter");

    tcase_add_test(table, the_table_is_in_order);
    tcase_add_loop_test(table, mistakes_in_a_table_are_found, 0,
                        (int)ARRAY_LEN(bad_tables));
    tcase_add_checked_fixture(filter, setup, teardown);
    tcase_set_timeout(filter, 60);
    tcase_add_test(filter, nothing_else_is_allowed);
    tcase_add_loop_test(filter, arguments_count, 0, (int)ARRAY_LEN(probes));
    tcase_add_test(filter, no_filter_without_a_port);
    tcase_add_checked_fixture(enter, setup_dir, teardown_dir);
    tcase_add_test(enter, nothing_is_left);
    tcase_add_loop_test(enter, a_half_sandbox_is_none, 0,
                        (int)ARRAY_LEN(refusals));
    suite_add_tcase(s, table);
    suite_add_tcase(s, filter);
    suite_add_tcase(s, enter);
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
