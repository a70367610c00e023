/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See watch.h. */
#include "watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS 5u

struct watch {
    struct xs_handle *store;
    char path[256];
    watch_fn *fn;
    void *arg;
};

static enum xb_state look(struct watch *watch)
{
    enum xb_state state = XB_UNKNOWN;
    unsigned int len;
    char *text = xs_read(watch->store, XBT_NULL, watch->path, &len);

    if (!text && errno != ENOENT)
        broken("cannot read %s: %s", watch->path, strerror(errno));
    if (text && !xb_state_parse(text, &state))
        wrong("the back's state is \"%s\"", text);
    free(text);
    return state;
}

static void *run(void *arg)
{
    struct watch *watch = arg;
    enum xb_state seen = XB_STATE_COUNT;

    for (;;) {
        enum xb_state state = look(watch);

        if (state != seen)
            watch->fn(watch->arg, state, watch->store);
        seen = state;
        pause_ms(LOOK_MS);
    }
    return NULL;
}

void watch_back(const struct front *front, watch_fn *fn, void *arg)
{
    struct watch *watch = calloc(1, sizeof(*watch));
    pthread_t thread;

    if (!watch)
        broken("out of memory");
    watch->fn = fn;
    watch->arg = arg;
    (void)snprintf(watch->path, sizeof(watch->path), "%s/state",
                   front_back_path(front));
    watch->store = xs_open(0);
    if (!watch->store)
        broken("no xenstore: %s", strerror(errno));
    if (pthread_create(&thread, NULL, run, watch) != 0)
        broken("no thread");
}
