/* SPDX-License-Identifier: MIT */
/*
 * The service manager's socket. It is addressed anew with each message and not
 * connected: a manager that is replaced has another socket of the same name.
 */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_BYTES 512

static int notify_fd = -1;
static struct sockaddr_un manager;
static socklen_t manager_len;
static uint64_t watchdog_us;

/* sd_notify(3): a path, or "@" and the name of an abstract socket; other kinds
 * of sockets have a name before a colon. */
static int address_of(const char *name)
{
    size_t len = strlen(name);

    if (name[0] != '/' && name[0] != '@')
        return strchr(name, ':') ? -EAFNOSUPPORT : -EINVAL;
    if (len < 2 || len >= sizeof(manager.sun_path))
        return -EINVAL;
    memset(&manager, 0, sizeof(manager));
    manager.sun_family = AF_UNIX;
    memcpy(manager.sun_path, name, len);
    manager_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (name[0] == '@')
        manager.sun_path[0] = '\0';
    else
        manager_len++; /* a path ends with its zero */
    return 0;
}

static int number_of(const char *text, uint64_t *value)
{
    char *end;

    if (*text < '0' || *text > '9')
        return -EINVAL;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno != 0 || *end != '\0' ? -EINVAL : 0;
}

/* The period is somebody else's when it comes with another process id than ours or
 * that of the process that keeps us. */
static int read_watchdog(void)
{
    const char *period = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    uint64_t value = 0, owner = 0;
    int ret = period ? number_of(period, &value) : 0;

    if (ret == 0 && pid)
        ret = number_of(pid, &owner);
    if (ret == 0 &&
        (!pid || owner == (uint64_t)getpid() || owner == (uint64_t)getppid()))
        watchdog_us = value;
    return ret;
}

int notify_open(void)
{
    const char *name = getenv("NOTIFY_SOCKET");
    int ret = 0;

    notify_close();
    if (name)
        ret = address_of(name);
    if (name && ret == 0)
        ret = read_watchdog();
    if (name && ret == 0) {
        notify_fd =
            socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ret = notify_fd < 0 ? -errno : 0;
    }
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
    if (ret < 0)
        notify_close();
    return ret;
}

void notify_close(void)
{
    if (notify_fd >= 0)
        (void)close(notify_fd);
    notify_fd = -1;
    watchdog_us = 0;
}

bool notify_wanted(void)
{
    return notify_fd >= 0;
}

uint64_t notify_watchdog_us(void)
{
    return watchdog_us;
}

static int tell(const char *text)
{
    ssize_t sent;

    if (notify_fd < 0)
        return 0;
    do
        sent = sendto(notify_fd, text, strlen(text), MSG_NOSIGNAL,
                      (const struct sockaddr *)&manager, manager_len);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int notify_ready(void)
{
    return tell("READY=1");
}

/* The time is what a manager that asked for the reload (systemd 253 and later,
 * Type=notify-reload) tells an old message by. */
int notify_reloading(void)
{
    char text[MESSAGE_BYTES];
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%llu",
                   (unsigned long long)now.tv_sec * 1000000u +
                       (unsigned long long)now.tv_nsec / 1000u);
    return tell(text);
}

int notify_stopping(void)
{
    return tell("STOPPING=1");
}

int notify_alive(void)
{
    return tell("WATCHDOG=1");
}

int notify_status(const char *text)
{
    char line[MESSAGE_BYTES];
    char *c;

    (void)snprintf(line, sizeof(line), "STATUS=%s", text);
    for (c = line; *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
    return tell(line);
}
