/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a worker waits for its guest: when requests come in a row it looks at
 * the page for a moment before it sleeps, because waking costs far more than
 * answering; but not while others want the processor too. When events come
 * without requests it looks ever less often.
 * Pure arithmetic on times the caller supplies.
 */
#ifndef BACK_PACE_H
#define BACK_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    uint64_t answered_ns; /* when the last answer was given */
    uint64_t looked_ns;   /* when the page was last looked at */
    uint64_t share_ns;    /* the processor is wanted by others, until then */
    uint64_t spin_ns;     /* how long to look before sleeping; 0: not at all */
    unsigned int idle_events; /* in a row, without a request */
};

/* A request was taken at now; tells how soon after the last answer. */
void pace_request(struct pace *pace, uint64_t now_ns);

/* Its answer was given. */
void pace_answer(struct pace *pace, uint64_t now_ns);

/* Worth looking at the page once more instead of sleeping? */
bool pace_spin(struct pace *pace, uint64_t now_ns);

/* Looked in vain. */
void pace_missed(struct pace *pace);

/*
 * An event came without a request: how many milliseconds to leave the port
 * masked. 0 for the first few, then doubling to a bound.
 */
uint32_t pace_idle_event(struct pace *pace);

#endif
