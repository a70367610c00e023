/* SPDX-License-Identifier: MIT */
/* The event channel of a pirq and SCHEDOP_poll: no interrupt handler. */
#include "irq.h"

#include "clock.h"
#include "event.h"
#include "pirq.h"

int irq_bind(struct irq *irq, struct pcifront *pf, uint32_t pirq)
{
    *irq = (struct irq){ .pirq = pirq };
    return pcifront_pirq_bind(pf, pirq, PCIFRONT_EXCLUSIVE, &irq->port);
}

void irq_unbind(struct irq *irq, struct pcifront *pf)
{
    if (irq->port != 0)
        pcifront_pirq_unbind(pf, irq->pirq, irq->port);
    irq->port = 0;
}

bool irq_wait(struct irq *irq, uint32_t timeout_ms)
{
    uint64_t deadline = clock_now() + timeout_ms * CLOCK_MS;

    while (!event_take(irq->port)) {
        if (clock_now() >= deadline)
            return false;
        event_wait(&irq->port, 1, deadline);
    }
    irq->count++;
    return true;
}

void irq_done(const struct irq *irq)
{
    pirq_done(irq->port);
}
