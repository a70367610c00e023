/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake device with an owner: the worker's engine, the broker's engine beside
 * it, and an oracle of its own that says which bits a guest may ever change.
 * Every write of a guest goes through all three.
 */
#ifndef TESTS_CFG_DEVICE_H
#define TESTS_CFG_DEVICE_H

#include <check.h>

#include "cfgspace.h"
#include "fake-hw.h"

struct cfg_device {
    struct fake_hw hw;
    struct cfg_params params;
    struct cfg_shadow shadow;
    struct cfgspace cs;
    struct cfg_shadow broker_shadow;
    struct cfgspace broker;
    struct cfg_plan plan;           /* of the last write */
    uint8_t may[CFG_SIZE_MAX];      /* the oracle: bits a guest may change */
    uint8_t pristine[CFG_SIZE_MAX]; /* the device before any guest */
};

/* The devices of tests/data, and "everything", an invented one. */
extern const char *const device_names[];
extern const unsigned int device_count;

/* A device by name, with a fresh owner. */
void device_open(struct cfg_device *d, const char *name);

/* The same, of an owner with knobs. */
void device_open_with(struct cfg_device *d, const char *name,
                      const struct cfg_knobs *knobs);

/* Work out d->may, and which bits of the hardware a 1 clears. */
void oracle_learn(struct cfg_device *d);

/* A fresh owner for whatever hw and params now are. */
void device_start(struct cfg_device *d);

/* A guest's read that must succeed. */
uint32_t device_read(struct cfg_device *d, uint16_t offset, uint8_t size);

/*
 * A guest's write: planned by the worker, permitted by the broker, done to the
 * hardware, and judged by the oracle.
 */
enum pci_wire_err device_write(struct cfg_device *d, uint16_t offset,
                               uint8_t size, uint32_t value);

/* Fail unless the hardware differs from `before` only where it may. */
void device_judge(const struct cfg_device *d, const uint8_t *before);

/* Where the invented device has its registers. */
#define EVERYTHING_PM     0x40
#define EVERYTHING_VPD    0x50
#define EVERYTHING_MSI    0x60
#define EVERYTHING_MSIX   0x80
#define EVERYTHING_EXP    0x90
#define EVERYTHING_VENDOR 0xd0
#define EVERYTHING_AF     0xe0
#define EVERYTHING_AER    0x100
#define EVERYTHING_DSN    0x150

#endif
