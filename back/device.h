/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One assigned device, from the moment a guest's directory names it until it is
 * back in quarantine. Claiming and releasing take a reset each, so both finish
 * later, through a callback; in between a device belongs to exactly one domain.
 *
 *   claim:   check, snapshot, reset, restore, grant, assign      -> READY
 *   release: bus master off, MSI off, quarantine, revoke, reset,
 *            restore, verify                                     -> freed
 *
 * Broker only; single-threaded.
 */
#ifndef BACK_DEVICE_H
#define BACK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "aer.h"
#include "cfgspace.h"
#include "grants.h"
#include "hyp.h"
#include "irq.h"
#include "ledger.h"
#include "policy.h"
#include "reset-record.h"
#include "reset.h"
#include "sbdf.h"
#include "store.h"
#include "sysfs.h"

#define DEVICE_WHY 256

enum device_phase {
    DEVICE_CLAIMING,
    DEVICE_READY,
    DEVICE_RELEASING
};

/* How far the host's kernel is with its own recovery of the last error. */
enum device_host {
    DEVICE_HOST_BUSY,
    DEVICE_HOST_DONE,
    DEVICE_HOST_FAILED
};

/* Errors that a device reported, for one owner. */
struct device_aer {
    enum aer_channel current; /* an error that is being recovered from */
    enum aer_channel pending; /* ... that waits for its turn */
    enum device_host host;
    bool resetting;     /* in the middle of recovery */
    uint32_t corrected; /* so many errors of each kind */
    uint32_t nonfatal;
    uint32_t fatal;
};

struct device;
struct device_op;
struct hand;
/* Claim: err 0, or the reason is in dev->why and dev is about to be freed.
 * Release: err is 0 or the first thing that went wrong; dev is about to be
 * freed either way. */
typedef void device_done_fn(void *arg, struct device *dev, int err);

/* After a reset; err as in dev->outcome. */
typedef void device_reset_fn(struct device *dev, int err);

struct device {
    struct device *next; /* in the registry */
    uint32_t handle;     /* unique for the life of the broker */
    struct sbdf sbdf;
    struct sbdf virt;
    uint16_t domid;
    enum device_phase phase;
    bool assigned_here; /* by us, not by libxl before us */
    bool told;          /* the store says that the guest has it */
    int config_fd;      /* read-write */
    int config_ro_fd;   /* for workers */
    int shadow_fd;
    struct cfg_shadow *shadow;
    struct sysfs_resource res[SYSFS_RESOURCES];
    uint16_t config_size;
    struct cfgspace cs;
    struct grants grants;
    struct irq irq;
    struct policy policy;
    struct ledger ledger;
    struct hyp *hyp;
    struct hand *hand;     /* what touches its registers, if there is one */
    struct device_op *ops; /* under way, and what waits for its end */
    bool silent;           /* it did not answer in time, and has not since */
    bool silence_told;
    device_done_fn *done;
    void *arg;
    uint8_t uuid[16]; /* the guest's; zero if it could not be asked */
    device_reset_fn *after_reset;
    struct reset_outcome outcome;
    struct device_aer aer;
    char why[DEVICE_WHY];
};

struct device_claim {
    struct sbdf sbdf;
    struct sbdf virt;
    uint16_t domid;
    const struct policy *policy; /* copied; NULL: nothing is allowed */
    device_done_fn *done;
    void *arg;
};

/*
 * Start to claim. NULL when it cannot even begin, with errno and the reason in
 * why; errno EAGAIN: it is still being released from its last owner, try again
 * when that is over.
 */
struct device *device_claim(struct hyp *hyp, struct store *store,
                            const struct device_claim *claim,
                            char why[DEVICE_WHY]);

/* Start to give it back. Only from READY. */
void device_release(struct device *dev, device_done_fn *done, void *arg);

/* The device that a domain's worker means; NULL if it is not this domain's. */
struct device *device_by_handle(uint16_t domid, uint32_t handle);
struct device *device_by_sbdf(struct sbdf sbdf);

/*
 * Take over a device that an earlier broker had READY, from its record. NULL
 * with errno when that cannot be.
 */
struct device *device_adopt(struct hyp *hyp, struct sbdf sbdf);

/* ---- between the device files ---- */

/* Keep its record (state.h) in step with the device. */
void device_remember(const struct device *dev);

/* Everything that can be told without touching the device. *ours: it must be
 * assigned by us. 0 or -errno and why. */
