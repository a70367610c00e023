/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reset methods in order, in a child; what came of each, in shared memory. */
#include "reset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "aer-enable.h"
#include "job.h"
#include "log.h"
#include "loop.h"
#include "restore.h"
#include "sysfs.h"
#include "verify.h"

/* PCIe 6.0 6.6.2: 100 ms after an FLR; a bus reset takes over a second; Linux
 * itself waits up to a minute for a device that stays away. */
#define DEADLINE_MS 10000u

/* PCIe 6.0 6.6.1: a device may ask to be retried for a second after a reset. */
#define RETURN_MS 1200u

/* What the child has to say; the texts are constants of the program. */
struct reset_try {
    int err;
    const char *what;
    bool present;
    bool verdict; /* ours: what says it all, err adds nothing */
};

struct report {
    unsigned int tried;
    struct reset_try tries[RESET_METHODS + 1];
};

struct reset {
    struct reset_request request;
    struct reset_order plan;
    char select_path[256], reset_path[256];
    char offered[128]; /* what reset_method said, "" if the kernel has none */
    struct report *report;
    struct reset_outcome outcome;
};

static int put_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC);
    ssize_t len = (ssize_t)strlen(text);
    int ret = 0;

    if (fd < 0)
        return -errno;
    if (write(fd, text, (size_t)len) != len)
        ret = errno ? -errno : -EIO;
    (void)close(fd);
    return ret;
}

/* One name that is the only one offered needs no choosing. */
static bool must_choose(const struct reset *r)
{
    return r->offered[0] != '\0' && strchr(r->offered, ' ');
}

/* These ask the device itself, and one that is silent keeps Linux waiting. */
static bool needs_the_device(const char *method)
{
    return strcmp(method, "bus") != 0 && strcmp(method, "cxl_bus") != 0 &&
           strcmp(method, "acpi") != 0;
}

static int reset_by(const struct reset *r, const char *method,
                    const char **what)
{
    int ret = 0;

    if (must_choose(r)) {
        *what = "cannot be chosen";
        ret = put_text(r->select_path, method);
    }
    if (ret == 0) {
        *what = "the kernel says";
        ret = put_text(r->reset_path, "1");
    }
    return ret;
}

static bool is_verdict(int err)
{
    return err == -ENODEV || err == -ESTALE || err == -EBADMSG;
}

static int restore(const struct reset *r, struct reset_try *try)
{
    const struct cfgspace *cs = r->request.cs;
    int fd = r->request.config_fd;
    int ret = verify_present(fd, cs->snapshot, RETURN_MS, &try->what);

    try->present = ret == 0;
    if (ret == 0) {
        try->what = "its registers cannot be put back";
        ret = restore_write(fd, cs);
    }
    if (ret == 0 && r->request.report_errors) {
        try->what = "its error reporting cannot be turned on";
        ret = aer_enable(fd, cs);
    }
    if (ret == 0)
        ret = verify_clean(fd, cs, &try->what);
    try->verdict = is_verdict(ret);
    return ret;
}

static bool is_silent(const struct reset *r)
{
    const char *what;

    return verify_present(r->request.config_fd, r->request.cs->snapshot, 0,
                          &what) == -ENODEV;
}

static int try_method(const struct reset *r, const char *method,
                      struct reset_try *try)
{
    if (needs_the_device(method) && is_silent(r)) {
        try->what = "needs a device that answers";
        try->err = -ENODEV;
        try->verdict = true;
        return try->err;
    }
    try->err = reset_by(r, method, &try->what);
    if (try->err == 0)
        try->err = restore(r, try);
    return try->err;
}

/* In the child. */
static int work(void *arg)
{
    struct reset *r = arg;
    struct report *report = r->report;
    struct reset_try last = { 0 };
    unsigned int i;
    int ret = -ENOTTY;

    for (i = 0; i < r->plan.n && ret != 0; i++) {
        report->tried = i + 1;
        ret = try_method(r, r->plan.names[i], &report->tries[i]);
    }
    if (i > 0 && must_choose(r))
        (void)put_text(r->select_path, r->offered);
    if (ret == 0)
        return 0;
    /* No reset, or none that worked: at least leave it in order. */
    last.err = restore(r, &last);
    report->tries[RESET_METHODS] = last;
    return r->plan.n == 0 ? last.err : ret;
}

