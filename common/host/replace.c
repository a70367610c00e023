/* SPDX-License-Identifier: MIT */
/* Write beside it, then rename(2), which is atomic. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_all(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t len = strlen(text);
    int ret = 0;

    if (fd < 0)
        return -errno;
    errno = 0;
    if (write(fd, text, len) != (ssize_t)len)
        ret = errno ? -errno : -ENOSPC;
    if (close(fd) < 0 && ret == 0)
        ret = -errno;
    return ret;
}

int replace_file(const char *path, const char *text)
{
    char temporary[REPLACE_PATH + sizeof(".new")];
    int len = snprintf(temporary, sizeof(temporary), "%s.new", path), ret;

    if (len < 0 || (size_t)len >= sizeof(temporary))
        return -ENAMETOOLONG;
    ret = write_all(temporary, text);
    if (ret == 0 && rename(temporary, path) < 0)
        ret = -errno;
    return ret;
}
