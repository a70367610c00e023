/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When a guest's device has reported an error: the exchange with its front, step
 * by step (aer.h), one device of a guest at a time, each step with a deadline.
 * What the front does not recover from ends in the administrator's policy.
 * Guests with nobody to tell, and errors that hardware corrected, are logged.
 *
 * recovery.c          the exchange
 * recovery-news.c     what sets it off
 * recovery-outcome.c  the policy
 * aer-source.c        who calls this: what the host's kernel reports
 *
 * Broker only; single-threaded; nothing here blocks.
 */
#ifndef BACK_RECOVERY_H
#define BACK_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "aer.h"
#include "msg.h"
#include "sbdf.h"

struct device;
struct link;
struct loop_watch;

/* A link's recovery; zero: none under way. */
struct recovery {
    enum aer_phase phase;
    enum aer_channel channel;
    uint32_t handle; /* of the device */
    uint32_t serial; /* of the request to the worker */
    bool asked;      /* ... which has not been answered */
    bool again;      /* the front may have been told already */
    struct loop_watch *timer;
};

/* A device reported an error that hardware corrected. */
void recovery_corrected(struct sbdf sbdf, const char *text);

/* A device reported an error that must be recovered from. text says which, ""
 * when unknown. Devices nobody has are ignored. */
void recovery_begin(struct sbdf sbdf, enum aer_channel channel,
                    const char *text);

/* The host's kernel has finished its own part, well or not. */
void recovery_host_done(struct sbdf sbdf, bool well);

/* The worker's answer; arg of the link's worker. */
void recovery_answer(struct link *link, const struct msg *m);

/* A worker serves the guest that did not before, or has another broker now: ask
 * again what was asked, or begin again what an earlier broker had begun. */
void recovery_worker_back(struct link *link);

/* The device goes back; what it was in the middle of is over. */
void recovery_drop(struct link *link, struct device *dev);

/* The front has gone, and with it everybody there was to talk to. */
void recovery_stop(struct link *link);

/* ---- between the recovery files ---- */

/* Nothing else is under way: tell the front. */
void recovery_start(struct link *link, struct device *dev,
                    enum aer_channel channel);

/* In the phase that waits for the host, and the host is through. */
void recovery_host(struct link *link, struct device *dev);

/* The front did not recover; why is the part of a sentence that says so. */
void recovery_failed(struct link *link, struct device *dev, const char *why);

#endif
