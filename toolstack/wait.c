/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See wait.h. No polling: the store's watches wake us, the clock only talks. */
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "nodes.h"

#define SECOND_NS UINT64_C(1000000000)
#define TOKEN     "wait"

static uint64_t now_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return UINT64_MAX; /* no clock: every deadline has passed */
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

uint64_t wait_deadline(uint32_t seconds)
{
    return now_ns() + seconds * SECOND_NS;
}

struct watches {
    char back[STORE_PATH];
    char front[STORE_PATH];
};

static int watch(const struct wait *wait, struct watches *watches)
{
    int ret;

    (void)snprintf(watches->back, STORE_PATH, XS_BACK_DOMAIN,
                   (unsigned int)wait->domid);
    (void)snprintf(watches->front, STORE_PATH, XS_FRONT_PARENT,
                   (unsigned int)wait->domid);
    ret = store_watch(wait->store, watches->back, TOKEN);
    if (ret == 0)
        ret = store_watch(wait->store, watches->front, TOKEN);
    if (ret == 0)
        ret = store_watch(wait->store, XS_WATCH_RELEASE, TOKEN);
    return ret;
}

static void unwatch(const struct wait *wait, const struct watches *watches)
{
    store_unwatch(wait->store, watches->back, TOKEN);
    store_unwatch(wait->store, watches->front, TOKEN);
    store_unwatch(wait->store, XS_WATCH_RELEASE, TOKEN);
}

static void drain(struct store *st)
{
    char path[STORE_PATH];
    char token[STORE_PATH];

    while (store_event(st, path, token))
        continue;
}

/* Sleep until an event, the deadline, or the time to say what we wait for. */
static int nap(const struct wait *wait, uint64_t speak_ns)
{
    struct pollfd fd = { .fd = store_fd(wait->store), .events = POLLIN };
    uint64_t now = now_ns();
    uint64_t until = wait->deadline_ns;
    uint64_t ms;

    if (speak_ns > now && speak_ns < until)
        until = speak_ns;
    if (until <= now)
        return 0;
    ms = (until - now) / 1000000 + 1;
    if (poll(&fd, 1, ms < 60000 ? (int)ms : 60000) < 0 && errno != EINTR)
        return -errno;
    return 0;
}

static int loop(const struct wait *wait)
{
    uint64_t speak_ns = now_ns() + SECOND_NS;
    char shown[WAIT_REASON] = "";

    for (;;) {
        char reason[WAIT_REASON] = "";
        uint64_t now;
        int ret;

        drain(wait->store);
        ret = (int)wait->look(wait->arg, reason);
        now = now_ns();
        if (ret != WAIT_MORE)
            return ret;
        if (now >= wait->deadline_ns)
            return WAIT_TIMED_OUT;
        if (now >= speak_ns && strcmp(reason, shown) != 0) {
            note("waiting: %s", reason);
            memcpy(shown, reason, sizeof(shown));
        }
        ret = nap(wait, speak_ns);
        if (ret != 0)
            return ret;
    }
}

int wait_until(const struct wait *wait)
{
    struct watches watches;
    int ret = watch(wait, &watches);

    if (ret == 0)
        ret = loop(wait);
    unwatch(wait, &watches);
    return ret;
}
