/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See run-until.h. */
#include "run-until.h"

#include <stddef.h>
#include <time.h>

#include "loop.h"

#define DEADLINE_S 10
#define DUE_ROUNDS 32

struct run {
    run_cond *cond;
    void *arg;
    time_t end;
    bool met;
};

static time_t now_s(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec;
}

/* Between two looks at the condition the loop has a millisecond to work in. */
static void tick(void *arg)
{
    struct run *run = arg;

    run->met = run->cond(run->arg);
    if (run->met || now_s() > run->end)
        loop_stop();
    else
        (void)loop_after(1, tick, run);
}

bool run_until(run_cond *cond, void *arg)
{
    struct run run = { .cond = cond, .arg = arg, .end = now_s() + DEADLINE_S };

    (void)loop_after(0, tick, &run);
    loop_run();
    return run.met;
}

static bool rounds_over(void *arg)
{
    unsigned int *rounds = arg;

    return (*rounds)++ == DUE_ROUNDS;
}

void run_due(void)
{
    unsigned int rounds = 0;

    (void)run_until(rounds_over, &rounds);
}
