/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One broker a host. */
#ifndef BACK_LOCK_H
#define BACK_LOCK_H

#include "compiler.h"

/*
 * Take the lock in run_dir (made if absent, mode 0700). 0, or -EBUSY when
 * another broker has held it for half a second, or another negative errno.
 * Held until exit; closed on exec, so that workers do not keep it.
 */
MUST_USE int lock_take(const char *run_dir);

#endif
