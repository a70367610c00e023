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
#include "regs.h"
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
    const struct cfg_msi *msi;
    uint64_t msix_table_bar; /* machine address of the BAR with the table */
    /* Its registers: then(arg, reply) follows, now or later. */
    void (*ask)(void *ctx, const struct regs_request *request,
                regs_done_fn *then, void *arg);
    void *ctx;
};

/* One of the operations below, from its start until done(arg). The caller's
 * memory; fill in the first part and zero the rest. */
struct irq_call {
    struct irq *irq;
    struct irq_device dev;
    uint16_t entries[PCI_WIRE_MSIX_MAX]; /* of irq_msix_on() */
    unsigned int wanted;                 /* messages or entries */
    void (*done)(void *arg);
    void *arg;
    /* what came of it */
    int err;
    unsigned int count;
    uint32_t pirq;
    bool asleep; /* the device is, and no table answers */
};

/*
 * Enable so many messages, a power of two, with as many consecutive pirqs. err 0
 * and pirq, the first of them; or the wire's -5 for anything else, and then count
 * is how many could be asked for instead, 0 if none. MSI that is on already is
 * torn down first; so it is after a failure, unless MSI-X was on, which stays.
 */
void irq_msi_on(struct irq_call *call);

/*
 * Map the entries, in order. Already on: torn down first, because Linux since
 * 5.17 asks twice and sends the wrong disable in between. err 0 with count as
 * wanted; 0 with a smaller count (nothing is mapped then) when the domain's pirq
 * budget holds only so many; -ENOSPC when it holds none; -ENXIO while MSI is on;
 * -EINVAL for a bad index, or asleep; other errnos as Xen or the device gave
 * them. After a failure nothing is mapped and MSI-X is off.
 */
void irq_msix_on(struct irq_call *call);

/*
 * Turn off and unmap whichever is on; nothing on is fine. err is 0, or says that
 * the device could not be told; it has lost its pirqs all the same.
 */
void irq_off(struct irq_call *call);

/* Of a device that was told already, or cannot be: its pirqs. */
void irq_unmap(struct irq *irq, const struct irq_device *dev);

/* After a reset of a device in use: Xen has what its MSI was. The line must be
 * held off beside it. 0 or a negative errno. */
MUST_USE int irq_restore(const struct irq *irq, const struct irq_device *dev);

#endif
