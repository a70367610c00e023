/* SPDX-License-Identifier: MIT */
/* One connection to the backend, from the checks before to the orderly end. */
#ifndef FRONT_TOOL_SESSION_H
#define FRONT_TOOL_SESSION_H

#include "pcifront-linux.h"
#include "pcifront.h"
#include "tool.h"

struct session {
    struct pcifront_linux *glue;
    struct pcifront *pf;
    int lock_fd;
};

/*
 * Be the front, not connected yet. client and arg (NULL: none) as in struct
 * pcifront_options. Whatever happened, session_close() ends it.
 */
MUST_USE enum exit_code session_start(struct session *session,
                                      const struct arguments *args,
                                      const struct pcifront_client *client,
                                      void *arg, struct report *report);

/* Connect. Says after a second what it waits for. */
MUST_USE enum exit_code session_connect(struct session *session,
                                        const struct arguments *args,
                                        struct report *report);

/* Both, without a client. */
MUST_USE enum exit_code session_open(struct session *session,
                                     const struct arguments *args,
                                     struct report *report);

/* Let go of the devices, then of everything. */
void session_close(struct session *session);

/* SIGINT, SIGTERM or SIGHUP has come: come to an end. */
bool session_interrupted(void);

uint64_t session_now_ns(const struct session *session);

#endif
