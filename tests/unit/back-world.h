/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the broker lives in: a /sys with devices, a run directory, Xen, a store
 * and the event loop, all fake but the loop and the files.
 */
#ifndef TESTS_UNIT_BACK_WORLD_H
#define TESTS_UNIT_BACK_WORLD_H

#include <stdint.h>

#include "fake-xen.h"
#include "sbdf.h"
#include "store.h"

/* A kind of device: registers from tests/data, resources to match. */
struct back_model {
    const char *dump;
    const char *resource; /* as in sysfs; the missing lines are empty */
    const char *class_code;
    unsigned int irq;
};
extern const struct back_model back_nvme;   /* BAR 0 at feb30000, MSI-X */
extern const struct back_model back_disk2;  /* the same, at feb38000 */
extern const struct back_model back_e1000e; /* memory, ports, ROM, MSI, MSI-X */

#define BACK_DOMID 5

extern struct hyp *world_hyp;
extern struct store *world_store;

/* Also makes domain BACK_DOMID. */
void world_setup(void);
/* Fails the test if Xen was told to take what it had not given. */
void world_teardown(void);

/* A device that pciback holds and Xen has in quarantine. */
void world_add(struct sbdf dev, const struct back_model *model);

/* A path in the temporary tree, for temp_tree_*(). Valid for four calls. */
const char *world_path(struct sbdf dev, const char *leaf);

/* Registers, behind everybody's back. */
uint32_t world_get(struct sbdf dev, uint16_t offset, uint8_t size);
void world_set(struct sbdf dev, uint16_t offset, uint8_t size, uint32_t value);

/* Has the device been reset since the world began? */
bool world_was_reset(struct sbdf dev);

/* Resets of this device wait until world_end_reset(). */
void world_slow_reset(struct sbdf dev);
void world_end_reset(struct sbdf dev);
/* From now on none waits, and those that wait end. */
void world_fast_resets(void);

/* Bind to another driver; NULL: none. */
void world_bind(struct sbdf dev, const char *driver);

/* Descriptors this process has open. */
unsigned int world_open_fds(void);

#endif
