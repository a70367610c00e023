/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The C library for the walk, and what else there is: the function itself, or
 * its failure. */
#include <cap-ng.h>
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <libudev.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compiler.h"
#include "fault.h"
#include "libs.h"
#include "processes.h"

/* As the function, but for one use. SIZED: what moves fewer bytes. */
#define WRAP(type, failure, name, params, args)                 \
    type __wrap_##name params                                   \
    {                                                           \
        return fault_here(CALL_##name) ? (failure) : name args; \
    }
#define SIZED(name, params, args) \
    WRAP(ssize_t, fault_short() ? 0 : -1, name, params, args)

SIZED(read, (int fd, void *buf, size_t len), (fd, buf, len))
SIZED(pread, (int fd, void *buf, size_t len, off_t at), (fd, buf, len, at))
SIZED(pwrite, (int fd, const void *buf, size_t len, off_t at),
      (fd, buf, len, at))
SIZED(recvmsg, (int fd, struct msghdr *hdr, int flags), (fd, hdr, flags))
SIZED(recv, (int fd, void *buf, size_t len, int flags), (fd, buf, len, flags))
WRAP(ssize_t, -1, send, (int fd, const void *buf, size_t len, int flags),
     (fd, buf, len, flags))
WRAP(int, -1, close_range, (unsigned int first, unsigned int last, int flags),
     (first, last, flags))
WRAP(ssize_t, -1, sendmsg, (int fd, const struct msghdr *hdr, int flags),
     (fd, hdr, flags))
WRAP(ssize_t, -1, readlink, (const char *path, char *buf, size_t len),
     (path, buf, len))
WRAP(int, -1, access, (const char *path, int mode), (path, mode))
WRAP(int, -1, stat, (const char *path, struct stat *st), (path, st))
WRAP(int, -1, fstat, (int fd, struct stat *st), (fd, st))
WRAP(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, -1, rmdir, (const char *path), (path))
WRAP(int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(int, -1, unlink, (const char *path), (path))
WRAP(int, -1, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, -1, flock, (int fd, int how), (fd, how))
WRAP(int, -1, dup2, (int fd, int as), (fd, as))
WRAP(int, -1, socketpair, (int domain, int type, int protocol, int fds[2]),
     (domain, type, protocol, fds))
WRAP(int, -1, setsockopt,
     (int fd, int level, int name, const void *value, socklen_t len),
     (fd, level, name, value, len))
WRAP(int, -1, getsockopt,
     (int fd, int level, int name, void *value, socklen_t *len),
     (fd, level, name, value, len))
WRAP(int, -1, poll, (struct pollfd * fds, nfds_t n, int ms), (fds, n, ms))
WRAP(int, -1, nanosleep, (const struct timespec *t, struct timespec *left),
     (t, left))
WRAP(DIR *, NULL, opendir, (const char *path), (path))
WRAP(struct dirent *, NULL, readdir, (DIR * dir), (dir))
WRAP(char *, NULL, realpath, (const char *path, char *buf), (path, buf))
WRAP(void *, MAP_FAILED, mmap,
     (void *at, size_t len, int prot, int flags, int fd, off_t offset),
     (at, len, prot, flags, fd, offset))

WRAP(void *, NULL, calloc, (size_t n, size_t size), (n, size))
WRAP(void *, NULL, malloc, (size_t size), (size))
WRAP(void *, NULL, realloc, (void *old, size_t size), (old, size))
WRAP(void *, NULL, reallocarray, (void *old, size_t n, size_t size),
     (old, n, size))
WRAP(char *, NULL, strdup, (const char *text), (text))
WRAP(int, -1, vasprintf, (char **out, const char *fmt, va_list args),
     (out, fmt, args))

WRAP(struct udev *, NULL, udev_new, (void), ())
WRAP(struct udev_monitor *, NULL, udev_monitor_new_from_netlink,
     (struct udev * udev, const char *name), (udev, name))
WRAP(int, -ENOMEM, udev_monitor_filter_add_match_subsystem_devtype,
     (struct udev_monitor * m, const char *subsystem, const char *devtype),
     (m, subsystem, devtype))
WRAP(int, -EACCES, udev_monitor_enable_receiving, (struct udev_monitor * m),
     (m))
WRAP(struct json_object *, NULL, json_object_from_file, (const char *path),
     (path))

struct ev_loop;
struct ev_loop *ev_default_loop(unsigned int flags);
WRAP(struct ev_loop *, NULL, ev_default_loop, (unsigned int flags), (flags))

WRAP(int, -1, chdir, (const char *path), (path))
WRAP(int, -1, fchdir, (int fd), (fd))
WRAP(int, -1, chroot, (const char *path), (path))
WRAP(int, -1, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit),
     (what, limit))
WRAP(int, -1, capng_change_id, (int uid, int gid, capng_flags_t flags),
     (uid, gid, flags))
WRAP(scmp_filter_ctx, NULL, seccomp_init, (uint32_t action), (action))
WRAP(int, -EINVAL, seccomp_attr_set,
     (scmp_filter_ctx filter, enum scmp_filter_attr attr, uint32_t value),
     (filter, attr, value))
WRAP(int, -ENOMEM, seccomp_rule_add_array,
     (scmp_filter_ctx filter, uint32_t action, int call, unsigned int n,
      const struct scmp_arg_cmp *cmp),
     (filter, action, call, n, cmp))
WRAP(int, -EINVAL, seccomp_load, (const scmp_filter_ctx filter), (filter))
WRAP(int, -1, socket, (int domain, int type, int protocol),
     (domain, type, protocol))
WRAP(int, -1, bind, (int fd, const struct sockaddr *to, socklen_t len),
     (fd, to, len))
WRAP(int, -1, listen, (int fd, int backlog), (fd, backlog))
WRAP(int, -1, connect, (int fd, const struct sockaddr *to, socklen_t len),
     (fd, to, len))
WRAP(int, -1, accept4,
     (int fd, struct sockaddr *from, socklen_t *len, int flags),
     (fd, from, len, flags))
WRAP(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
WRAP(size_t, 0, fread, (void *buf, size_t size, size_t n, FILE *file),
     (buf, size, n, file))
WRAP(ssize_t, -1, __getdelim, (char **line, size_t *room, int end, FILE *file),
     (line, room, end, file))
WRAP(int, -1, lstat, (const char *path, struct stat *st), (path, st))
WRAP(char *, NULL, strndup, (const char *text, size_t len), (text, len))
WRAP(char *, NULL, fgets, (char *text, int len, FILE *file), (text, len, file))
WRAP(int, -1, setpriority, (__priority_which_t which, id_t who, int nice),
     (which, who, nice))
WRAP(int, ESRCH, clock_getcpuclockid, (pid_t pid, clockid_t *id), (pid, id))
WRAP(ssize_t, -1, sendto,
     (int fd, const void *data, size_t len, int flags,
      const struct sockaddr *to, socklen_t to_len),
     (fd, data, len, flags, to, to_len))
WRAP(int, -1, on_exit, (void (*fn)(int status, void *arg), void *arg),
     (fn, arg))
WRAP(int, -1, atexit, (void (*fn)(void)), (fn))
