/* SPDX-License-Identifier: MIT */
/*
 * Event channels without upcalls: all stay masked, and the kernel sleeps in
 * SCHEDOP_poll until one it names is pending. Who waits for something takes the
 * event first, then looks, then waits; so nothing is missed.
 */
#ifndef DOMU_EVENT_H
#define DOMU_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

void event_init(struct shared_info *shared);

/* A port that domain domid may bind; 0 or a negative errno. */
int event_open(domid_t domid, uint32_t *port);
void event_close(uint32_t port);
void event_send(uint32_t port);

/* Was it notified since the last time? Port 0 never is. */
bool event_take(uint32_t port);

/*
 * Until one of at most 8 ports is pending or clock_now() is deadline. May
 * return for no reason. Zeroes among the ports are skipped.
 */
void event_wait(const uint32_t *ports, size_t count, uint64_t deadline);

#endif
