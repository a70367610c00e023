/* SPDX-License-Identifier: MIT */
/*
 * The back's transitions. The rows of one state stand together and read as
 * sentences: in this state, on this event, do this, become that. What a state
 * ignores on purpose is listed in the set beside them.
 */
#include "xbtable.h"

/*
 * Back. The front's values are its own claims: a value that no honest front has
 * at that moment is ignored, so that a front out of order cannot make us map a
 * page twice or skip a step. Values that are ignored are seen again by the scan
 * that follows our own next step; the exceptions are in xb_back_needs_change().
 */
static const struct xb_row back_rows[] = {
    /* A directory we have not looked at yet. */
    { XB_UNKNOWN, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_UNKNOWN, XB_EV_TOOL_CLOSE, XB_ACT_RELEASE, XB_CLOSED },

    { XB_INITIALISING, XB_EV_TOOL_LISTED, XB_ACT_NONE, XB_INITWAIT },
    { XB_INITIALISING, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_INITIALISING, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_INITIALISING, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITIALISING, XB_EV_TOOL_CLOSE, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITIALISING, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_INITIALISING, XB_EV_FAILED, XB_ACT_REPORT, XB_CLOSING },

    { XB_INITWAIT, XB_EV_TOOL_LISTED, XB_ACT_EXPORT, XB_INITIALISED },
    { XB_INITWAIT, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_INITWAIT, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_INITWAIT, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITWAIT, XB_EV_TOOL_CLOSE, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITWAIT, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_INITWAIT, XB_EV_FAILED, XB_ACT_REPORT, XB_CLOSING },

    /* Devices listed before the front came are exported without state 8. */
    { XB_INITIALISED, XB_EV_PEER_INITIALISED, XB_ACT_CONNECT, XB_CONNECTED },
    { XB_INITIALISED, XB_EV_TOOL_LISTED, XB_ACT_EXPORT, XB_INITIALISED },
    { XB_INITIALISED, XB_EV_TOOL_RECONFIGURE, XB_ACT_RECONFIGURE,
      XB_INITIALISED },
    { XB_INITIALISED, XB_EV_PEER_MUTE, XB_ACT_NONE, XB_CONNECTED }, /* dead */
    { XB_INITIALISED, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_INITIALISED, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_INITIALISED, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITIALISED, XB_EV_TOOL_CLOSE, XB_ACT_RELEASE, XB_CLOSED },
    { XB_INITIALISED, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_INITIALISED, XB_EV_FAILED, XB_ACT_REPORT, XB_CLOSING },

    /* A front at 1 has lost our page; one at 7 answers after we gave up. */
    { XB_CONNECTED, XB_EV_TOOL_RECONFIGURE, XB_ACT_NONE, XB_RECONFIGURING },
    { XB_CONNECTED, XB_EV_PEER_RECONFIGURING, XB_ACT_NONE, XB_RECONFIGURED },
    { XB_CONNECTED, XB_EV_PEER_INITIALISING, XB_ACT_DISCONNECT, XB_INITWAIT },
    { XB_CONNECTED, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_CONNECTED, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_CONNECTED, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_CONNECTED, XB_EV_TOOL_CLOSE, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_CONNECTED, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_CONNECTED, XB_EV_FAILED, XB_ACT_REPORT, XB_CONNECTED },
    { XB_CONNECTED, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },

    /* After a failure too: a front at 7 leaves it only when it sees 8. */
    { XB_RECONFIGURING, XB_EV_PEER_RECONFIGURING, XB_ACT_RECONFIGURE,
      XB_RECONFIGURED },
    { XB_RECONFIGURING, XB_EV_PEER_MUTE, XB_ACT_RECONFIGURE, XB_CONNECTED },
    { XB_RECONFIGURING, XB_EV_PEER_INITIALISING, XB_ACT_DISCONNECT,
      XB_INITWAIT },
    { XB_RECONFIGURING, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURING, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_RECONFIGURING, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_RECONFIGURING, XB_EV_TOOL_CLOSE, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURING, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_RECONFIGURING, XB_EV_FAILED, XB_ACT_REPORT, XB_RECONFIGURED },
    { XB_RECONFIGURING, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },

    { XB_RECONFIGURED, XB_EV_PEER_CONNECTED, XB_ACT_NONE, XB_CONNECTED },
    { XB_RECONFIGURED, XB_EV_PEER_MUTE, XB_ACT_NONE, XB_CONNECTED },
    { XB_RECONFIGURED, XB_EV_PEER_INITIALISING, XB_ACT_DISCONNECT,
      XB_INITWAIT },
    { XB_RECONFIGURED, XB_EV_PEER_CLOSING, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURED, XB_EV_PEER_CLOSED, XB_ACT_DISCONNECT, XB_CLOSED },
    { XB_RECONFIGURED, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_RECONFIGURED, XB_EV_TOOL_CLOSE, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURED, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_RECONFIGURED, XB_EV_FAILED, XB_ACT_REPORT, XB_RECONFIGURED },
    { XB_RECONFIGURED, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },

    /* 1: a front that wrote 6 and 1 while we did not look, or one that has not
     * booted, with another device listed since the first one failed. */
    { XB_CLOSING, XB_EV_PEER_CLOSED, XB_ACT_NONE, XB_CLOSED },
    { XB_CLOSING, XB_EV_PEER_INITIALISING, XB_ACT_NONE, XB_INITWAIT },
    { XB_CLOSING, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_CLOSING, XB_EV_PEER_MUTE, XB_ACT_NONE, XB_CLOSED },
    { XB_CLOSING, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },

    /*
     * Fronts that come back: Mini-OS and kexec write 1 and wait for 2; a Linux
     * module that is loaded again publishes and writes 3 at once.
     * A guest that is dead (mute in 3 or 6) cannot: then the state becomes 4,
     * because libxl removes devices of a PV guest only from a back at 4, waits
     * 10 seconds for it otherwise and leaves the directory behind. From there
     * RECONFIGURING with a mute peer does the rest.
     */
    { XB_CLOSED, XB_EV_PEER_INITIALISING, XB_ACT_NONE, XB_INITWAIT },
    { XB_CLOSED, XB_EV_PEER_INITIALISED, XB_ACT_EXPORT, XB_INITIALISED },
    { XB_CLOSED, XB_EV_PEER_UNKNOWN, XB_ACT_RELEASE, XB_CLOSED },
    { XB_CLOSED, XB_EV_PEER_MUTE, XB_ACT_NONE, XB_CONNECTED },
    { XB_CLOSED, XB_EV_TOOL_RECONFIGURE, XB_ACT_RECONFIGURE, XB_CLOSED },
    { XB_CLOSED, XB_EV_TOOL_CLOSE, XB_ACT_RELEASE, XB_CLOSED },
    { XB_CLOSED, XB_EV_TOOL_RESTART, XB_ACT_RELEASE, XB_INITIALISING },
    { XB_CLOSED, XB_EV_FAILED, XB_ACT_REPORT, XB_CLOSED },
};

