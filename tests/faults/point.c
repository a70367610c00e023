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

#include "processes.h"
#include "restart.h"
#include "tell.h"
#include "world.h"

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

/* One that could not be confined serves nobody. */
static void check_confined(void)
{
    const struct link *link;

    /* One that has died is replaced. */
    settle();
    link = link_find(BACK_DOMID);
    if (link && link->worker && link->connected &&
        !processes_is_confined(worker_pid(BACK_DOMID)))
        verdict("the worker serves without being confined");
}

/* Xen's idea of who has a device, and the broker's. */
static void check_halves(void)
{
    const struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (dev->phase == DEVICE_READY &&
            fake_xen_owner(dev->sbdf) != dev->domid &&
            fake_xen_domain(dev->domid)->exists)
            verdict("half attached: the broker says d%u has it, Xen d%u",
                    dev->domid, fake_xen_owner(dev->sbdf));
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++) {
        bool has = false;

        for (dev = device_next(NULL); dev; dev = device_next(dev))
            has = has || dev->domid == id;
        if (!has && fake_xen_domain(id)->exists && fake_xen_holdings(id) > 0)
            verdict("d%u has no device, and %u permissions or pirqs", id,
                    fake_xen_holdings(id));
    }
}

struct operation {
    const struct scenario *scenario;
    bool works;
};

static void do_operate(void *arg)
{
    struct operation *o = arg;

    o->works = o->scenario->operate();
}

static void operate(const struct scenario *scenario,
                    const struct fault_point *point)
{
    struct operation o = { .scenario = scenario };
    off_t from = lseek(log_fd, 0, SEEK_END);
    bool works, said, ended;
    char why[256];

    fault_arm(point);
    ended = !restart_catch(do_operate, &o);
    fault_disarm();
    works = !ended && o.works;
    if (!works && !fault_fired())
        verdict("fails without a fault");
    said = tell_complaints(log_fd, from, why) || front_was_told();
    if (!works && !said)
        verdict("fails without a word");
    if (why[0])
        verdict("%s", why);
    /* The service manager starts the next one, which goes on. */
    if (ended)
        restart_broker();
    check_halves();
    check_confined();
    if (!scenario->again())
        verdict("the next attempt fails");
}

static void run(const struct scenario *scenario,
                const struct fault_point *point,
                const struct point_result *allowed)
{
    unsigned int descriptors = processes_descriptors();

    (void)alarm(DEADLINE_S);
    fault_world_up();
    scenario->prepare();
    operate(scenario, point);
    fault_world_down();
    shared->descriptors = (int)(processes_descriptors() - descriptors);
    shared->children = (int)processes_children();
    if (allowed && shared->descriptors > allowed->descriptors)
        verdict("%d descriptors are left open",
                shared->descriptors - allowed->descriptors);
    if (allowed && shared->children > allowed->children)
        verdict("%d children are left", shared->children - allowed->children);
    shared->good = true;
    exit(EXIT_SUCCESS);
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
