/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's lock file. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Kept open: this lock is the process's and ends with it. flock() would pass it on
 * to a child that resets a device, and no next broker could start before that is
 * over. */
static int lock_fd = -1;

/* A broker whose keeper was killed is killed, too, but not in the same moment. */
#define PATIENCE 50
static const struct timespec moment = { .tv_nsec = 10000000 };

static int lock_whole(int fd)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int i, ret = -EAGAIN;

    for (i = 0; i < PATIENCE && (ret == -EAGAIN || ret == -EACCES); i++) {
        if (i > 0)
            (void)nanosleep(&moment, NULL);
        ret = fcntl(fd, F_SETLK, &whole) < 0 ? -errno : 0;
    }
    return ret == -EAGAIN || ret == -EACCES ? -EBUSY : ret;
}

int lock_take(const char *run_dir)
{
    char path[256];
    int fd, ret;

    if (mkdir(run_dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    (void)snprintf(path, sizeof(path), "%s/lock", run_dir);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    ret = lock_whole(fd);
    if (ret < 0)
        (void)close(fd);
    else
        lock_fd = fd;
    return ret;
}
