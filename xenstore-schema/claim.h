/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who has a device: libxl's node, which keeps xl and us off each other's
 * devices, and our own record beside it, which survives the guest's reboot.
 * int results: 0 or a negative errno. Blocks on xenstored only.
 */
#ifndef XENSTORE_SCHEMA_CLAIM_H
#define XENSTORE_SCHEMA_CLAIM_H

#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"
#include "store.h"

#define CLAIM_UUID   37 /* bytes for the usual text form and its NUL */
#define CLAIM_NOBODY 0xffffu

struct claim {
    struct sbdf dev;
    uint16_t domid;
    const char *uuid;    /* of that domain */
    const char *options; /* as for opts-N */
    /*
     * A former owner known to be dead, whose claim may be overwritten; or
     * CLAIM_NOBODY. The guest that rebooted has a new domain id.
     */
    uint16_t replaces;
};

/*
 * Record the claim in one transaction. -EBUSY: another domain has the device.
 * Claiming again for the same domain is a success.
 */
MUST_USE int claim_take(struct store *st, const struct claim *claim);

/* The same as a part of a larger transaction. */
MUST_USE int claim_take_in(struct store *st, struct store_txn *txn,
                           const struct claim *claim);

/* Give up the domain's claim. Somebody else's claim stays: -EBUSY. */
MUST_USE int claim_drop(struct store *st, struct sbdf dev, uint16_t domid);

/* Who has it by libxl's node. -ENOENT: nobody. -EINVAL: the node is damaged. */
MUST_USE int claim_owner(struct store *st, struct sbdf dev, uint16_t *domid);

/* Did xenpci, rather than xl, attach the device to this domain? */
MUST_USE bool claim_is_ours(struct store *st, struct sbdf dev, uint16_t domid);

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", lower case. Returns buf. */
const char *claim_uuid_format(const uint8_t uuid[16], char buf[CLAIM_UUID]);

#endif
