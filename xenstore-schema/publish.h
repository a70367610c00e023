/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pair's two directories as a toolstack writes them: libxl's layout, each
 * change one transaction. One difference: a new back directory starts in state
 * InitWait, which the kernel's xen-pciback never takes up, instead of
 * Initialising, which it would.
 *
 * Whether the kernel's backend already owns the guest's bus is not visible
 * here; callers look at the xen-backend bus in sysfs before they call.
 * int results: 0 or a negative errno. Blocks on xenstored only.
 */
#ifndef XENSTORE_SCHEMA_PUBLISH_H
#define XENSTORE_SCHEMA_PUBLISH_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"
#include "store.h"
#include "xbstate.h"

/* Bytes for "dddd:bb:dd.ff" and its NUL: the function has two digits here. */
#define PUBLISH_VDEV 14
/* libxl allows 64 printable characters. */
#define PUBLISH_NAME 65
/* libxl's own and a list of quirks. */
#define PUBLISH_OPTIONS 512

/* More devices than this in one directory is a damaged num_devs. */
#define PUBLISH_DEVICES_MAX 256u

struct claim;

struct publish_request {
    uint16_t domid;
    struct sbdf dev;
    const char *options; /* for opts-N, in libxl's spelling */
    const char *name;    /* for name-N; NULL: none */
    /* Taken in the same transaction, or -EBUSY as from claim_take(); NULL: none. */
    const struct claim *claim;
};

/* One listed device. Texts are cut to fit and may hold anything. */
struct publish_device {
    struct sbdf dev;
    uint32_t index;          /* valid until the next removal, no longer */
    enum xb_state state;     /* XB_UNKNOWN: absent or not a state */
    char vdev[PUBLISH_VDEV]; /* "" until exported */
    char name[PUBLISH_NAME]; /* "" when it has none */
    char options[PUBLISH_OPTIONS];
};

/*
 * List a device. Makes both directories, or adds to the existing ones; back
 * state Connected then becomes Reconfiguring, in states 1 to 3 the backend
 * finds the device by itself.
 * -EEXIST: listed already. -EAGAIN: a change is under way (state 7 or 8), or
 * the store was too busy; try again. -EBUSY: the pair is closing or closed (5,
 * 6). -EINVAL: the directories are damaged. -ENOSPC: too many devices.
 */
MUST_USE int publish_add(struct store *st, const struct publish_request *req);

/*
 * Ask for a device's removal: state-N Closing, back state Reconfiguring. The
 * backend is done when state-N is Closed (xenpcid) or when the back's state is
 * again what it was (the kernel's). In states 1 and 2 only state-N changes.
 * Repeating it is harmless. -ENOENT: not listed. -EAGAIN: another change is
 * under way.
 */
MUST_USE int publish_remove_request(struct store *st, uint16_t domid,
                                    struct sbdf dev);

/*
 * Remove the device's nodes and move those of later devices down by one; with
 * the last device both directories go. -ENOENT: not listed.
 */
MUST_USE int publish_remove_finish(struct store *st, uint16_t domid,
                                   struct sbdf dev);

/* Remove both directories, whatever they hold; absent ones are a success. */
MUST_USE int publish_clear(struct store *st, uint16_t domid);

/* The listed device with that address; -ENOENT when there is none. */
MUST_USE int publish_find(struct store *st, uint16_t domid, struct sbdf dev,
                          struct publish_device *out);

/*
 * All devices of a guest, in malloc'd memory the caller frees. -ENOENT: the
 * guest has no back directory; -EINVAL: num_devs is damaged. Entries whose
 * address cannot be read are left out.
 */
MUST_USE int publish_list(struct store *st, uint16_t domid,
                          struct publish_device **list, size_t *count);

/* The back's state; -ENOENT when there is no directory, -EINVAL for rubbish. */
MUST_USE int publish_state(struct store *st, struct store_txn *txn,
                           uint16_t domid, enum xb_state *state);

#endif
