/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done to the registers of a device that a guest has, one request at a
 * time. Each of these accesses can take as long as the device likes: a dead one
 * costs a completion timeout a read (PCIe 6.0 2.8), and Linux keeps whoever asks
 * waiting, uninterruptibly, while a device is being reset. So they run in a
 * device's hand (hand.h), never in the broker.
 *
 * Safe in a child process: no memory is allocated, nothing is logged.
 */
#ifndef BACK_REGS_H
#define BACK_REGS_H

#include <stdbool.h>
#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"

enum regs_op {
    REGS_WRITE = 1, /* a guest's plan, each write checked against the tables */
    REGS_IRQ_OFF,   /* MSI and MSI-X off; the line freed if either was on */
    REGS_MSI_ON,    /* the line held off, MSI on */
    REGS_MSIX_ON,
    REGS_QUIET,    /* DMA off, then as REGS_IRQ_OFF */
    REGS_STOP_DMA, /* DMA off */
    REGS_MEND      /* what a reset took from a device in use */
};

struct regs_mend {
    bool if_lost;       /* only if the device has been reset */
    bool hold_line;     /* it has MSI or MSI-X, which Xen brings back */
    bool report_errors; /* aer_is_heard() */
};

struct regs_request {
    enum regs_op op;
    union {
        struct cfg_plan plan;  /* REGS_WRITE */
        bool irq_on;           /* REGS_IRQ_OFF, REGS_QUIET: as far as we know */
        unsigned int messages; /* REGS_MSI_ON: a power of two */
        struct regs_mend mend; /* REGS_MEND */
    } u;
};

struct regs_reply {
    int err; /* a negative errno, of the device or of the hand */
    enum pci_wire_err answer; /* REGS_WRITE: what the guest is told */
    bool asleep;              /* REGS_IRQ_OFF: in another power state than D0 */
    bool mended;              /* REGS_MEND: there was something to do */
};

typedef void regs_done_fn(void *arg, const struct regs_reply *reply);

/* Through fd, read-write. cs->hw reads the same device. */
void regs_do(int fd, struct cfgspace *cs, const struct regs_request *request,
             struct regs_reply *reply);

#endif