MUST_USE int device_check(struct hyp *hyp, struct store *store,
                          const struct device_claim *claim, bool *ours,
                          char why[DEVICE_WHY]);

/* Is a page of its registers another guest's already? 0 or -errno and why. */
MUST_USE int device_check_shared(struct device *dev);

/* Take out of its grants what another device of the same guest needs. */
void device_spare_shared(struct device *dev);

/* Open configuration space and the shadow registers. 0 or -errno and why. */
MUST_USE int device_open(struct device *dev);

MUST_USE int device_read_config(void *ctx, uint16_t offset, uint8_t size,
                                uint32_t *value);

void device_say(char why[DEVICE_WHY], const char *fmt, ...) PRINTF(2, 3);

/* Enter the registry with a fresh handle; NULL when out of memory. */
struct device *device_new(struct hyp *hyp, const struct device_claim *claim);

/* Leave the registry: its next owner may have it from now on. */
void device_forget(struct device *dev);

/* Forget it and close what is open. Accepts a half-built device. */
void device_free(struct device *dev);

/* Quarantine, revoke: what Xen has to do to undo a claim. First error wins. */
MUST_USE int device_revoke(struct device *dev);

/*
 * After adoption, when all devices are known: if the earlier broker died while it
 * mapped or unmapped, take back what it may have left. The guest's request is
 * still in its page and is served anew.
 */
void device_irq_settle(struct device *dev);

/* Its pirqs, when it has been told already, or cannot be. */
void device_irq_unmap(struct device *dev);

/* Reset if the kernel knows how, restore and verify; record what came of it.
 * next() runs from the loop. After -ETIMEDOUT nobody may touch the device. */
void device_reset_then(struct device *dev, device_reset_fn *next);

/* The methods that its policy wants. */
struct reset_order device_reset_wish(const struct device *dev);

/* May this guest have the device, after the reset that it just had? 0, or a
 * negative errno and why. */
MUST_USE int device_check_clean(struct device *dev);

/* Note whose device it is. */
void device_know_guest(struct device *dev);

/* Reset a device that its guest keeps. done gets err and arg, from the loop;
 * the device may be gone by then. 0, or a negative errno and done is not
 * called; -ENOTSUP: the kernel knows no way. */
typedef void device_in_use_fn(void *arg, int err);
MUST_USE int device_reset_in_use(const struct device *dev,
                                 device_in_use_fn *done, void *arg);

/* Iterate over the registry; NULL starts. */
struct device *device_next(const struct device *dev);

/*
 * ---- what is done to a device that a guest has ----
 *
 * In the order of the calls, each by the device's hand under a deadline: done
 * (NULL is fine) is called once, from here or from the loop. A device that is
 * being reset or released is out of a guest's reach.
 */
struct device_result {
    int err;            /* on the wire's terms for the request, or as stated */
    unsigned int count; /* vectors granted, or that could be had (irq.h) */
    uint32_t pirq;      /* MSI: the first; MSI-X has them in dev->irq */
};
typedef void device_result_fn(void *arg, struct device *dev,
                              const struct device_result *result);

/* A worker's requests, checked again with the tables. */
void device_config_write(struct device *dev, const struct cfg_plan *plan,
                         device_result_fn *done, void *arg);
void device_msi_on(struct device *dev, unsigned int count,
                   device_result_fn *done, void *arg);
void device_msix_on(struct device *dev, const uint16_t *entries,
                    unsigned int count, device_result_fn *done, void *arg);

/* MSI and MSI-X off; err 0 or a negative errno of the device's, and their pirqs
 * are unmapped all the same. The record stays behind. */
void device_msi_off(struct device *dev, device_result_fn *done, void *arg);

/* Put back what a reset took from a device that its guest keeps: registers, and
 * its interrupts. Bus mastering and the rest are its driver's to turn on. err 0
 * or a negative errno. */
void device_after_reset(struct device *dev, device_result_fn *done, void *arg);

/* The same if it has been reset, by somebody else. */
void device_mend(struct device *dev);

/* Until somebody turns it on again. */
void device_stop_dma(struct device *dev);

/* Neither being released nor in a reset, whose end the kernel would make us wait
 * for. */
MUST_USE bool device_is_reachable(const struct device *dev);

/* What a guest is told of its request if it cannot be served at all. */
MUST_USE enum pci_wire_err device_refusal(const struct device *dev);

#endif
