/* SPDX-License-Identifier: MIT */
/* What `watch` tells: a line for each event, at once. */
#ifndef FRONT_TOOL_EVENT_H
#define FRONT_TOOL_EVENT_H

#include "session.h"

struct event_log {
    const struct session *session;
    uint64_t begun_ns;
    uint32_t told; /* devices that came or went, and errors */
    enum pcifront_state state;
    bool started; /* what comes now was not there before */
    bool json;
};

/* To be handed to session_open() with a struct event_log as arg. */
extern const struct pcifront_client event_client;

/* Tell the pair's state if it is another than the last one told. */
void event_state(struct event_log *log, enum pcifront_state state);

#endif
