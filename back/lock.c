/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's lock file. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Kept open: this lock is the process's and ends with it. flock() would pass it on
 * to a child that resets a device, and no next broker could start before that is
 * over. */
static int lock_fd = -1;

int lock_take(const char *run_dir)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[256];
    int fd;

    if (mkdir(run_dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    (void)snprintf(path, sizeof(path), "%s/lock", run_dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (fcntl(fd, F_SETLK, &whole) < 0) {
        int ret = errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;

        (void)close(fd);
        return ret;
    }
    lock_fd = fd;
    return 0;
}
