/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judge a part of xenstore by the schema: which nodes of the PCI pairs are
 * missing, unknown, malformed, or contradict each other. Pure: a listing in,
 * findings out.
 */
#ifndef XENSTORE_SCHEMA_VALIDATE_H
#define XENSTORE_SCHEMA_VALIDATE_H

#include <stdint.h>

#include "compiler.h"
#include "faults.h"
#include "listing.h"

#define VALIDATE_ALL FAULT_NO_DOMAIN

/*
 * The list must be sorted. domid: judge this guest's pair only, or
 * VALIDATE_ALL. A listing without /local/domain is taken for a part of a store:
 * then nothing is called gone for want of its domain. 0 or -ENOMEM.
 */
MUST_USE int validate(const struct listing *list, uint32_t domid,
                      struct faults *faults);

/* Every guest with a back or a front directory, ascending; -ENOMEM. free(). */
MUST_USE int validate_guests(const struct listing *list, uint32_t **domids,
                             size_t *count);

#endif
