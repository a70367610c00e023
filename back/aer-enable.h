/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Having a device report its errors. Linux before 6.5 leaves that to the
 * device's driver, and the holder of devices for guests does not do it.
 */
#ifndef BACK_AER_ENABLE_H
#define BACK_AER_ENABLE_H

#include "cfgspace.h"
#include "compiler.h"
#include "sbdf.h"

/*
 * Turn on error messages of a device that has advanced error reporting, if the
 * kernel listens at its root port; where firmware does, nothing is changed.
 * What was set before is in the snapshot and comes back with it. 0 or a
 * negative errno.
 */
MUST_USE int aer_enable(struct sbdf sbdf, int config_fd,
                        const struct cfgspace *cs);

#endif
