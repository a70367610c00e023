/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of check_slow share: two guests, and a device that takes its
 * time, or all of it. An access to it sleeps, in whatever process it is; in the
 * broker it must not happen at all. Needs the linker's --wrap for
 * sysfs_config_read, sysfs_config_write, kill and child_fork.
 */
#ifndef TESTS_UNIT_SLOW_CASE_H
#define TESTS_UNIT_SLOW_CASE_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "device-ops.h"
#include "link-world.h"

/* Deadlines of 1.5, 5 and 10 s are over at once. */
#define HURRY 10

void slow_setup(void);
void slow_teardown(void);

/* The network card is BACK_DOMID's, a disk OTHER_DOMID's. */
void slow_guests(void);
struct device *slow_nic(void);

/* From now on the device does not answer; until then. Deadlines are then as they
 * are, and whoever was in the kernel has come back. */
void slow_sleep(struct sbdf sbdf);
void slow_wake(void);

/* A process in the middle of an access cannot be killed; so many were to be. */
extern bool slow_in_the_kernel;
extern unsigned int slow_kept;

/* The hand that was started last. */
extern pid_t slow_hand;
void slow_kill(pid_t pid, int signo);

/* A guest's worker asks about its first device; the answer's err. */
int32_t slow_ask(uint16_t domid, uint32_t type, uint32_t serial);
/* BACK_DOMID's, in two steps. A write is one of its serial to the register of
 * the cache line's size. */
void slow_start(uint32_t type, uint32_t serial);
bool slow_answered(uint32_t serial);

/* Nothing is under way at the network card. */
bool slow_idle(void *unused);

TCase *slow_end_tests(void);

#endif
