/* SPDX-License-Identifier: MIT */
/*
 * What came of a device's last reset between two owners: one JSON file a device
 * in the daemon's run directory. The daemon writes it; whoever lists devices
 * reads it. A device whose last reset failed is dirty: it may hold, or go on
 * doing, what its last guest left in it.
 */
#ifndef COMMON_HOST_RESET_RECORD_H
#define COMMON_HOST_RESET_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

#define RESET_RECORD_METHOD 16
#define RESET_RECORD_REASON 160
#define RESET_RECORD_UUID   37

struct reset_record {
    struct sbdf sbdf;
    uint16_t vendor, device; /* another device at this address is not meant */
    bool clean;
    char
        method[RESET_RECORD_METHOD]; /* that worked, or the last tried; or "" */
    char reason[RESET_RECORD_REASON]; /* why it is not clean; "" if it is */
    char uuid[RESET_RECORD_UUID];     /* the last guest's; "" if unknown */
    int64_t time;                     /* seconds since 1970 */
};

/* Replace the device's record in dir. 0 or a negative errno: the old one stays. */
MUST_USE int reset_record_save(const char *dir,
                               const struct reset_record *record);

/*
 * -ENOENT: none, or it is about another device; -EPROTO: damaged. Nothing is
 * half-filled on failure.
 */
MUST_USE int reset_record_load(const char *dir, struct sbdf sbdf,
                               uint16_t vendor, uint16_t device,
                               struct reset_record *record);

#endif
