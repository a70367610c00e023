/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What validate.c and the rules share about the guest they look at. */
#ifndef XENSTORE_SCHEMA_VALIDATE_PRIVATE_H
#define XENSTORE_SCHEMA_VALIDATE_PRIVATE_H

#include <stdbool.h>

#include "validate.h"
#include "xbstate.h"

/* More devices than a virtual bus holds; a hostile num_devs costs no more. */
#define GUEST_DEVICES_MAX 256u

/* A state node: absent or garbage is no state. */
struct guest_state {
    bool known;
    enum xb_state value;
};

struct guest {
    const struct listing *list;
    struct faults *faults;
    uint32_t domid;
    bool whole;      /* the listing shows all domains */
    bool has_domain; /* /local/domain/DOMID */
    bool has_back;
    bool has_front;
    struct guest_state back;
    struct guest_state front;
    uint32_t ndevs; /* from num_devs, at most GUEST_DEVICES_MAX */
};

/* A node of this guest: its path, and its value or NULL. */
const char *guest_path(const struct guest *guest, enum schema_id id,
                       uint32_t index, char buf[SCHEMA_PATH]);
const char *guest_value(const struct guest *guest, enum schema_id id,
                        uint32_t index);
struct guest_state guest_state(const struct guest *guest, enum schema_id id,
                               uint32_t index);

/* A finding about a node of this guest. */
void guest_fault(const struct guest *guest, enum fault_kind kind,
                 enum fault_weight weight, const char *path, const char *fmt,
                 ...) PRINTF(5, 6);

/* rules.c: what one pair must hold, beyond each node by itself. */
void rules_pair(const struct guest *guest);

/* rules-device.c: who has which device; all guests, or one. */
void rules_devices(const struct listing *list, uint32_t domid,
                   struct faults *faults);

#endif
