/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registers and stops, by ptrace(2). x86-64. */
#include "trace.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Linux 4.3, include/uapi/linux/ptrace.h; glibc 2.36 has only the number. */
#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

#define TRIES 200

static int open_memory(pid_t pid)
{
    char path[64];
    int fd;

    (void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        err(2, "%s", path);
    return fd;
}

static void wait_stop(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
        errx(2, "process %d does not stop", (int)pid);
}

/* Below the red zone, in a frame that nobody uses while it sleeps. */
static long room_of(const struct user_regs_struct *regs)
{
    return (long)((regs->rsp - 4096) & ~15ull);
}

/* Stop it behind the two bytes of a system call instruction. */
static struct user_regs_struct stop_in_call(pid_t pid, int memory, long options)
{
    const struct timespec ms = { 0, 1000000 };
    struct user_regs_struct regs;
    unsigned char code[2];

    if (ptrace(PTRACE_SEIZE, pid, NULL, options) < 0)
        err(2, "cannot trace process %d", (int)pid);
    for (int i = 0; i < TRIES; i++) {
        if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
            err(2, "cannot interrupt it");
        wait_stop(pid);
        if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
            err(2, "cannot read its registers");
        if (pread(memory, code, 2, (off_t)regs.rip - 2) == 2 &&
            code[0] == 0x0f && code[1] == 0x05)
            return regs;
        (void)ptrace(PTRACE_CONT, pid, NULL, NULL);
        (void)nanosleep(&ms, NULL);
    }
    errx(2, "process %d is never found in a system call", (int)pid);
}

long trace_room(pid_t pid)
{
    int memory = open_memory(pid);
    struct user_regs_struct regs = stop_in_call(pid, memory, 0);

    if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
        err(2, "cannot let go of it");
    (void)close(memory);
    return room_of(&regs);
}

static void set_call(struct user_regs_struct *regs, const long call[7])
{
    regs->rip -= 2;
    regs->orig_rax = ~0ull; /* nothing to restart */
    regs->rax = (unsigned long long)call[0];
    regs->rdi = (unsigned long long)call[1];
    regs->rsi = (unsigned long long)call[2];
    regs->rdx = (unsigned long long)call[3];
    regs->r10 = (unsigned long long)call[4];
    regs->r8 = (unsigned long long)call[5];
    regs->r9 = (unsigned long long)call[6];
}

/* Over one instruction; false when it died of it. */
static bool step(pid_t pid, struct trace_result *result)
{
    long how = PTRACE_SINGLESTEP;
    int status, signal = 0;

    for (;;) {
        if (ptrace((enum __ptrace_request)how, pid, NULL, (long)signal) < 0)
            err(2, "cannot let it go on");
        if (waitpid(pid, &status, 0) != pid)
            err(2, "cannot wait for it");
        if (!WIFSTOPPED(status))
            break;
        signal = WSTOPSIG(status);
        if (signal == SIGTRAP)
            return true;
        /* A deadly signal on its way. */
        how = PTRACE_CONT;
    }
    result->died = true;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return false;
}

struct trace_result trace_call(pid_t pid, enum trace_filter filter,
                               const long call[7], const void *room)
{
    struct trace_result result = { 0 };
    int memory = open_memory(pid);
    struct user_regs_struct saved = stop_in_call(
        pid, memory, filter == TRACE_UNFILTERED ? PTRACE_O_SUSPEND_SECCOMP : 0);
    struct user_regs_struct regs = saved;
    int status = 0;

    if (pwrite(memory, room, TRACE_ROOM, (off_t)room_of(&regs)) != TRACE_ROOM)
        err(2, "cannot write its memory");
    set_call(&regs, call);
    if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0)
        err(2, "cannot set its registers");
    if (!step(pid, &result))
        return result;
    (void)close(memory);
    /* For what it has just done somebody may have killed it already. */
    if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0) {
        (void)waitpid(pid, &status, 0);
        result.died = true;
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        return result;
    }
    result.result = (long)regs.rax;
    saved.rax = (unsigned long long)-EINTR;
    saved.orig_rax = ~0ull;
    (void)ptrace(PTRACE_SETREGS, pid, NULL, &saved);
    (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
    return result;
}
