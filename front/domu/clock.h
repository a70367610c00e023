/* SPDX-License-Identifier: MIT */
/* Xen's system time: nanoseconds since the host booted. Never goes back. */
#ifndef DOMU_CLOCK_H
#define DOMU_CLOCK_H

#include <stdint.h>

#include "abi.h"

#define CLOCK_MS     UINT64_C(1000000)
#define CLOCK_SECOND UINT64_C(1000000000)

void clock_init(const struct shared_info *shared);

/* Comparable with the deadlines of event_wait(). */
uint64_t clock_now(void);

#endif
