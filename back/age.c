/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From /proc/PID/stat, which counts in ticks since the boot. */
#include "age.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Field 22; the second may hold any character, and ends with the last ')'. */
#define FIELD_STATE 3
#define FIELD_START 22

uint64_t age_start_of(pid_t pid)
{
    char path[32], text[1024];
    const char *p;
    ssize_t n;
    int fd, field;

    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof(text) - 1);
    (void)close(fd);
    text[n > 0 ? n : 0] = '\0';
    p = strrchr(text, ')');
    for (field = FIELD_STATE; p && field <= FIELD_START; field++)
        p = strchr(p + 1, ' ');
    return p ? strtoull(p + 1, NULL, 10) : 0;
}

unsigned int age_ms(void)
{
    uint64_t ticks = age_start_of(getpid());
    long per_second = sysconf(_SC_CLK_TCK);
    struct timespec now;
    uint64_t ms;

    if (ticks == 0 || per_second <= 0 ||
        clock_gettime(CLOCK_BOOTTIME, &now) < 0)
        return 0;
    ms = (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
    return (unsigned int)(ms - ticks * 1000u / (uint64_t)per_second);
}
