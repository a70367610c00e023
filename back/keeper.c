/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nothing here allocates, opens or reads anything: there is little to die of. */
#include "keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

/* One that lives shorter dies of its start, and so would the next. */
#define MOMENT_MS 100u

static const struct timespec pause_after_moment = { .tv_sec = 1 };

struct keeper {
    sigset_t signals;
    pid_t broker;
    uint64_t since_ms;
    bool stopping;
};

static uint64_t now_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static void name_process(const char *name)
{
    (void)prctl(PR_SET_NAME, name);
}

static void become_broker(pid_t keeper, int (*broker)(void *arg), void *arg)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(EXIT_FAILURE);
    name_process("xenpcid");
    exit(broker(arg));
}

static int start(struct keeper *k, int (*broker)(void *arg), void *arg)
{
    const pid_t self = getpid();

    k->since_ms = now_ms();
    k->broker = fork();
    if (k->broker == 0)
        become_broker(self, broker, arg);
    return k->broker < 0 ? -errno : 0;
}

static void take_signal(struct keeper *k, int signo)
{
    if (signo < 0 || signo == SIGCHLD)
        return;
    if (signo != SIGHUP)
        k->stopping = true;
    if (k->broker > 0)
        (void)kill(k->broker, signo);
}

/* Its status, as of waitpid(). */
static int wait_for_end(struct keeper *k)
{
    int status;

    while (waitpid(k->broker, &status, WNOHANG) != k->broker)
        take_signal(k, sigwaitinfo(&k->signals, NULL));
    k->broker = 0;
    return status;
}

static void hold_back(struct keeper *k)
{
    const uint64_t until = now_ms() + 1000u;

    while (!k->stopping && now_ms() < until)
        take_signal(k, sigtimedwait(&k->signals, NULL, &pause_after_moment));
}

/* Is another one due? If not, *code is what to exit with. */
static bool goes_on(struct keeper *k, int status, int *code)
{
    if (WIFEXITED(status)) {
        *code = WEXITSTATUS(status);
        return false;
    }
    if (k->stopping) {
        *code = EXIT_FAILURE;
        return false;
    }
    log_warnx(
        "the broker was killed by signal %d (%s); the next one takes over",
        WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (now_ms() - k->since_ms < MOMENT_MS)
        hold_back(k);
    *code = EXIT_SUCCESS;
    return !k->stopping;
}

int keeper_run(int (*broker)(void *arg), void *arg)
{
    struct keeper k = { .stopping = false };
    sigset_t before;
    int code, ret;

    (void)sigemptyset(&k.signals);
    (void)sigaddset(&k.signals, SIGTERM);
    (void)sigaddset(&k.signals, SIGINT);
    (void)sigaddset(&k.signals, SIGHUP);
    (void)sigaddset(&k.signals, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &k.signals, &before);
    name_process("xenpcid-keeper");
    do {
        ret = start(&k, broker, arg);
        if (ret < 0) {
            log_warnx("cannot start the broker: %s", strerror(-ret));
            code = EXIT_FAILURE;
            break;
        }
    } while (goes_on(&k, wait_for_end(&k), &code));
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return code;
}
