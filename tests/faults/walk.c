/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: faults [--verbose] [SCENARIO...]
 *
 * Walks the scenarios, four at a time for each processor, for most of the time is
 * spent waiting. The last line says how many points passed and failed.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler.h"
#include "fault.h"
#include "house.h"
#include "point.h"
#include "processes.h"
#include "walk.h"

/* Of one process and call, at most: a loop that never ends is a failure. */
#define NTH_MAX 5000u

static struct totals {
    atomic_uint passed[FAULT_LIBRARIES];
    atomic_uint failed;
} * totals;
static bool verbose;

static void say_failed(const struct scenario *s, const struct fault_point *p,
                       const struct point_result *r)
{
    (void)printf("not ok: %s: %s %s #%u %s: %s\n", s->name,
                 fault_process_name(p->process), fault_call_name(p->call),
                 p->nth, fault_error_name(p->err), r->text);
    if (verbose)
        (void)printf("%s\n", r->log);
    atomic_fetch_add(&totals->failed, 1);
}

/* One call of one process with one error, at each of its uses. */
static unsigned int walk_uses(const struct scenario *s, struct fault_point *p,
                              const struct point_result *plain)
{
    enum fault_library library = fault_call_library(p->call);
    unsigned int visited = 0;
    struct point_result r;

    for (p->nth = 1; p->nth <= NTH_MAX; p->nth++) {
        point_run(s, p, plain, &r);
        if (!r.fired && r.good)
            return visited;
        visited++;
        if (r.good)
            atomic_fetch_add(&totals->passed[library], 1);
        else
            say_failed(s, p, &r);
        if (r.good && verbose)
            (void)printf("ok\n");
        if (!r.fired)
            return visited;
    }
    (void)printf("not ok: %s: no end of %s\n", s->name,
                 fault_call_name(p->call));
    atomic_fetch_add(&totals->failed, 1);
    return visited;
}

static unsigned int walk_calls(const struct scenario *s,
                               const struct point_result *plain,
                               unsigned int used[FAULT_PROCESSES][FAULT_CALLS])
{
    unsigned int visited = 0;
    struct fault_point p;

    for (unsigned int process = 0; process < FAULT_PROCESSES; process++)
        for (unsigned int call = 0; call < FAULT_CALLS; call++)
            for (unsigned int i = 0; used[process][call] > 0; i++) {
                p.process = (enum fault_process)process;
                p.call = (enum fault_call)call;
                p.err = fault_call_error(p.call, i);
                if (p.err == FAULT_NONE)
                    break;
                visited += walk_uses(s, &p, plain);
            }
    return visited;
}

static void walk(const struct scenario *s)
{
    static unsigned int used[FAULT_PROCESSES][FAULT_CALLS];
    const struct fault_point none = { .nth = 0 };
    struct point_result plain;

    point_run(s, &none, NULL, &plain);
    if (!plain.good) {
        say_failed(s, &none, &plain);
        return;
    }
    for (unsigned int p = 0; p < FAULT_PROCESSES; p++)
        for (unsigned int c = 0; c < FAULT_CALLS; c++)
            used[p][c] = fault_used((enum fault_process)p, (enum fault_call)c);
    (void)printf("%s: %u points\n", s->name, walk_calls(s, &plain, used));
}

static bool is_wanted(const char *name, char **list)
{
    if (!*list)
        return true;
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static void start(const struct scenario *s)
{
    static unsigned int running;

    if (running == 4 * (unsigned int)sysconf(_SC_NPROCESSORS_ONLN)) {
        (void)wait(NULL);
        running--;
    }
    (void)fflush(stdout);
    if (fork() == 0) {
        fault_init();
        processes_init();
        house_init();
        walk(s);
        exit(EXIT_SUCCESS);
    }
    running++;
}

int main(int argc, char **argv)
{
    unsigned int passed = 0, failed;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    totals = fault_shared(sizeof(*totals));
    verbose = argc > 1 && strcmp(argv[1], "--verbose") == 0;
    if (verbose)
        fault_trace();
    for (size_t i = 0; i < house_nscenarios; i++)
        if (is_wanted(house_scenarios[i].name, argv + 1 + verbose))
            start(&house_scenarios[i]);
    while (wait(NULL) > 0)
        ;
    for (unsigned int i = 0; i < FAULT_LIBRARIES; i++) {
        unsigned int n = atomic_load(&totals->passed[i]);

        (void)printf("%s: %u\n", fault_library_name((enum fault_library)i), n);
        passed += n;
    }
    failed = atomic_load(&totals->failed);
    (void)printf("faults: %u passed, %u failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
