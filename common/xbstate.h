/* SPDX-License-Identifier: MIT */
/*
 * The xenbus life of the PCI pair, both sides, as data: in this state, on this
 * event, do this, become that. Effects live elsewhere. The rules around it:
 *
 * - our own state is kept in memory and written to xenstore, never read back to
 *   decide; what a toolstack writes over it is an event (XB_EV_TOOL_*);
 * - the next state is taken, and written, only after the action succeeded; a
 *   failed action is the event XB_EV_FAILED in the state we were in;
 * - taking things away cannot fail: DISCONNECT, RELEASE, UNPLUG and TEARDOWN do
 *   all they can and report the rest themselves; XB_EV_FAILED follows the others;
 * - toolstack events go before peer events; the value a dead domain left behind
 *   is no event: its peer is mute, and then, when the node is gone, unknown;
 * - every (state, event) pair is either a row or ignored on purpose; a test
 *   proves that rows and ignores cover all pairs exactly once.
 *
 * Freestanding, pure, any context.
 */
#ifndef COMMON_XBSTATE_H
#define COMMON_XBSTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/* Xen io/xenbus.h: enum xenbus_state, same numbers. */
enum xb_state {
    XB_UNKNOWN = 0,
    XB_INITIALISING = 1,
    XB_INITWAIT = 2,
    XB_INITIALISED = 3,
    XB_CONNECTED = 4,
    XB_CLOSING = 5,
    XB_CLOSED = 6,
    XB_RECONFIGURING = 7,
    XB_RECONFIGURED = 8,
};
#define XB_STATE_COUNT 9

enum xb_event {
    XB_EV_PEER_UNKNOWN = 0, /* node absent, or the domain is gone */
    XB_EV_PEER_INITIALISING = 1,
    XB_EV_PEER_INITWAIT = 2,
    XB_EV_PEER_INITIALISED = 3,
    XB_EV_PEER_CONNECTED = 4,
    XB_EV_PEER_CLOSING = 5,
    XB_EV_PEER_CLOSED = 6,
    XB_EV_PEER_RECONFIGURING = 7,
    XB_EV_PEER_RECONFIGURED = 8,
    XB_EV_PEER_GARBAGE,     /* not one of the nine values */
    XB_EV_PEER_MUTE,        /* it cannot or did not answer: proceed alone */
    XB_EV_TOOL_LISTED,      /* a (new) device list is readable */
    XB_EV_TOOL_RECONFIGURE, /* toolstack wrote 7 over our state */
    XB_EV_TOOL_CLOSE,       /* toolstack wrote 5, or online is 0 */
    XB_EV_TOOL_RESTART,     /* toolstack wrote a fresh directory, state 1 */
    XB_EV_FAILED,           /* the last action failed */
    XB_EV_CAPTURED,         /* back: who talks to the peer obeys it instead */
    XB_EV_COUNT
};

enum xb_action {
    XB_ACT_UNSPECIFIED = 0, /* never in a row: a hole in the table shows */
    XB_ACT_NONE,
    /* back */
    XB_ACT_EXPORT,  /* claim and publish every listed device */
    XB_ACT_CONNECT, /* read the front's nodes, map the page, bind the port */
    XB_ACT_RECONFIGURE, /* export what was added, release what was removed */
    XB_ACT_DISCONNECT,  /* unmap and unbind; the devices stay claimed */
    XB_ACT_RELEASE,     /* disconnect, then give every device back */
    XB_ACT_REPORT,      /* write the error node */
    /* front */
    XB_ACT_PUBLISH,  /* allocate page and port, write the three nodes */
    XB_ACT_SCAN,     /* enumerate the roots */
    XB_ACT_UNPLUG,   /* drop devices whose state-N is Closing */
    XB_ACT_RESCAN,   /* enumerate again after a reconfiguration */
    XB_ACT_TEARDOWN, /* drop all devices, end the grant, close the port */
};

struct xb_row {
    enum xb_state self;
    enum xb_event event;
    enum xb_action action;
    enum xb_state next;
};

struct xb_step {
    enum xb_action action; /* XB_ACT_NONE with next == self: ignored */
    enum xb_state next;
};

struct xb_step xb_back_step(enum xb_state self, enum xb_event event);
struct xb_step xb_front_step(enum xb_state self, enum xb_event event);

/*
 * Peer events are level-triggered: raise the one for the peer's present value
 * after each step of our own. The few for which this answers true count only if
 * the peer's value has changed since we entered `self`, and in the back only
 * while the toolstack wants the pair (online is 1). So does a mute peer in
 * XB_CLOSED.
 */
bool xb_back_needs_change(enum xb_state self, enum xb_event event);
bool xb_front_needs_change(enum xb_state self, enum xb_event event);

/* The raw tables, for the completeness test and the documentation. */
struct xb_table {
    const struct xb_row *rows;
    unsigned int nrows;
    const uint32_t *ignored; /* per state, a bit set of events */
};
extern const struct xb_table xb_back_table;
extern const struct xb_table xb_front_table;

/* The event for a peer's state node text; NULL means the node is absent. */
enum xb_event xb_peer_event(const char *text);

/* Parse a state node's text; false unless it is exactly 0 to 8. */
MUST_USE bool xb_state_parse(const char *text, enum xb_state *out);

/* The names of Xen's header in mixed case ("InitWait"), "?" if unknown. */
const char *xb_state_name(enum xb_state state);
const char *xb_event_name(enum xb_event event);
const char *xb_action_name(enum xb_action action);

#endif
