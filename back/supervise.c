/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports come from a timer of the loop, so that a loop that hangs sends none. */
#include "supervise.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "link.h"
#include "log.h"
#include "loop.h"
#include "notify.h"

/* How old a status may be, and how often at least a report is tried. */
#define LOOK_MS 1000u

#define STATUS_BYTES 64

static struct loop_watch *next_look;
static bool ready;      /* guests are served */
static bool ready_told; /* ... and the manager knows */
static char status[STATUS_BYTES];

static unsigned int guests(void)
{
    const struct link *link = NULL;
    unsigned int n = 0;

    while ((link = link_next(link)))
        n += link_has_devices(link) ? 1 : 0;
    return n;
}

static unsigned int devices(void)
{
    const struct device *dev = NULL;
    unsigned int n = 0;

    while ((dev = device_next(dev)))
        n += dev->phase == DEVICE_READY ? 1 : 0;
    return n;
}

static void tell_status(void)
{
    char now[STATUS_BYTES];
    unsigned int g = guests(), d = devices();

    (void)snprintf(now, sizeof(now), "%u guest%s, %u device%s", g,
                   g == 1 ? "" : "s", d, d == 1 ? "" : "s");
    if (strcmp(now, status) != 0 && notify_status(now) == 0)
        memcpy(status, now, sizeof(status));
}

static void tell_ready(void)
{
    if (!ready_told)
        ready_told = notify_ready() == 0;
}

/* Half the manager's patience (sd_watchdog_enabled(3)), or less. */
static uint32_t period_ms(void)
{
    uint64_t half = notify_watchdog_us() / 2000u;

    return notify_watchdog_us() == 0 || half > LOOK_MS ? LOOK_MS
                                                       : (uint32_t)half;
}

static void look(void *arg UNUSED)
{
    next_look = loop_after(period_ms(), look, NULL);
    if (notify_watchdog_us() != 0)
        (void)!notify_alive();
    tell_ready();
    tell_status();
}

static void hold_back(void)
{
    const struct timespec pause = { .tv_sec = 1 };

    if (ready)
        return;
    (void)!notify_status("did not start, the log says why");
    (void)nanosleep(&pause, NULL);
}

void supervise_open(void)
{
    int ret = notify_open();

    ready = false;
    ready_told = false;
    status[0] = '\0';
    if (ret < 0)
        log_warnx(
            "NOTIFY_SOCKET or WATCHDOG_USEC of the service manager cannot "
            "be used, so it will not hear from us: %s",
            strerror(-ret));
    if (notify_wanted())
        (void)atexit(hold_back);
}

void supervise_ready(void)
{
    ready = true;
    if (notify_wanted())
        look(NULL);
}

void supervise_reloading(void)
{
    (void)!notify_reloading();
    ready_told = false;
}

void supervise_reloaded(void)
{
    tell_ready();
}

void supervise_end(void)
{
    loop_cancel(next_look);
    next_look = NULL;
    (void)!notify_stopping();
}
