/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for the other side: woken by the store, bounded by a deadline. */
#ifndef TOOLSTACK_WAIT_H
#define TOOLSTACK_WAIT_H

#include <stdint.h>

#include "compiler.h"
#include "store.h"

enum wait_verdict {
    WAIT_MORE,
    WAIT_DONE,
    WAIT_TIMED_OUT, /* from wait_until() only */
};

#define WAIT_REASON 128

struct wait {
    struct store *store;
    uint16_t domid;
    uint64_t deadline_ns;
    /*
     * Called at the start and after every change of the guest's pair. For
     * WAIT_MORE it says what is waited for; that is shown after a second.
     */
    enum wait_verdict (*look)(void *arg, char reason[WAIT_REASON]);
    void *arg;
};

/* The monotonic time that many seconds from now. */
uint64_t wait_deadline(uint32_t seconds);

/* WAIT_DONE, WAIT_TIMED_OUT, or a negative errno of the store. */
MUST_USE int wait_until(const struct wait *wait);

#endif
