/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One guest's PCI bus: its backend directory, its devices, its worker. A link
 * looks at the store whenever something may have changed (level-triggered),
 * turns what it sees into events, steps through the table of xbstate.h, and
 * runs the actions. Actions may take a while; the next look waits for them.
 *
 * link.c        life and steps
 * link-scan.c   what the store and Xen say, as events
 * link-list.c   ... of devices, beside those we hold
 * link-store.c  the nodes we write
 * link-roots.c  ... of them, the roots of the guest's buses
 * link-policy.c  what the administrator allows
 * link-devices.c  actions EXPORT, RECONFIGURE, RELEASE
 * link-adopt.c    going on where an earlier broker stopped
 * link-newer.c    what a newer one has left
 * link-front.c    what a front publishes
 * link-connect.c  actions CONNECT, DISCONNECT
 * link-worker.c   the worker's life
 * link-upgrade.c  workers of another version, one by one
 * link-requests.c what the worker asks for
 * link-quota.c    a guest's share of all this
 */
#ifndef BACK_LINK_H
#define BACK_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "hyp.h"
#include "log.h"
#include "loop.h"
#include "policy.h"
#include "publish.h"
#include "quota.h"
#include "recovery.h"
#include "store.h"
#include "worker-proc.h"
#include "xbstate.h"

struct link {
    struct link *next;
    struct hyp *hyp;
    struct store *store;
    uint16_t domid;
    enum xb_state self;
    enum xb_event peer;       /* as last seen */
    enum xb_event peer_entry; /* as it was when we entered self */
    struct loop_watch *look;  /* a look is due */
    struct quota quota;       /* what the guest had of us lately */
    bool kernel_owned;        /* said so once already */
    bool newer;               /* ... of a newer xenpcid's records */
    bool damaged;             /* ... of the directory */
    bool unwritten;           /* our state, because the store did not take it */
    bool vanished;            /* the backend directory is gone */
    bool unread;              /* what it says of devices that were adopted */
    bool watching;            /* the front's state; if not, */
    struct loop_watch *deaf;  /* ... until then, because it changed too often */

    enum xb_action running; /* XB_ACT_NONE: none */
    enum xb_state target;
    unsigned int pending; /* devices in transition for it */
    bool holding;         /* the action itself still starts things */
    unsigned int failed;

    struct worker_proc *worker;
    bool connected;
    bool
        captured; /* its worker was, or is as bad, and the link is about to close */
    bool settled;            /* it has answered what it found */
    bool outdated;           /* it is of another version than we are */
    unsigned int unsettled;  /* so many in a row died before that */
    struct loop_watch *soon; /* the next worker, after too many */

    struct loop_watch *patience; /* with a front or a worker that must answer */
    bool mute;                   /* patience is over */
    struct recovery recovery;    /* of a device that reported an error */
    struct log_budget budget;
};

/* The link of a domain, made if needed when its directory exists. */
struct link *link_get(struct hyp *hyp, struct store *store, uint16_t domid);
struct link *link_find(uint16_t domid);
struct link *link_next(const struct link *link); /* NULL starts */

/* Something may have changed; looks soon, once, however often it is called. */
void link_touch(struct link *link);

/* The store says that the front's state has changed. */
void link_heard(struct link *link);

/* At start: take over what an earlier broker had. */
void link_adopt_devices(struct hyp *hyp);

/* After the first scan: give back what belongs to guests that are gone. */
void link_release_orphans(void);

/* ---- between the link files ---- */

/* First look at a directory that is in use: go on there. 0, or -errno: nobody
 * can say what is there. */
MUST_USE int link_adopt(struct link *link);

/* Does the error of a read say nothing about the nodes? */
MUST_USE bool link_is_trouble(int ret);
/* ... and what follows from it: a word, and another look in a moment. */
void link_look_again(struct link *link, int err);

/* The record of this device is of a newer version; forget all of those. */
void link_note_newer(struct sbdf sbdf);
void link_forget_newer(void);

/* Has a newer xenpcid left a device that we cannot go on with? The guest is left
 * as it is, for that one. */
bool link_newer_has_it(struct link *link);

