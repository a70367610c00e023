/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest that reboots is a new domain to Xen and xl. What was attached with
 * xenpci belongs to the guest, known by its uuid, and follows it.
 */
#ifndef BACK_REATTACH_H
#define BACK_REATTACH_H

#include "hyp.h"
#include "store.h"

/* Some domain appeared: list again what its former life had attached. */
void reattach_all(struct hyp *hyp, struct store *store);

#endif
