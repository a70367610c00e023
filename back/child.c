/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child of the broker sheds before it does anything. */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Standard input, output and error stay. */
#define FIRST_FD 3

static void reset_signals(void)
{
    static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
    struct sigaction act = { .sa_handler = SIG_DFL };
    int signo;
    size_t i;

    /* Some numbers are not for us to change; those have no handler either. */
    for (signo = 1; signo < NSIG; signo++)
        (void)sigaction(signo, &act, NULL);
    act.sa_handler = SIG_IGN;
    for (i = 0; i < ARRAY_LEN(ignored); i++)
        (void)sigaction(ignored[i], &act, NULL);
}

/* All but those of keep; false if the kernel does not know how. */
static bool close_others(const int keep[CHILD_KEEPS])
{
    unsigned int low = FIRST_FD;
    int one = keep[0] < keep[1] ? keep[0] : keep[1];
    int two = keep[0] < keep[1] ? keep[1] : keep[0];
    int i;

    for (i = 0; i < CHILD_KEEPS; i++) {
        int fd = i == 0 ? one : two;

        if (fd < (int)low)
            continue;
        if ((unsigned int)fd > low &&
            close_range(low, (unsigned int)fd - 1, 0) < 0)
            return false;
        low = (unsigned int)fd + 1;
    }
    return close_range(low, ~0u, 0) == 0;
}

pid_t child_fork(const char *name, const int keep[CHILD_KEEPS])
{
    const pid_t parent = getpid();
    sigset_t all, before;
    pid_t pid;
    int err;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    err = errno;
    if (pid == 0) {
        reset_signals();
        if (!close_others(keep))
            _exit(ENOSYS);
        (void)prctl(PR_SET_NAME, name);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EPIPE);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = err;
    return pid;
}
