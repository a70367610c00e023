/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would a guest have that took its worker over? Makes the real worker try:
 *
 *	captured [--unfiltered] PID BROKER OTHER CALL
 *	captured --list
 *
 * BROKER is the process to be harmed, OTHER the domain id of another guest.
 * Prints "killed by signal N" or "returned N". With --unfiltered the kernel leaves
 * the seccomp filter out (PTRACE_O_SUSPEND_SECCOMP), so that what else stops the
 * call is seen. --list prints the calls, and what must stop each without the
 * filter: an errno, or "-" where only the filter does.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xen/xen.h>

#include <xen/sys/evtchn.h>
#include <xen/sys/gntdev.h>
#include <xen/sys/privcmd.h>

#include "trace.h"

#define BROKER_SOCKET 3

/* What an argument is. */
enum kind {
    NUMBER,
    ROOM,   /* the address of what the call points to */
    CONFIG, /* a descriptor of a device's configuration space */
    PORT,   /* the event channel's */
    BROKER  /* the process id */
};

struct argument {
    enum kind kind;
    long number;
};

struct room {
    _Alignas(8) char bytes[TRACE_ROOM];
};

struct call {
    const char *name;
    long nr;
    struct argument args[4];
    const char *text; /* into the room */
    int err;          /* without the filter; 0: it would be done */
    void (*fill)(struct room *room, long address, unsigned int other);
};

static void fill_bind(struct room *room, long address, unsigned int other)
{
    struct ioctl_evtchn_bind_interdomain bind = { other, 1 };

    (void)address;
    memcpy(room->bytes, &bind, sizeof(bind));
}

static void fill_map(struct room *room, long address, unsigned int other)
{
    struct ioctl_gntdev_map_grant_ref map = { .count = 1 };

    (void)address;
    map.refs[0].domid = other;
    map.refs[0].ref = 8;
    memcpy(room->bytes, &map, sizeof(map));
}

/* A message of a type that there is not, in one datagram. */
static void fill_rubbish(struct room *room, long address, unsigned int other)
{
    struct msghdr *hdr = (struct msghdr *)room->bytes;
    struct iovec *iov = (struct iovec *)(room->bytes + 128);

    (void)other;
    iov->iov_base = (void *)(address + 256);
    iov->iov_len = 100;
    hdr->msg_iov = (struct iovec *)(address + 128);
    hdr->msg_iovlen = 1;
    memset(room->bytes + 256, 0xa5, 100);
}

#define N(n)              \
    {                     \
        NUMBER, (long)(n) \
    }
#define R       \
    {           \
        ROOM, 0 \
    }

