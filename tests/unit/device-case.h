/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of check_device share: two devices, a claim, a release. */
#ifndef TESTS_UNIT_DEVICE_CASE_H
#define TESTS_UNIT_DEVICE_CASE_H

#include <check.h>

#include "back-world.h"
#include "device.h"

extern const struct sbdf case_nvme, case_nic;

/* Of the nvme's dump. */
#define MSIX_CONTROL 0x42
#define PM_CONTROL   0x64
#define NVME_IDS     0x00101b36u

/* What the last done function saw. */
struct case_seen {
    bool done;
    int err;
    char why[DEVICE_WHY];
};
extern struct case_seen case_seen;

void device_case_setup(void);
void case_on_done(void *arg, struct device *dev, int err);
bool case_done(void *arg);

/* Begin to claim; as device_claim(), the reason in case_seen. */
struct device *start_claim(struct sbdf sbdf, uint16_t domid);
/* Claim for BACK_DOMID to the end, which must be a good one. */
struct device *claim_ok(struct sbdf sbdf);
/* Release to the end; its result. */
int release_device(struct device *dev);

/* What a guest asks, to the end. */
enum pci_wire_err case_write(struct device *dev, const struct cfg_plan *plan);
int case_msix_on(struct device *dev, const uint16_t *entries,
                 unsigned int count, unsigned int *granted);
int case_msi_on(struct device *dev, unsigned int count, uint32_t *pirq);
void case_msi_off(struct device *dev);
/* Run until nothing is under way. */
void case_rest(struct device *dev);

/*
 * From now on, each of Xen's calls with what the nvme was like at that moment:
 * "unmap master msix reset", one a line.
 */
extern char case_trace[4096];
void start_trace(void);

TCase *device_claim_tests(void);
TCase *device_dirty_tests(void);
TCase *device_held_tests(void);
TCase *device_kinds_tests(void);
TCase *device_settle_tests(void);
TCase *device_reset_tests(void);
TCase *device_share_tests(void);
TCase *device_ledger_tests(void);

#endif