static void say(char text[RESET_TEXT], const char *method,
                const struct reset_try *try)
{
    size_t len = strlen(text);

    (void)snprintf(text + len, RESET_TEXT - len, "%s%s%s%s%s%s",
                   len > 0 ? "; " : "", method, method[0] ? ": " : "",
                   try->what ? try->what : "cannot be tried",
                   try->verdict ? "" : ": ",
                   try->verdict ? "" : strerror(-try->err));
}

static void judge(struct reset *r, int err)
{
    struct reset_outcome *o = &r->outcome;
    const struct report *report = r->report;
    const struct reset_try *last = &report->tries[RESET_METHODS];
    unsigned int i;

    o->err = err;
    o->had_method = r->plan.n > 0;
    o->present = err == 0 || (err != -ETIMEDOUT && last->present);
    for (i = 0; i < report->tried && i < RESET_METHODS; i++) {
        memcpy(o->method, r->plan.names[i], RESET_NAME);
        if (report->tries[i].err < 0)
            say(o->text, o->method, &report->tries[i]);
    }
    if (r->plan.n == 0 && err < 0)
        say(o->text, "", last);
    if (err == -ETIMEDOUT)
        say(o->text, o->method,
            &(struct reset_try){ .what = "has not ended", .verdict = true });
    else if (err < 0 && o->text[0] == '\0')
        say(o->text, "", &(struct reset_try){ .err = err });
}

static void on_done(void *arg, int err)
{
    struct reset *r = arg;

    judge(r, err);
    r->request.done(r->request.arg, &r->outcome);
}

static void reset_free(void *arg)
{
    struct reset *r = arg;

    (void)munmap(r->report, sizeof(*r->report));
    free(r);
}

/* In a child: the kernel asks the device what it can do. */
static int put_order(void *arg)
{
    const struct reset *r = arg;

    return put_text(r->select_path, r->offered);
}

static void nothing(void *arg UNUSED, int err UNUSED)
{
}

/* The child that was too late has not put the methods back. */
static void on_gone(void *arg)
{
    struct reset *r = arg;
    const struct job_calls calls = {
        .sbdf = r->request.sbdf,
        .fd = -1,
        .work = put_order,
        .done = nothing,
        .gone = reset_free,
        .arg = r,
    };

    if (r->outcome.err != -ETIMEDOUT || r->plan.n == 0 || !must_choose(r) ||
        job_start(&calls, DEADLINE_MS) < 0)
        reset_free(r);
}

static void on_no_start(void *arg)
{
    struct reset *r = arg;

    on_done(r, r->outcome.err);
    on_gone(r);
}

static void look_up(struct reset *r)
{
    const struct reset_request *q = &r->request;
    int ret = sysfs_reset_methods(q->sbdf, r->offered, sizeof(r->offered));

    sysfs_device_path(q->sbdf, "reset", r->reset_path, sizeof(r->reset_path));
    sysfs_device_path(q->sbdf, "reset_method", r->select_path,
                      sizeof(r->select_path));
    if (ret < 0)
        r->offered[0] = '\0';
    /* Kernels before 5.15 do not say which methods they have. */
    reset_plan(r->offered, strcmp(r->offered, "default") == 0 ? NULL : q->wish,
               &r->plan);
}

void reset_start(const struct reset_request *request)
{
    struct reset *r = calloc(1, sizeof(*r));
    struct job_calls calls = {
        .sbdf = request->sbdf,
        .fd = request->config_fd,
        .work = work,
        .done = on_done,
        .gone = on_gone,
        .arg = r,
    };

    if (!r)
        fatalx("out of memory");
    r->request = *request;
    r->report = job_memory(sizeof(*r->report));
    look_up(r);
    r->outcome.err = job_start(&calls, DEADLINE_MS);
    if (r->outcome.err < 0)
        (void)loop_after(0, on_no_start, r);
}
