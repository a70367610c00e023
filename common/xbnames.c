/* SPDX-License-Identifier: MIT */
/* Names of xenbus states, events and actions, for people. */
#include "xbstate.h"

#include <stddef.h>

static const char *name_of(const char *const *names, size_t count, size_t i)
{
    return i < count && names[i] != NULL ? names[i] : "?";
}

const char *xb_state_name(enum xb_state state)
{
    static const char *const names[] = {
        [XB_UNKNOWN] = "Unknown",
        [XB_INITIALISING] = "Initialising",
        [XB_INITWAIT] = "InitWait",
        [XB_INITIALISED] = "Initialised",
        [XB_CONNECTED] = "Connected",
        [XB_CLOSING] = "Closing",
        [XB_CLOSED] = "Closed",
        [XB_RECONFIGURING] = "Reconfiguring",
        [XB_RECONFIGURED] = "Reconfigured",
    };

    return name_of(names, ARRAY_LEN(names), state);
}

const char *xb_event_name(enum xb_event event)
{
    static const char *const names[] = {
        [XB_EV_PEER_UNKNOWN] = "peer gone",
        [XB_EV_PEER_INITIALISING] = "peer Initialising",
        [XB_EV_PEER_INITWAIT] = "peer InitWait",
        [XB_EV_PEER_INITIALISED] = "peer Initialised",
        [XB_EV_PEER_CONNECTED] = "peer Connected",
        [XB_EV_PEER_CLOSING] = "peer Closing",
        [XB_EV_PEER_CLOSED] = "peer Closed",
        [XB_EV_PEER_RECONFIGURING] = "peer Reconfiguring",
        [XB_EV_PEER_RECONFIGURED] = "peer Reconfigured",
        [XB_EV_PEER_GARBAGE] = "peer garbage",
        [XB_EV_PEER_MUTE] = "peer mute",
        [XB_EV_TOOL_LISTED] = "devices listed",
        [XB_EV_TOOL_RECONFIGURE] = "reconfigure",
        [XB_EV_TOOL_CLOSE] = "close",
        [XB_EV_TOOL_RESTART] = "restart",
        [XB_EV_FAILED] = "failed",
        [XB_EV_CAPTURED] = "captured",
    };

    return name_of(names, ARRAY_LEN(names), event);
}

const char *xb_action_name(enum xb_action action)
{
    static const char *const names[] = {
        [XB_ACT_NONE] = "nothing",
        [XB_ACT_EXPORT] = "export",
        [XB_ACT_CONNECT] = "connect",
        [XB_ACT_RECONFIGURE] = "reconfigure",
        [XB_ACT_DISCONNECT] = "disconnect",
        [XB_ACT_RELEASE] = "release",
        [XB_ACT_REPORT] = "report",
        [XB_ACT_PUBLISH] = "publish",
        [XB_ACT_SCAN] = "scan",
        [XB_ACT_UNPLUG] = "unplug",
        [XB_ACT_RESCAN] = "rescan",
        [XB_ACT_TEARDOWN] = "teardown",
    };

    return name_of(names, ARRAY_LEN(names), action);
}
