/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Having a device report its errors. Linux before 6.5 leaves that to the
 * device's driver, and the holder of devices for guests does not do it.
 */
#ifndef BACK_AER_ENABLE_H
#define BACK_AER_ENABLE_H

#include <stdbool.h>

#include "cfgspace.h"
#include "compiler.h"
#include "sbdf.h"

/* Does the kernel listen at the device's root port? Where firmware does, nothing
 * is to be changed. Looks at files only, never at the device. */
MUST_USE bool aer_is_heard(struct sbdf sbdf);

/*
 * Turn on error messages of a device that has advanced error reporting. What was
 * set before is in the snapshot and comes back with it. 0 or a negative errno.
 * Safe in a child process; blocks for as long as the device does.
 */
MUST_USE int aer_enable(int config_fd, const struct cfgspace *cs);

#endif
