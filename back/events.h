/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Store events. Each only says that something about a guest may have changed;
 * the link looks for itself, so events may come twice, late or merged.
 */
#ifndef BACK_EVENTS_H
#define BACK_EVENTS_H

#include "hyp.h"
#include "store.h"

/* Watch what concerns us. 0 or a negative errno. */
MUST_USE int events_watch(struct store *store);

/* Take the events that wait, up to a bound; more leave store_fd() readable. */
void events_take(struct hyp *hyp, struct store *store);

/* Look at every directory there is, and at every link. 0, or a negative errno:
 * nobody knows what guests there are. */
MUST_USE int events_scan(struct hyp *hyp, struct store *store);

#endif
