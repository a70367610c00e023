/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the broker lives in during the walk: link-world.h's guests and
 * toolstack, workers that are processes, and a front on their page. Functions
 * that wait run the loop, and are part of the walk while faults are armed; what
 * the toolstack and the front do is not.
 */
#ifndef TESTS_FAULTS_WORLD_H
#define TESTS_FAULTS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "house.h"
#include "link-world.h"
#include "ring.h"

void fault_world_up(void);
/* A new broker, in the same world. */
void fault_world_start(void);
/* Where the broker has its files. */
const char *fault_world_run_dir(void);
/* Ends all guests; ends the point when anything is left of them. */
void fault_world_down(void);

/* Run until this holds (true), or until nothing happens any more (false). */
bool comes(bool (*cond)(void *arg), void *arg);
/* Run until nothing happens any more. */
void settle(void);
/* The back's state. */
bool comes_state(uint16_t domid, const char *state);
bool comes_owner(struct sbdf dev, uint16_t domid);
bool comes_end(void); /* of all links and devices */

/* List, publish and wait for 4. */
bool connects(uint16_t domid, struct sbdf dev);
/* Ask for the change that the toolstack began to be carried out: 7, 8, 4. */
bool reconfigures(uint16_t domid);
/* The toolstack deletes the guest's directories; the end of the link. */
bool ends(uint16_t domid);

/* The process of a guest that has one. */
pid_t worker_pid(uint16_t domid);

/* An operation of the front; true: it was answered within two seconds. */
bool answered(uint16_t domid, struct pci_op *op);
/* Was one of them answered with an error? */
bool front_was_told(void);

#endif
