/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See point.h. */
#include "point.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"
#include "processes.h"

#define DEADLINE_S 30

static struct point_result *shared;
static int log_fd;

void verdict(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(shared->text, sizeof(shared->text), fmt, args);
    va_end(args);
    _exit(EXIT_FAILURE);
}

/* The worlds of the unit tests say ck_assert(); no Check runs here. */
void _mark_point(const char *file UNUSED, int line UNUSED)
{
}

void _ck_assert_failed(const char *file, int line, const char *expr,
                       const char *msg, ...)
{
    char text[400] = "";
    va_list args;

    va_start(args, msg);
    if (msg)
        (void)vsnprintf(text, sizeof(text), msg, args);
    va_end(args);
    verdict("%s:%d: %s %s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file,
            line, expr, text);
}

static void run(const struct scenario *scenario,
                const struct fault_point *point,
                const struct point_result *allowed)
{
    unsigned int descriptors = processes_descriptors();

    (void)alarm(DEADLINE_S);
    house_up();
    scenario->prepare();
    house_operate(scenario, point, log_fd);
    house_down();
    shared->descriptors = (int)(processes_descriptors() - descriptors);
    shared->children = (int)processes_children();
    if (allowed && shared->descriptors > allowed->descriptors)
        verdict("%d descriptors are left open",
                shared->descriptors - allowed->descriptors);
    if (allowed && shared->children > allowed->children)
        verdict("%d children are left", shared->children - allowed->children);
    shared->good = true;
    if (house_lost_memory())
        _exit(EXIT_SUCCESS);
    exit(EXIT_SUCCESS); /* where sanitizers look for leaks */
}

static void judge(int status, struct point_result *result)
{
    ssize_t len;
    off_t end = lseek(log_fd, 0, SEEK_END);
    off_t from = end > 4000 ? end - 4000 : 0;

    *result = *shared;
    result->fired = fault_fired();
    if (WIFSIGNALED(status))
        (void)snprintf(result->text, sizeof(result->text),
                       WTERMSIG(status) == SIGALRM ? "hangs" : "signal %d",
                       WTERMSIG(status));
    else if (result->good && WEXITSTATUS(status) != 0)
        (void)snprintf(result->text, sizeof(result->text), "leaks memory");
    else if (!result->good && result->text[0] == '\0')
        (void)snprintf(result->text, sizeof(result->text),
                       "the broker ended with status %d", WEXITSTATUS(status));
    result->good = result->good && result->text[0] == '\0';
    len = pread(log_fd, result->log, sizeof(result->log) - 1, from);
    result->log[len > 0 ? len : 0] = '\0';
}

void point_run(const struct scenario *scenario, const struct fault_point *point,
               const struct point_result *allowed, struct point_result *result)
{
    int status = 0;
    pid_t pid;

    processes_forget_workers();
    if (!shared)
        shared = fault_shared(sizeof(*shared));
    memset(shared, 0, sizeof(*shared));
    log_fd = memfd_create("log", MFD_CLOEXEC);
    (void)fcntl(log_fd, F_SETFL, O_APPEND);
    pid = fork();
    if (pid == 0) {
        (void)setpgid(0, 0);
        (void)dup2(log_fd, STDERR_FILENO);
        run(scenario, point, allowed);
    }
    (void)waitpid(pid, &status, 0);
    /* What it may have left. */
    (void)kill(-pid, SIGKILL);
    judge(status, result);
    (void)close(log_fd);
}
