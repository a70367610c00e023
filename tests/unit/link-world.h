/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests, their fronts and a toolstack around back/link*.c: everything real but
 * Xen, the store, sysfs and the worker processes. Needs the linker's
 * --wrap=loop_after, --wrap=link_write_state and --wrap=publish_find.
 */
#ifndef TESTS_UNIT_LINK_WORLD_H
#define TESTS_UNIT_LINK_WORLD_H

#include "back-world.h"
#include "fake-worker-proc.h"
#include "link.h"

#define OTHER_DOMID 6

extern const struct sbdf link_nvme, link_nic, link_edu;

/* Two domains, three devices nobody has. */
void link_world_setup(void);
/* Ends all guests and fails the test if anything of them is left. */
void link_world_teardown(void);

/* The broker's loop and its connection to the store end; a new broker's begin. */
void link_world_stop(void);
void link_world_start(void);

/* Once, between the daemon's look for a device's place and its write there. */
void link_world_after_find(void (*hook)(void));
/* Run it once in a look, when the pair's own state has just been read. */
void link_world_in_look(void (*hook)(void));

/* Timers of a second or more run so many times faster (1: as they are). */
void link_world_hurry(unsigned int times);

/* The toolstack lists a device; the first one makes the directories. */
void tool_lists(uint16_t domid, struct sbdf dev);
void tool_lists_with(uint16_t domid, struct sbdf dev, const char *options);
void tool_asks_back(uint16_t domid, struct sbdf dev);
void tool_unlists(uint16_t domid, struct sbdf dev);
/* ... deletes the back directory, and the front's. */
void tool_deletes(uint16_t domid);

/* Nodes of a directory; the value, or "" when absent. */
const char *back_node(uint16_t domid, const char *leaf);
void set_back(uint16_t domid, const char *leaf, const char *value);
void set_front(uint16_t domid, const char *leaf, const char *value);
void unset_front(uint16_t domid, const char *leaf);

/* The front publishes its page and port, and its state 3. */
void front_publishes(uint16_t domid);

/* Its part of a reconfiguration: 7, and 4 once it has seen 8. */
void front_reconfigures(uint16_t domid);

/* The error node of the pair, and of a device. */
const char *back_error(uint16_t domid);
const char *device_error(struct sbdf dev);

/* The states the daemon has written so far: "2 3 4". */
const char *states(uint16_t domid);
/* Run until they are exactly these; fails the test otherwise. */
void expect_states(uint16_t domid, const char *text);
/* The directory's listing just before state 3 was written for the first time. */
const char *listing_before_3(uint16_t domid);

/* From nothing to Connected with these devices. */
void connect_guest(uint16_t domid, struct sbdf dev);

/* Run until a device that is being claimed is in its reset. */
void expect_reset(struct sbdf dev);
/* Run until the device is owned by that domain in Xen. */
void expect_owner(struct sbdf dev, uint16_t domid);
void expect_back_node(uint16_t domid, const char *leaf, const char *value);
bool no_links(void *unused);

#endif
