/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSI and MSI-X of one device, broker side: pirqs mapped for the guest, the
 * enable bits in the device, INTx held off meanwhile. Xen programs the message
 * address, data and masks; the enable bit is ours, written as one aligned
 * 16-bit access, the only shape Xen lets through to an MSI capability.
 */
#ifndef BACK_IRQ_H
#define BACK_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"
#include "hyp.h"
#include "sbdf.h"

enum irq_mode {
    IRQ_INTX,
    IRQ_MSI,
    IRQ_MSIX
};

struct irq {
    enum irq_mode mode;
    /* Of a record: mappings were about to change, so some of these may be gone
     * and others be there. */
    bool changing;
    unsigned int count;
    uint32_t pirqs[PCI_WIRE_MSIX_MAX];
};

/* The device as these functions need it. */
struct irq_device {
    struct hyp *hyp;
    uint16_t domid;
    struct sbdf sbdf;
    int config_fd; /* read-write */
    const struct cfg_msi *msi;
    uint64_t msix_table_bar; /* machine address of the BAR with the table */
};

/*
 * Enable *count messages, a power of two, with as many consecutive pirqs. 0 and
 * *pirq, the first of them; or the wire's -5 for anything else, and then *count
 * is how many could be asked for instead, 0 if none. MSI that is on already is
 * torn down first; so it is after a failure, unless MSI-X was on, which stays.
 */
MUST_USE int irq_msi_on(struct irq *irq, const struct irq_device *dev,
                        unsigned int *count, uint32_t *pirq);

/*
 * Map count entries, in order. Already on: torn down first, because Linux since
 * 5.17 asks twice and sends the wrong disable in between. Returns 0 with
 * *granted == count; 0 with a smaller *granted (nothing is mapped then) when
 * the domain's pirq budget holds only so many; -ENOSPC when it holds none;
 * -ENXIO while MSI is on; -EINVAL for a bad index; other errnos as Xen gave
 * them. After a failure nothing is mapped and MSI-X is off.
 */
MUST_USE int irq_msix_on(struct irq *irq, const struct irq_device *dev,
                         const uint16_t *entries, unsigned int count,
                         unsigned int *granted);

/*
 * Turn off and unmap whichever is on; nothing on is fine. The registers decide,
 * too: QEMU in a stub domain enables MSI and MSI-X through them, with pirqs that
 * it maps itself.
 */
void irq_off(struct irq *irq, const struct irq_device *dev);

/* After a reset of a device in use: Xen has what its MSI was; INTx stays off
 * beside it. 0 or a negative errno. */
MUST_USE int irq_restore(const struct irq *irq, const struct irq_device *dev);

#endif
