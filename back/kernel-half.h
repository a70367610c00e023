/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Living beside xen-pciback. The module stays loaded as the holder of devices
 * on the PCI bus; its other half, the backend driver on the xen-backend bus,
 * would answer the same directories as we do. While we run, that bus does not
 * bind drivers by itself: we hand every other kind of backend (vif, vbd, ...)
 * to its driver and leave "pci" alone.
 */
#ifndef BACK_KERNEL_HALF_H
#define BACK_KERNEL_HALF_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/*
 * Stop automatic binding. 0 or a negative errno; -ENOENT: the kernel has no
 * xen-backend bus, so nothing competes.
 */
MUST_USE int kernel_half_hold(void);

/*
 * Then, soon: hand other kinds out, those that have come meanwhile and those that
 * come. 0 or a negative errno. Needs the loop.
 */
MUST_USE int kernel_half_hand_out(void);

/* Let the kernel bind by itself again, as before kernel_half_hold(). */
void kernel_half_let_go(void);

/* Has the kernel's backend driver taken this domain's PCI directory? */
bool kernel_half_owns(uint16_t domid);

#endif
