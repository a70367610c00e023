/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The driver a device had before it became assignable, remembered where libxl
 * remembers it, so that either tool can give the device back.
 * int results: 0 or a negative errno.
 */
#ifndef TOOLSTACK_DRIVER_H
#define TOOLSTACK_DRIVER_H

#include "sbdf.h"
#include "store.h"
#include "sysfs.h"

/*
 * Unbind the device from its driver and remember that driver. Unbound
 * already: an older memory is kept. The driver's name, or "", is in name.
 */
MUST_USE int driver_take_off(struct store *st, struct sbdf dev,
                             char name[SYSFS_DRIVER]);

/*
 * Bind the remembered driver, or let the kernel choose when there is none or
 * it is not loaded; the name of what is bound in the end, or "", is in name.
 */
MUST_USE int driver_put_back(struct store *st, struct sbdf dev,
                             char name[SYSFS_DRIVER]);

/* Forget the memory. */
MUST_USE int driver_forget(struct store *st, struct sbdf dev);

#endif
