/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What guests were refused, brought before the administrator: each register
 * once in the log, and all of it in a file beside the device's record, which
 * "xenpci denied" prints. The file outlives the guest, until the next one gets
 * the device: after a crash it is what one wants to read.
 *
 * Broker only. The ledger itself is the worker's, which may write nonsense.
 */
#ifndef BACK_LEDGER_H
#define BACK_LEDGER_H

#include <stdbool.h>

#include "cfgspace.h"
#include "log.h"

struct device;

/* Part of struct device; zeroed is fine. */
struct ledger {
    bool written;           /* the file says what is in told */
    struct cfg_ledger told; /* at the last look */
    struct log_budget budget;
};

/* Look at every device that a guest has, each second from now on. */
void ledger_start(void);
void ledger_stop(void);

/* Look now; a device that nobody has is passed over. */
void ledger_look(struct device *dev);

/* A last look: the device goes back. */
void ledger_end(struct device *dev);

#endif
