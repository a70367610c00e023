/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One timer for all of them, and none where there are none. */
#include "weight.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "compiler.h"
#include "log.h"
#include "loop.h"

#define LOOK_MS 500u

/* A third of what others weigh; still enough to answer in time among them. */
#define NICE_BUSY 5

/* Two thresholds, so that nobody goes to and fro. */
#define BUSY_PERCENT 40u
#define IDLE_PERCENT 20u

struct weight {
    struct weight *next;
    pid_t pid;
    int base;     /* niceness it began with */
    int nice;     /* and what came on top */
    bool refused; /* by the kernel, which will not change its mind */
    uint64_t cpu_us, at_us;
};

static struct weight *all;
static struct loop_watch *next_look;

int weight_nice(unsigned int percent, int nice)
{
    if (percent >= BUSY_PERCENT)
        return NICE_BUSY;
    return percent <= IDLE_PERCENT ? 0 : nice;
}

/* What the process has used since it began; false when it is gone. */
static bool cpu_of(pid_t pid, uint64_t *us)
{
    struct timespec ts;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) < 0)
        return false;
    *us = (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
    return true;
}

static void weigh(struct weight *w)
{
    uint64_t now = loop_now_us(), cpu = 0;
    uint64_t percent;
    int nice;

    if (w->refused || now <= w->at_us || !cpu_of(w->pid, &cpu))
        return;
    percent = cpu > w->cpu_us ? (cpu - w->cpu_us) * 100u / (now - w->at_us) : 0;
    w->cpu_us = cpu;
    w->at_us = now;
    nice = weight_nice(percent > 100 ? 100 : (unsigned int)percent, w->nice);
    if (nice == w->nice)
        return;
    w->refused = setpriority(PRIO_PROCESS, (id_t)w->pid, w->base + nice) < 0;
    if (w->refused)
        log_warn("busy workers will not give way: setpriority");
    else
        w->nice = nice;
}

static void look(void *arg UNUSED)
{
    struct weight *w;

    next_look = NULL;
    for (w = all; w; w = w->next)
        weigh(w);
    if (all)
        next_look = loop_after(LOOK_MS, look, NULL);
}

struct weight *weight_new(pid_t pid)
{
    struct weight *w = calloc(1, sizeof(*w));

    if (!w)
        return NULL;
    w->pid = pid;
    /* An earlier broker may have found it busy. */
    w->base = getpriority(PRIO_PROCESS, 0);
    w->nice = getpriority(PRIO_PROCESS, (id_t)pid) - w->base;
    w->at_us = loop_now_us();
    (void)cpu_of(pid, &w->cpu_us);
    w->next = all;
    all = w;
    if (!next_look)
        next_look = loop_after(LOOK_MS, look, NULL);
    return w;
}

void weight_free(struct weight *w)
{
    struct weight **p = &all;

    if (!w)
        return;
    while (*p != w)
        p = &(*p)->next;
    *p = w->next;
    free(w);
    if (!all) {
        loop_cancel(next_look);
        next_look = NULL;
    }
}
