/* SPDX-License-Identifier: MIT */
/* An interrupt vector of a device, as something to wait for. */
#ifndef OWNIT_IRQ_H
#define OWNIT_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "pcifront.h"

struct irq {
    uint32_t pirq;
    uint32_t port; /* 0: not bound */
    unsigned int count;
};

/* Bind what pcifront_msi_enable() or pcifront_msix_enable() gave. */
int irq_bind(struct irq *irq, struct pcifront *pf, uint32_t pirq);
void irq_unbind(struct irq *irq, struct pcifront *pf);

/* Sleep until it has come; false: not within timeout_ms. */
bool irq_wait(struct irq *irq, uint32_t timeout_ms);

/* It is served, the next one may come. */
void irq_done(const struct irq *irq);

#endif