static const uint32_t back_ignored[XB_STATE_COUNT] = {
    [XB_UNKNOWN] = E(PEER_UNKNOWN) | PEER_EARLY | E(PEER_INITIALISED) |
                   E(PEER_CONNECTED) | E(PEER_CLOSING) | E(PEER_CLOSED) |
                   PEER_RECONF | E(PEER_GARBAGE) | E(PEER_MUTE) | TOOL_DEVICES |
                   E(FAILED) | E(CAPTURED),
    [XB_INITIALISING] = PEER_EARLY | E(PEER_INITIALISED) | E(PEER_CONNECTED) |
                        PEER_RECONF | E(PEER_GARBAGE) | E(PEER_MUTE) |
                        E(TOOL_RECONFIGURE) | E(CAPTURED),
    [XB_INITWAIT] = PEER_EARLY | E(PEER_INITIALISED) | E(PEER_CONNECTED) |
                    PEER_RECONF | E(PEER_GARBAGE) | E(PEER_MUTE) |
                    E(TOOL_RECONFIGURE) | E(CAPTURED),
    [XB_INITIALISED] = PEER_EARLY | E(PEER_CONNECTED) | PEER_RECONF |
                       E(PEER_GARBAGE) | E(CAPTURED),
    [XB_CONNECTED] = E(PEER_INITWAIT) | E(PEER_INITIALISED) |
                     E(PEER_CONNECTED) | E(PEER_RECONFIGURED) |
                     E(PEER_GARBAGE) | E(PEER_MUTE) | E(TOOL_LISTED),
    [XB_RECONFIGURING] = E(PEER_INITWAIT) | E(PEER_INITIALISED) |
                         E(PEER_CONNECTED) | E(PEER_RECONFIGURED) |
                         E(PEER_GARBAGE) | TOOL_DEVICES,
    [XB_RECONFIGURED] = E(PEER_INITWAIT) | E(PEER_INITIALISED) | PEER_RECONF |
                        E(PEER_GARBAGE) | TOOL_DEVICES,
    [XB_CLOSING] = E(PEER_INITWAIT) | E(PEER_INITIALISED) | E(PEER_CONNECTED) |
                   E(PEER_CLOSING) | PEER_RECONF | E(PEER_GARBAGE) |
                   TOOL_DEVICES | E(TOOL_CLOSE) | E(FAILED) | E(CAPTURED),
    [XB_CLOSED] = E(PEER_INITWAIT) | E(PEER_CONNECTED) | E(PEER_CLOSING) |
                  E(PEER_CLOSED) | PEER_RECONF | E(PEER_GARBAGE) |
                  E(TOOL_LISTED) | E(CAPTURED),
};

const struct xb_table xb_back_table = {
    .rows = back_rows,
    .nrows = ARRAY_LEN(back_rows),
    .ignored = back_ignored,
};

struct xb_step xb_back_step(enum xb_state self, enum xb_event event)
{
    return xb_table_step(&xb_back_table, self, event);
}

/*
 * Without this a pair that the toolstack closed while the front stood at 1 or 3
 * would open again at once, and a front stuck at 7 would have us alternate
 * between 4 and 8.
 */
bool xb_back_needs_change(enum xb_state self, enum xb_event event)
{
    static const uint32_t sets[XB_STATE_COUNT] = {
        [XB_CONNECTED] = E(PEER_RECONFIGURING),
        [XB_CLOSING] = E(PEER_INITIALISING),
        [XB_CLOSED] = E(PEER_INITIALISING) | E(PEER_INITIALISED),
    };

    return (sets[self] >> event & 1) != 0;
}