/* The running action is over. err < 0: it failed, and has been reported. */
void link_finish(struct link *link, int err);

/* The events that hold now, most urgent first; returns how many. */
#define LINK_EVENTS 6
unsigned int link_events(struct link *link, enum xb_event ev[LINK_EVENTS]);

bool link_has_devices(const struct link *link);
bool link_owns(const struct link *link, const struct device *dev);

/* The device, which we hold and have said so, is listed as a new one. */
bool link_is_anew(const struct device *dev,
                  const struct publish_device *listed);
bool link_is_listed(const struct publish_device *list, size_t n,
                    struct sbdf sbdf);
/* A held device is not on the list, and that is no damage: xl takes it off when
 * it has waited for ten seconds. */
MUST_USE bool link_has_unlisted(struct link *link,
                                const struct publish_device *list, size_t n);
/* How many entries have no address, which publish_list() leaves out; or a
 * negative errno. */
MUST_USE int link_unreadable(struct link *link);

/* Nodes. All do nothing when the directory is gone. */
void link_write_state(struct link *link, enum xb_state state);
void link_write_roots(struct link *link);
void link_write_exported(struct link *link, struct device *dev);
/* The device went back: its state, unless it is listed anew already. */
void link_write_released(struct link *link, struct sbdf sbdf);
void link_write_device_state(struct link *link, struct sbdf sbdf,
                             enum xb_state state);
/* Write the error node (and the device's, if sbdf is given) and log it. */
void link_report(struct link *link, const struct sbdf *sbdf, int err,
                 const char *text);
/* A word about a device that works all the same: its error node, and the log. */
void link_note(struct link *link, struct sbdf sbdf, const char *text);
/* What was reported is over: of the device, or with NULL of the guest. */
void link_clear_report(struct link *link, const struct sbdf *sbdf);
/* Error recovery has failed (or not): the node that says so. */
void link_write_aer(struct link *link, bool failed);
/* A dead domain's directories and claims, if its toolstack left them. */
void link_clear_dead(struct link *link);

/* What the administrator wants for the device. False: it has been reported. */
MUST_USE bool link_policy(struct link *link,
                          const struct publish_device *listed,
                          struct policy *out);
/* Note the quirks of an exported device that have no effect. */
void link_check_quirks(struct link *link, const struct device *dev);
/* link_policy() for what an earlier broker claimed, but for the knobs. */
void link_adopt_policy(struct link *link, const struct publish_device *listed,
                       struct device *dev);

/* Actions: each ends in link_finish(), now or later. */
void link_act_devices(struct link *link); /* EXPORT and RECONFIGURE */
void link_act_release(struct link *link);
void link_act_connect(struct link *link);
void link_act_disconnect(struct link *link);

/* The front's three nodes. 0, or a negative errno and the sentence for the error
 * node. */
MUST_USE int link_read_front(struct link *link, struct msg_connect *c,
                             char why[DEVICE_WHY]);

/* A worker for what the front has published. */
void link_worker_start(struct link *link, enum cfg_start start);
/* There is none, or it cannot serve: said where people look. */
void link_connect_failed(struct link *link, int err, const char *why);
/* For a front that is connected already: the worker that an earlier broker left,
 * or a new one. */
void link_worker_resume(struct link *link);

/* Its worker is of another version, and replaced when its turn comes. */
void link_upgrade(struct link *link, const char *version);

/* A request from the link's worker; arg is the link. */
void link_on_request(void *arg, const struct msg *request);

/* The broker was at the guest's service since then. */
void link_spend(struct link *link, uint64_t since_us);
/* The store does not take what it is given; in a moment it may. */
void link_look_later(struct link *link);

/* A look is wanted: how many milliseconds it has to wait; counts it. */
MUST_USE uint32_t link_look_delay(struct link *link);
/* The front's state node is watched, unless it changes without end. */
void link_listen_soon(struct link *link);
void link_unwatch_front(struct link *link);

/* Hot plug: tell a connected worker. */
void link_worker_add(struct link *link, const struct device *dev);
void link_worker_remove(struct link *link, const struct device *dev);

#endif
