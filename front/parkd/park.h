/* SPDX-License-Identifier: MIT */
/* What happens to a device that is given to this guest. */
#ifndef PARKD_PARK_H
#define PARKD_PARK_H

#include "pcifront.h"

/* Parks what is added, says what is removed, answers error recovery. */
extern const struct pcifront_client park_client;

/* The devices and how they are, if something changed since the last time. */
void park_table(struct pcifront *pf);

#endif
