/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a worker gives up before it looks at a byte that a guest wrote. Whoever
 * takes a worker over afterwards has its guest's page, the port's descriptor,
 * descriptors for reading the configuration space of the guest's own devices, a
 * socket to the broker, and the system calls of sandbox-calls.c.
 */
#ifndef BACK_SANDBOX_H
#define BACK_SANDBOX_H

#include <stdint.h>

#include "compiler.h"

/*
 * Confine this process for good: an empty root directory, which must be the
 * present working directory, limits, a user of this guest's own, no
 * capabilities, and the filter. Needs root. 0 or a negative errno with what
 * could not be done; the process must then end, for it may be half confined.
 */
MUST_USE int sandbox_enter(uint16_t domid, int port_fd, const char **what);

/* The last part of it alone, which needs no root: the filter. */
MUST_USE int sandbox_filter(int port_fd);

#endif
