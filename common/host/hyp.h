/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor calls this project makes: the one file that touches
 * libxenctrl (whose ABI belongs to one Xen release) and libxencall.
 * int results: 0 or a negative errno; each says what Xen means by the usual
 * ones. Calls on a domain that is gone answer -ESRCH.
 */
#ifndef COMMON_HOST_HYP_H
#define COMMON_HOST_HYP_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

struct hyp;

#define HYP_DOMID_IO 0x7ff1u /* xen.h: DOMID_IO, the quarantine owner */

/* NULL with errno set: ENOENT or EACCES mean not on Xen, or not root. */
struct hyp *hyp_open(void);
void hyp_close(struct hyp *hyp);

struct hyp_domain {
    bool exists;
    bool dying;    /* being destroyed; a mapping of ours keeps it a zombie */
    bool shutdown; /* stopped for good: power off, reboot, crash */
    bool paused;
    bool crashed; /* shutdown with the reason "crash" */
    bool hvm;     /* HVM or PVH */
    uint8_t uuid[16];
};
/* exists == false and 0 when there is no such domain. */
MUST_USE int hyp_domain(struct hyp *hyp, uint16_t domid,
                        struct hyp_domain *out);

/*
 * Device assignment (domctl.h). -EOPNOTSUPP: the domain (or the host) has no
 * IOMMU; -EBUSY: owned by another domU, or MSI-X MASKALL stuck; -ENODEV:
 * unknown to Xen, or not this domain's; -EINVAL (test): taken or unknown.
 */
MUST_USE int hyp_assign_test(struct hyp *hyp, uint16_t domid, struct sbdf dev);
MUST_USE int hyp_assign(struct hyp *hyp, uint16_t domid, struct sbdf dev,
                        bool relaxed_rdm);
MUST_USE int hyp_deassign(struct hyp *hyp, uint16_t domid, struct sbdf dev);

/* Memory frames [mfn, mfn + count), 4 KiB each; 64-bit safe (XSA-476). */
MUST_USE int hyp_iomem(struct hyp *hyp, uint16_t domid, uint64_t mfn,
                       uint64_t count, bool allow);
MUST_USE int hyp_ioport(struct hyp *hyp, uint16_t domid, uint32_t port,
                        uint32_t count, bool allow);
MUST_USE int hyp_irq(struct hyp *hyp, uint16_t domid, uint32_t pirq,
                     bool allow);

/* Map a GSI into the domain's pirq space; repeating it is harmless. */
MUST_USE int hyp_map_gsi(struct hyp *hyp, uint16_t domid, uint32_t gsi,
                         uint32_t *pirq);

/*
 * Map one MSI (table_base 0, entry 0) or MSI-X entry (table_base: the machine
 * address of the BAR that holds the table) for the domain; a fresh pirq each
 * time. Segment-safe. -ENODEV: not the domain's device; -ENODATA: MSI-X was
 * never prepared (the device is not held by xen-pciback); -ENOSPC: the
 * domain's pirq budget is used up (Xen option extra_guest_irqs).
 */
MUST_USE int hyp_map_msi(struct hyp *hyp, uint16_t domid, struct sbdf dev,
                         uint16_t entry, uint64_t table_base, uint32_t *pirq);

/*
 * Map *count MSI messages, a power of two, to as many consecutive pirqs; *pirq is
 * the first, and unmapping it unmaps all. After a failure *count is how many Xen
 * might have instead, 0 if it did not say. -ENOSPC: no such block is free in the
 * domain's pirq budget; -ENFILE: more than the device has; -EOPNOTSUPP: without
 * interrupt remapping there is only one.
 */
MUST_USE int hyp_map_multi_msi(struct hyp *hyp, uint16_t domid, struct sbdf dev,
                               unsigned int *count, uint32_t *pirq);
MUST_USE int hyp_unmap_pirq(struct hyp *hyp, uint16_t domid, uint32_t pirq);

/* Write the device's MSI or MSI-X registers and table again as its owner had
 * them: a reset has cleared them. -ENXIO: its memory is not decoded. */
MUST_USE int hyp_restore_msi(struct hyp *hyp, struct sbdf dev);

/* Stop a domain's processors until somebody unpauses it. */
MUST_USE int hyp_pause(struct hyp *hyp, uint16_t domid);

/* Shut a domain down as crashed: it stops at once, and its toolstack does what
 * its configuration says of crashes (xl: on_crash, by default destroy). */
MUST_USE int hyp_crash(struct hyp *hyp, uint16_t domid);

#endif
