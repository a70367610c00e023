/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-manager.h. */
#include "fake-manager.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fd = -1;
static struct sockaddr_un here;

const char *fake_manager_path(void)
{
    static char path[64];

    (void)snprintf(path, sizeof(path), "/tmp/xenpci-manager-%d", (int)getpid());
    return path;
}

void fake_manager_listen(const char *name)
{
    socklen_t len =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));

    fake_manager_end();
    memset(&here, 0, sizeof(here));
    here.sun_family = AF_UNIX;
    ck_assert_uint_lt(strlen(name), sizeof(here.sun_path));
    memcpy(here.sun_path, name, strlen(name));
    if (name[0] == '@')
        here.sun_path[0] = '\0';
    else
        len++;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&here, len), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
}

void fake_manager_end(void)
{
    if (fd >= 0)
        (void)close(fd);
    fd = -1;
    if (here.sun_path[0] == '/')
        (void)unlink(here.sun_path);
    memset(&here, 0, sizeof(here));
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void fake_manager_watches(const char *usec, const char *pid)
{
    ck_assert_int_eq(setenv("WATCHDOG_USEC", usec, 1), 0);
    if (pid)
        ck_assert_int_eq(setenv("WATCHDOG_PID", pid, 1), 0);
}

const char *fake_manager_hears(void)
{
    static char text[1024];
    ssize_t len = fd < 0 ? -1 : recv(fd, text, sizeof(text) - 1, 0);

    text[len > 0 ? len : 0] = '\0';
    return text;
}

bool fake_manager_heard(const char *text)
{
    const char *said;

    do
        said = fake_manager_hears();
    while (said[0] != '\0' && strcmp(said, text) != 0);
    return said[0] != '\0';
}
