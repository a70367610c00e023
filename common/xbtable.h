/* SPDX-License-Identifier: MIT */
/* What the tables of both sides are written with; xbback.c, xbfront.c. */
#ifndef COMMON_XBTABLE_H
#define COMMON_XBTABLE_H

#include "xbstate.h"

#define E(event) (1u << XB_EV_##event)

#define PEER_EARLY   (E(PEER_INITIALISING) | E(PEER_INITWAIT))
#define PEER_RECONF  (E(PEER_RECONFIGURING) | E(PEER_RECONFIGURED))
#define TOOL_DEVICES (E(TOOL_LISTED) | E(TOOL_RECONFIGURE))

/* The row's step, or XB_ACT_NONE and self for a pair without one. */
struct xb_step xb_table_step(const struct xb_table *table, enum xb_state self,
                             enum xb_event event);

#endif
