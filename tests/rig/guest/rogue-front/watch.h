/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The backend's state as a kernel's store thread sees it. A state that is
 * written over within a look is not seen, here as there; the backend's own log
 * has them all.
 *
 * No watch of xenstore's: libxenstore.a is built without threads, and then
 * xs_watch() fails with EINVAL whenever the first event is faster than its
 * answer, as it is in a guest more often than not.
 */
#ifndef ROGUE_FRONT_WATCH_H
#define ROGUE_FRONT_WATCH_H

#include <xenstore.h>

#include "front.h"

/*
 * Call this for the state that is there now and for each other one after it, in
 * a thread of its own, until the process ends; XB_UNKNOWN when there is no node.
 * The front's connection is another thread's: `store` is this one's.
 */
typedef void watch_fn(void *arg, enum xb_state state, struct xs_handle *store);
void watch_back(const struct front *front, watch_fn *fn, void *arg);

#endif
