/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker's end of error recovery: the one request to the front that may be
 * outstanding on a guest's page. Ordinary requests of the guest are served
 * meanwhile; the two share nothing but the page. Worker only.
 */
#ifndef BACK_AER_SLOT_H
#define BACK_AER_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"
#include "ring.h"
#include "sbdf.h"

struct aer_slot {
    bool waiting; /* for the front */
    uint32_t serial;
    struct pci_aer_op op;
};

/*
 * Carry out MSG_AER. page and virt are NULL when there is no such thing. True:
 * it is over at once and *done says how. False: slot->waiting, and the caller
 * sends the front one event.
 */
MUST_USE bool aer_slot_ask(struct aer_slot *slot, struct pci_page *page,
                           const struct msg *request, const struct sbdf *virt,
                           struct msg *done);

/* Has the front answered? Then *done is the message for the broker. */
MUST_USE bool aer_slot_collect(struct aer_slot *slot,
                               const struct pci_page *page, struct msg *done);

/* Withdraw it; an answer that still comes is not looked at. */
void aer_slot_cancel(struct aer_slot *slot, struct pci_page *page);

#endif
