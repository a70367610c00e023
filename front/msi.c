/* SPDX-License-Identifier: MIT */
/*
 * MSI. One vector is an operation that every backend has (2); several, which are
 * consecutive pirqs, one that few have (10, pciif.h).
 */
#include "pciregs.h"
#include "private.h"

#define QMASK_SHIFT   1u
#define QMASK_LOG_MAX 5u /* PCI 3.0 6.8.1.3: 32 vectors; more is reserved */

static int size_of(struct pcifront *pf, struct pcifront_addr addr)
{
    uint32_t flags, log;
    uint16_t cap;
    int err = front_cap(pf, addr, PCI_CAP_ID_MSI, &cap);

    if (err == PCIFRONT_ERR_NOENT)
        return 0;
    if (err < 0)
        return err;
    err = front_read(pf, addr, (uint32_t)cap + PCI_MSI_FLAGS, 2, &flags);
    if (err < 0)
        return err;
    log = (flags & PCI_MSI_FLAGS_QMASK) >> QMASK_SHIFT;
    return log <= QMASK_LOG_MAX ? 1 << log : PCIFRONT_ERR_PROTOCOL;
}

/* Answered or not: after these it may be on. */
static int ask(struct pcifront *pf, struct front_device *d)
{
    int err = front_call(pf);

    if (err == 0 || err == PCIFRONT_ERR_TIMEOUT || err == PCIFRONT_ERR_PROTOCOL)
        d->irq = FRONT_IRQ_MSI;
    return err;
}

static int ask_for_one(struct pcifront *pf, struct front_device *d)
{
    (void)front_op(pf, PCI_OP_ENABLE_MSI, d->info.addr);
    return ask(pf, d);
}

static unsigned int power_of_two_below(uint32_t n)
{
    unsigned int power = 1;

    while (power <= n / 2)
        power *= 2;
    return power;
}

/* *n is a power of two and becomes what was granted. */
static int ask_for_many(struct pcifront *pf, struct front_device *d,
                        unsigned int min, unsigned int *n)
{
    uint32_t granted;
    int err;

    while (*n > 1) {
        front_op(pf, PCI_OP_ENABLE_MULTI_MSI, d->info.addr)->info = *n;
        err = ask(pf, d);
        if (err == 0)
            return 0;
        if (pf->stalled || d->irq != FRONT_IRQ_NONE)
            return err;
        granted = pf->op.info;
        if (err == PCIFRONT_ERR_UNSUPPORTED)
            granted = 1;
        else if (granted == 0 || granted >= *n)
            return err;
        *n = power_of_two_below(granted);
        if (*n < min)
            return PCIFRONT_ERR_NOSPACE;
    }
    return ask_for_one(pf, d);
}

static int enable(struct pcifront *pf, struct pcifront_addr addr,
                  unsigned int min, unsigned int max, uint32_t *pirqs)
{
    struct front_device *d;
    unsigned int n = max;
    uint32_t first;
    int err = front_irq_device(pf, addr, &d);
    int size = err < 0 ? err : size_of(pf, addr);

    if (size <= 0)
        return size < 0 ? size : PCIFRONT_ERR_NOENT;
    if (n > (unsigned int)size)
        n = (unsigned int)size;
    if (n < min)
        return PCIFRONT_ERR_NOSPACE;
    err = front_irq_off(pf, d);
    if (err == 0)
        err = ask_for_many(pf, d, min, &n);
    if (err < 0)
        return err;
    first = pf->op.value;
    if (!front_pirq_ok(first) || !front_pirq_ok(first + n - 1)) {
        front_warn(pf, "MSI vectors make no sense; turned off");
        (void)front_irq_off(pf, d);
        return PCIFRONT_ERR_PROTOCOL;
    }
    for (unsigned int i = 0; i < n; i++)
        pirqs[i] = first + i;
    return (int)n;
}

int pcifront_msi_size(struct pcifront *pf, struct pcifront_addr addr)
{
    int size;

    front_lock(pf);
    size = size_of(pf, addr);
    front_unlock(pf);
    return size;
}

int pcifront_msi_enable(struct pcifront *pf, struct pcifront_addr addr,
                        unsigned int min, unsigned int max, uint32_t *pirqs)
{
    int ret;

    if (min == 0 || max < min || max > PCIFRONT_MSI_MAX ||
        (max & (max - 1)) != 0 || pirqs == NULL)
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    ret = enable(pf, addr, min, max, pirqs);
    front_unlock(pf);
    return ret;
}
