/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of the broker one guest may have. Each resource is a bucket: so much
 * at once, then so much a second, and who has had it waits, but never for long,
 * because a front gives an operation up after two seconds. What is bounded, and
 * where, is a table in HACKING. Pure arithmetic on times the caller supplies.
 */
#ifndef BACK_QUOTA_H
#define BACK_QUOTA_H

#include <stdint.h>

enum quota_kind {
    QUOTA_TIME,    /* microseconds during which the broker was at its service */
    QUOTA_LOOK,    /* looks at its part of the store */
    QUOTA_EVENT,   /* changes of its front's state that the store tells us of */
    QUOTA_CONNECT, /* workers that connect to its page */
    QUOTA_DEATH,   /* workers that end by themselves and are replaced */
    QUOTA_KINDS
};

/* All zeros is a guest that has had nothing yet. */
struct quota {
    uint64_t paid_us[QUOTA_KINDS]; /* when all that it had is paid back */
};

/* It had n of it at now; returns quota_wait(). */
uint32_t quota_take(struct quota *quota, enum quota_kind kind, uint64_t now_us,
                    uint64_t n);

/* Milliseconds until it may have more; 0: at once. */
uint32_t quota_wait(const struct quota *quota, enum quota_kind kind,
                    uint64_t now_us);

#endif
