/* SPDX-License-Identifier: MIT */
/*
 * Which kind of interrupt a device has on, how it goes off again, and pirqs.
 * A pirq is Xen's number for an interrupt of this domain; vectors, messages and
 * the MSI-X table are Xen's own.
 */
#include "pciregs.h"
#include "private.h"

/* Of both: the interrupt line's "not connected" (PCI 3.0 6.2.4). */
#define LINE_NONE 0xffu
#define PIRQ_MAX  0xffffu

bool front_pirq_ok(uint32_t pirq)
{
    return pirq != 0 && pirq <= PIRQ_MAX;
}

int front_irq_device(struct pcifront *pf, struct pcifront_addr addr,
                     struct front_device **d)
{
    if (!pf->online)
        return PCIFRONT_ERR_OFFLINE;
    *d = front_device_find(pf, addr);
    return *d != NULL ? 0 : PCIFRONT_ERR_NODEV;
}

/* With the operation of the mode that is on: some backends ignore the other. */
int front_irq_off(struct pcifront *pf, struct front_device *d)
{
    int err;

    if (d->irq == FRONT_IRQ_NONE)
        return 0;
    (void)front_op(
        pf, d->irq == FRONT_IRQ_MSIX ? PCI_OP_DISABLE_MSIX : PCI_OP_DISABLE_MSI,
        d->info.addr);
    err = front_call(pf);
    if (err == 0 || err == PCIFRONT_ERR_NODEV)
        d->irq = FRONT_IRQ_NONE;
    return err;
}

int pcifront_irq_disable(struct pcifront *pf, struct pcifront_addr addr)
{
    struct front_device *d;
    int err;

    front_lock(pf);
    err = front_irq_device(pf, addr, &d);
    if (err == 0)
        err = front_irq_off(pf, d);
    front_unlock(pf);
    return err;
}

static int intx(struct pcifront *pf, struct pcifront_addr addr, uint32_t *pirq)
{
    const struct front_device *d = front_device_find(pf, addr);
    uint32_t value, line, pin;
    int err;

    if (d != NULL && d->irq != FRONT_IRQ_NONE)
        return PCIFRONT_ERR_INVALID;
    err = front_read(pf, addr, PCI_INTERRUPT_LINE, 4, &value);
    if (err < 0)
        return err;
    line = value & 0xff;
    pin = value >> 8 & 0xff;
    if (pin == 0 || line == 0 || line == LINE_NONE)
        return PCIFRONT_ERR_NOENT;
    if (pin > 4)
        return PCIFRONT_ERR_PROTOCOL;
    *pirq = line;
    return 0;
}

int pcifront_intx(struct pcifront *pf, struct pcifront_addr addr,
                  uint32_t *pirq)
{
    int err;

    front_lock(pf);
    err = intx(pf, addr, pirq);
    front_unlock(pf);
    return err;
}

int pcifront_pirq_bind(struct pcifront *pf, uint32_t pirq,
                       enum pcifront_share share, uint32_t *port)
{
    int err;

    if (pf->os->bind_pirq == NULL)
        return PCIFRONT_ERR_UNSUPPORTED;
    if (!front_pirq_ok(pirq) ||
        (share != PCIFRONT_EXCLUSIVE && share != PCIFRONT_SHARED))
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    err = pf->os->bind_pirq(pf->ctx, pirq, share, port);
    front_unlock(pf);
    return err < 0 ? err : 0;
}

void pcifront_pirq_unbind(struct pcifront *pf, uint32_t pirq, uint32_t port)
{
    if (pf->os->unbind_pirq == NULL)
        return;
    front_lock(pf);
    pf->os->unbind_pirq(pf->ctx, pirq, port);
    front_unlock(pf);
}
