/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of giving things up, in an order in which each is still allowed. */
#include "sandbox.h"

#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

/* Instrumented programs reserve address space by the terabyte, and make system
 * calls of their own whenever they like. */
#ifdef __SANITIZE_ADDRESS__
#define SPACE_MAX    RLIM_INFINITY
#define INSTRUMENTED true
#else
#define SPACE_MAX    (64u << 20)
#define INSTRUMENTED false
#endif

/* Two a device, on a bus with a device in each of 32 slots of 8 functions. */
#define FILES_MAX 544u

static const struct limit {
    __rlimit_resource_t resource;
    rlim_t max;
} limits[] = {
    { RLIMIT_AS, SPACE_MAX },
    { RLIMIT_CORE, 0 }, /* a guest's page would be in it */
    { RLIMIT_FSIZE, 0 },
    { RLIMIT_MEMLOCK, 0 },
    { RLIMIT_NOFILE, FILES_MAX },
    { RLIMIT_NPROC, 0 },
};

/* The broker's own input and output are none of a worker's business; what it has
 * to say goes through the broker. */
static int leave_terminal(uint16_t domid UNUSED)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ret = 0;

    if (fd < 0)
        return -errno;
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0)
        ret = -errno;
    if (fd > STDERR_FILENO)
        (void)close(fd);
    return ret;
}

static int is_empty(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int ret = 0;

    if (!dir)
        return -errno;
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ret = -ENOTEMPTY;
    (void)closedir(dir);
    return ret;
}

static int leave_files(uint16_t domid UNUSED)
{
    struct stat st;
    int ret = is_empty(".");

    if (ret < 0)
        return ret;
    if (stat(".", &st) < 0)
        return -errno;
    if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return -EPERM;
    if (chroot(".") < 0 || chdir("/") < 0)
        return -errno;
    return 0;
}

static int accept_limits(uint16_t domid UNUSED)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(limits); i++) {
        struct rlimit limit = { limits[i].max, limits[i].max };

        if (setrlimit(limits[i].resource, &limit) < 0)
            return -errno;
    }
    return 0;
}

/* libcap-ng says which step failed, by a number, and errno why. */
static int leave_root(uint16_t domid)
{
    int id = WORKER_UID_BASE + (int)domid;

    errno = 0;
    capng_clear(CAPNG_SELECT_ALL);
    if (capng_change_id(id, id,
                        (capng_flags_t)(CAPNG_DROP_SUPP_GRP |
                                        CAPNG_CLEAR_BOUNDING |
                                        CAPNG_CLEAR_AMBIENT)) != 0)
        return errno != 0 ? -errno : -EPERM;
    return 0;
}

static int gain_nothing(uint16_t domid UNUSED)
{
    /* Not dumpable: other processes of this user, if any, cannot look in. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return -errno;
    return 0;
}

static const struct step {
    int (*run)(uint16_t domid);
    const char *what;
} steps[] = {
    { leave_terminal, "cannot open /dev/null" },
    { leave_files, "cannot take an empty directory of root's for its root" },
    { accept_limits, "cannot lower its resource limits" },
    { leave_root, "cannot become a user without capabilities" },
    { gain_nothing, "cannot rule out new privileges" },
};

int sandbox_enter(uint16_t domid, int port_fd, const char **what)
{
    size_t i;
    int ret;

    for (i = 0; i < ARRAY_LEN(steps); i++) {
        *what = steps[i].what;
        ret = steps[i].run(domid);
        if (ret < 0)
            return ret;
    }
    *what = "cannot limit its system calls";
    return INSTRUMENTED ? 0 : sandbox_filter(port_fd);
}