static const struct call calls[] = {
    { "open-file",
      SYS_openat,
      { N(AT_FDCWD), R, N(O_RDONLY) },
      "/etc/passwd",
      ENOENT,
      NULL },
    { "open-beside-config",
      SYS_openat,
      { { CONFIG, 0 }, R, N(O_RDWR) },
      "../config",
      ENOTDIR,
      NULL },
    /* Not EBADF: sysfs lets files that are open for reading have no place to
     * write at (Linux 6.1 fs/kernfs/file.c, seq_open()). */
    { "write-config-at",
      SYS_pwrite64,
      { { CONFIG, 0 }, R, N(2), N(4) },
      "\7\1",
      ESPIPE,
      NULL },
    { "write-config",
      SYS_write,
      { { CONFIG, 0 }, R, N(2) },
      "\7\1",
      EBADF,
      NULL },
    { "open-gntdev",
      SYS_openat,
      { N(AT_FDCWD), R, N(O_RDWR) },
      "/dev/xen/gntdev",
      ENOENT,
      NULL },
    { "map-grant",
      SYS_ioctl,
      { { PORT, 0 }, N(IOCTL_GNTDEV_MAP_GRANT_REF), R },
      NULL,
      ENOSYS,
      fill_map },
    { "open-privcmd",
      SYS_openat,
      { N(AT_FDCWD), R, N(O_RDWR) },
      "/dev/xen/privcmd",
      ENOENT,
      NULL },
    { "hypercall",
      SYS_ioctl,
      { { PORT, 0 }, N(IOCTL_PRIVCMD_HYPERCALL), R },
      NULL,
      ENOSYS,
      NULL },
    { "bind-other-guest",
      SYS_ioctl,
      { { PORT, 0 }, N(IOCTL_EVTCHN_BIND_INTERDOMAIN), R },
      NULL,
      EACCES,
      fill_bind },
    { "bind-virq",
      SYS_ioctl,
      { { PORT, 0 }, N(IOCTL_EVTCHN_BIND_VIRQ), R },
      NULL,
      EACCES,
      NULL },
    { "kill-broker",
      SYS_kill,
      { { BROKER, 0 }, N(SIGKILL) },
      NULL,
      EPERM,
      NULL },
    { "trace-broker",
      SYS_ptrace,
      { N(PTRACE_ATTACH), { BROKER, 0 } },
      NULL,
      EPERM,
      NULL },
    { "exec", SYS_execve, { R, N(0), N(0) }, "/bin/sh", ENOENT, NULL },
    { "fork", SYS_clone, { N(SIGCHLD), N(0), N(0) }, NULL, EAGAIN, NULL },
    { "become-root", SYS_setuid, { N(0) }, NULL, EPERM, NULL },
    { "leave-root-dir", SYS_chroot, { R }, "..", EPERM, NULL },
    { "open-socket",
      SYS_socket,
      { N(AF_UNIX), N(SOCK_STREAM), N(0) },
      NULL,
      0,
      NULL },
    { "new-code",
      SYS_mmap,
      { N(0), N(4096), N(PROT_READ | PROT_EXEC),
        N(MAP_PRIVATE | MAP_ANONYMOUS) },
      NULL,
      0,
      NULL },
    { "data-as-code",
      SYS_mprotect,
      { R, N(4096), N(PROT_READ | PROT_EXEC) },
      NULL,
      0,
      NULL },
    { "malformed-message",
      SYS_sendmsg,
      { N(BROKER_SOCKET), R, N(0) },
      NULL,
      0,
      fill_rubbish },
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

/* The process's descriptor whose link ends so. */
static long find_fd(pid_t pid, const char *end)
{
    char path[64], target[256];
    const struct dirent *entry;
    long found = -1;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    dir = opendir(path);
    if (!dir)
        err(2, "%s", path);
    while ((entry = readdir(dir))) {
        ssize_t n =
            readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

        if (n < (ssize_t)strlen(end))
            continue;
        target[n] = '\0';
        if (strcmp(target + n - strlen(end), end) == 0)
            found = strtol(entry->d_name, NULL, 10);
    }
    (void)closedir(dir);
    if (found < 0)
        errx(2, "process %d has no descriptor of %s", (int)pid, end);
    return found;
}

struct world {
    pid_t pid;
    pid_t broker;
    unsigned int other;
    long room;
};

static long value_of(const struct argument *a, const struct world *w)
{
    switch (a->kind) {
    case ROOM:
        return w->room;
    case CONFIG:
        return find_fd(w->pid, "/config");
    case PORT:
        return find_fd(w->pid, "/dev/xen/evtchn");
    case BROKER:
        return w->broker;
    case NUMBER:
    default:
        return a->number;
    }
}

static void try_call(const struct call *call, const struct world *w,
                     enum trace_filter filter)
{
    long words[7] = { call->nr, 0, 0, 0, 0, -1, 0 };
    struct room room = { { 0 } };
    struct trace_result result;

    for (int i = 0; i < 4; i++)
        words[i + 1] = value_of(&call->args[i], w);
    if (call->text)
        memcpy(room.bytes, call->text, strlen(call->text));
    if (call->fill)
        call->fill(&room, w->room, w->other);
    /* A page of its own for what protects pages. */
    if (call->nr == SYS_mprotect)
        words[1] &= ~4095l;
    result = trace_call(w->pid, filter, words, room.bytes);
    if (result.died)
        (void)printf("killed by signal %d\n", result.signal);
    else
        (void)printf("returned %ld\n", result.result);
}

static int list(void)
{
    for (size_t i = 0; i < NCALLS; i++) {
        if (calls[i].err != 0)
            (void)printf("%s %d\n", calls[i].name, calls[i].err);
        else
            (void)printf("%s -\n", calls[i].name);
    }
    return 0;
}

int main(int argc, char **argv)
{
    enum trace_filter filter = TRACE_FILTERED;
    struct world w;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc > 1 && strcmp(argv[1], "--unfiltered") == 0) {
        filter = TRACE_UNFILTERED;
        argc--;
        argv++;
    }
    if (argc != 5)
        errx(2, "usage: captured [--unfiltered] PID BROKER OTHER CALL");
    w.pid = (pid_t)strtol(argv[1], NULL, 10);
    w.broker = (pid_t)strtol(argv[2], NULL, 10);
    w.other = (unsigned int)strtoul(argv[3], NULL, 10);
    for (size_t i = 0; i < NCALLS; i++) {
        if (strcmp(argv[4], calls[i].name) != 0)
            continue;
        w.room = trace_room(w.pid);
        try_call(&calls[i], &w, filter);
        return 0;
    }
    errx(2, "no call \"%s\"; captured --list", argv[4]);
}
