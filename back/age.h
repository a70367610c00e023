/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When processes began. */
#ifndef BACK_AGE_H
#define BACK_AGE_H

#include <stdint.h>
#include <sys/types.h>

/* In ticks since the boot: with its number, it names a process for good. 0: there
 * is none. */
uint64_t age_start_of(pid_t pid);

/* Of this process, since its fork: milliseconds, to the kernel's tick (10 ms); 0
 * when /proc does not say. */
unsigned int age_ms(void);

#endif
