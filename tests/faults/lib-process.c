/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of the C library for the walk that is more than a call passed on:
 * variable arguments, processes, glibc's checked names. */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "compiler.h"
#include "fault.h"
#include "libs.h"
#include "processes.h"

/* The descriptor is gone even where close() says otherwise (Linux). */
int __wrap_close(int fd)
{
    bool fails = fault_here(CALL_close);
    int ret = close(fd);

    if (fails)
        errno = EIO;
    return fails ? -1 : ret;
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return fault_here(CALL_open) ? -1 : open(path, flags, mode);
}

int __wrap_fcntl(int fd, int what, ...)
{
    va_list args;
    void *value; /* or a number in its place */

    va_start(args, what);
    value = va_arg(args, void *);
    va_end(args);
    return fault_here(CALL_fcntl) ? -1 : fcntl(fd, what, value);
}

int (*libs_on_write)(int fd, const char *text, size_t len);

ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
    ssize_t put;

    if (fault_here(CALL_write))
        return fault_short() ? 0 : -1;
    put = write(fd, buf, len);
    if (put > 0 && libs_on_write) {
        int err = libs_on_write(fd, buf, (size_t)put);

        if (err != 0) {
            errno = err;
            put = -1;
        }
    }
    return put;
}

pid_t __wrap_fork(void)
{
    pid_t pid = fault_here(CALL_fork) ? -1 : fork();

    if (pid > 0)
        processes_note(pid);
    if (pid == 0)
        fault_become(FAULT_CHILD);
    return pid;
}

int __wrap_fexecve(int fd UNUSED, char *const argv[] UNUSED,
                   char *const envp[] UNUSED)
{
    if (fault_here(CALL_fexecve))
        return -1;
    processes_become_worker();
}

long __wrap_syscall(long number, ...)
{
    long args[4];
    va_list list;

    va_start(list, number);
    for (unsigned int i = 0; i < 4; i++)
        args[i] = va_arg(list, long);
    va_end(list);
    return fault_here(CALL_syscall)
               ? -1
               : syscall(number, args[0], args[1], args[2], args[3]);
}

int __wrap_prctl(int what, ...)
{
    unsigned long args[4];
    va_list list;

    va_start(list, what);
    for (unsigned int i = 0; i < 4; i++)
        args[i] = va_arg(list, unsigned long);
    va_end(list);
    return fault_here(CALL_prctl)
               ? -1
               : prctl(what, args[0], args[1], args[2], args[3]);
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t at);
char *__wrap_realpath(const char *path, char *buf);
int __wrap_vasprintf(char **out, const char *fmt, va_list args);

/* The checked names: the length of the buffer has been looked at in the tests
 * that are compiled with them. */
int __wrap___open_2(const char *path, int flags)
{
    return __wrap_open(path, flags);
}

ssize_t __wrap___pread_chk(int fd, void *buf, size_t len, off_t at,
                           size_t room UNUSED)
{
    return __wrap_pread(fd, buf, len, at);
}

char *__wrap___realpath_chk(const char *path, char *buf, size_t room UNUSED)
{
    return __wrap_realpath(path, buf);
}

int __wrap___vasprintf_chk(char **out, int flag UNUSED, const char *fmt,
                           va_list args)
{
    return __wrap_vasprintf(out, fmt, args);
}
