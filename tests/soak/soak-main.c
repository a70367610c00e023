/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sequence of operations, and the verdict. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "log.h"
#include "soak.h"

#define HISTORY     40u
#define LOOK_EVERY  25u /* operations between two rests */
#define STEPS_SHORT 150u

static uint64_t seed, state;
static unsigned long step;
static char history[HISTORY][SOAK_TEXT];
static char noted[SOAK_TEXT];

/* Vigna's splitmix64: public domain, and every seed is a good one. */
static uint64_t next_random(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t soak_random(uint32_t n)
{
    return (uint32_t)(next_random() % n);
}

void soak_note(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(noted, sizeof(noted), fmt, args);
    va_end(args);
}

static void print_history(void)
{
    unsigned long first = step > HISTORY ? step - HISTORY : 0;

    for (unsigned long i = first; i < step; i++)
        printf("soak: step %lu: %s\n", i + 1, history[i % HISTORY]);
    printf("soak: step %lu: now: %s\n", step + 1, noted);
}

static void summary(unsigned int violations)
{
    char *done = soak_operations_done();

    printf("soak: fakes: seed %llu, %lu operations (%s), broker killed in the "
           "middle %u times, %u looks at rest, %u violations\n",
           (unsigned long long)seed, step, done ? done : "",
           soak_broker_deaths(), soak_rules_looks(), violations);
    free(done);
    (void)fflush(stdout);
}

void soak_fail(const char *fmt, ...)
{
    va_list args;

    print_history();
    printf("soak: VIOLATION, seed %llu, step %lu: ", (unsigned long long)seed,
           step + 1);
    va_start(args, fmt);
    (void)vprintf(fmt, args);
    va_end(args);
    printf("\n");
    summary(1);
    _exit(EXIT_FAILURE);
}

/* What the worlds of the unit tests call when an assertion fails. */
void fuzz_fail(const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    soak_fail("%s", text);
}

/* What a killed broker had allocated is nobody's any more. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void on_abort(int signo)
{
    soak_fail("the program got signal %d", signo);
}

static void one_step(void)
{
    const char *name;

    noted[0] = '\0';
    name = soak_operation();
    (void)snprintf(history[step % HISTORY], SOAK_TEXT, "%s %.200s", name,
                   noted);
    soak_guests_pump();
    if (soak_broker_runs())
        soak_tend();
    soak_rules_always();
    step++;
    if (step % LOOK_EVERY == 0) {
        soak_note("comes to rest");
        soak_rules_at_rest();
    }
}

static time_t now_s(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec;
}

struct limits {
    unsigned long steps;
    time_t seconds; /* 0: only the steps count */
};

static void usage(FILE *out)
{
    (void)fprintf(out,
                  "soak [--seed N] [--steps N] [--seconds N] [--no-kill]\n"
                  "Random operations on guests over a fake Xen; without "
                  "arguments %u of them.\n",
                  STEPS_SHORT);
}

static void take_options(int argc, char **argv, struct limits *limits)
{
    static const struct option options[] = {
        { "seed", required_argument, NULL, 's' },
        { "steps", required_argument, NULL, 'n' },
        { "seconds", required_argument, NULL, 't' },
        { "no-kill", no_argument, NULL, 'k' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 's') {
            seed = strtoull(optarg, NULL, 10);
        } else if (c == 'n') {
            limits->steps = strtoul(optarg, NULL, 10);
        } else if (c == 't') {
            limits->seconds = (time_t)strtoul(optarg, NULL, 10);
            limits->steps = 0;
        } else if (c == 'k') {
            soak_spare_broker();
        } else {
            usage(c == 'h' ? stdout : stderr);
            exit(c == 'h' ? EXIT_SUCCESS : EXIT_FAILURE);
        }
    }
}

int main(int argc, char **argv)
{
    struct limits limits = { .steps = STEPS_SHORT };
    time_t end;

    seed = 1;
    take_options(argc, argv, &limits);
    state = seed;
    end = now_s() + limits.seconds;
    (void)signal(SIGABRT, on_abort);
    (void)signal(SIGSEGV, on_abort);
    (void)signal(SIGBUS, on_abort);
    (void)signal(SIGPIPE, SIG_IGN);
    log_open("soak", LOG_TO_STDERR, getenv("SOAK_DEBUG") != NULL);
    soak_broker_prepare();
    soak_machine_setup();
    soak_broker_start();
    while (limits.seconds > 0 ? now_s() < end : step < limits.steps)
        one_step();
    soak_note("the end");
    soak_rules_at_rest();
    summary(0);
    return EXIT_SUCCESS;
}
