/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's lock file. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The open file is the lock; it ends with the process. */
static int lock_fd = -1;

int lock_take(const char *run_dir)
{
    char path[256];
    int fd;

    if (mkdir(run_dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    (void)snprintf(path, sizeof(path), "%s/lock", run_dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int ret = errno == EWOULDBLOCK ? -EBUSY : -errno;

        (void)close(fd);
        return ret;
    }
    lock_fd = fd;
    return 0;
}
