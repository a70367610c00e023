/* SPDX-License-Identifier: MIT */
/*
 * MSI-X: asks for vectors, and again for fewer while the backend has fewer. It
 * never touches the table, which is Xen's.
 */
#include "pciregs.h"
#include "private.h"

/* What this one operation's err may be besides: negative errno numbers. */
#define RAW_ENXIO    (-6)
#define RAW_ENOMEM   (-12)
#define RAW_ENODEV   (-19)
#define RAW_EINVAL   (-22)
#define RAW_ENOSPC   (-28)
#define RAW_ENOSYS   (-38)
#define RAW_EALREADY (-114)

struct wish {
    const uint16_t *entries; /* NULL: 0, 1, 2, ... */
    unsigned int min;
    unsigned int n; /* what is asked for now */
};

static int msix_err(int32_t err)
{
    switch (err) {
    case RAW_ENODEV:
        return PCIFRONT_ERR_NODEV;
    case RAW_EINVAL:
        return PCIFRONT_ERR_INVALID;
    case RAW_ENOSPC:
        return PCIFRONT_ERR_NOSPACE;
    case RAW_ENOSYS:
        return PCIFRONT_ERR_UNSUPPORTED;
    case RAW_ENXIO:
    case RAW_ENOMEM:
    case RAW_EALREADY:
        return PCIFRONT_ERR_FAILED;
    default:
        return front_wire_err(err);
    }
}

static uint16_t entry_of(const struct wish *wish, unsigned int i)
{
    return wish->entries != NULL ? wish->entries[i] : (uint16_t)i;
}

static bool entries_ok(const struct wish *wish, unsigned int size)
{
    for (unsigned int i = 0; i < wish->n; i++) {
        if (entry_of(wish, i) >= size)
            return false;
        for (unsigned int k = 0; k < i; k++) {
            if (entry_of(wish, k) == entry_of(wish, i))
                return false;
        }
    }
    return true;
}

static int size_of(struct pcifront *pf, struct pcifront_addr addr)
{
    uint32_t flags;
    uint16_t cap;
    int err = front_cap(pf, addr, PCI_CAP_ID_MSIX, &cap);

    if (err == PCIFRONT_ERR_NOENT)
        return 0;
    if (err < 0)
        return err;
    err = front_read(pf, addr, (uint32_t)cap + PCI_MSIX_FLAGS, 2, &flags);
    return err < 0 ? err : (int)(flags & PCI_MSIX_FLAGS_QSIZE) + 1;
}

/* A vector of 16 bits that is there, and there once. */
static bool vectors_ok(const struct pci_op *op, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++) {
        if (!front_pirq_ok(op->msix[i].vector))
            return false;
        for (unsigned int k = 0; k < i; k++) {
            if (op->msix[k].vector == op->msix[i].vector)
                return false;
        }
    }
    return true;
}

static int undo(struct pcifront *pf, struct front_device *d, int err)
{
    front_warn(pf, "MSI-X vectors make no sense; turned off");
    d->irq = FRONT_IRQ_MSIX;
    (void)front_irq_off(pf, d);
    return err;
}

static int ask(struct pcifront *pf, struct front_device *d,
               const struct wish *wish)
{
    struct pci_op *op = front_op(pf, PCI_OP_ENABLE_MSIX, d->info.addr);
    int err;

    op->value = wish->n;
    for (unsigned int i = 0; i < wish->n; i++)
        op->msix[i].entry = entry_of(wish, i);
    err = front_request(pf, pf->timeout_ms);
    /* Answered or not: from here on it may be on. */
    if (err == PCIFRONT_ERR_TIMEOUT || err == PCIFRONT_ERR_PROTOCOL)
        d->irq = FRONT_IRQ_MSIX;
    return err < 0 ? err : msix_err(op->err);
}

/* How many to ask for next, fewer than before; 0: that was the end. */
static unsigned int fewer(const struct wish *wish, unsigned int granted)
{
    unsigned int next = granted;

    /* Most say only that there is no room, and not how much there is. */
    if (granted == 0 && wish->n > wish->min) {
        next = wish->n / 2;
        if (next < wish->min)
            next = wish->min;
    }
    return next < wish->n && next >= wish->min ? next : 0;
}

static int negotiate(struct pcifront *pf, struct front_device *d,
                     struct wish *wish)
{
    unsigned int granted;
    bool again = true; /* it may be on from an earlier life */
    int err;

    for (;;) {
        err = ask(pf, d, wish);
        if (err == PCIFRONT_ERR_FAILED && pf->op.err == RAW_EALREADY && again) {
            again = false;
            d->irq = FRONT_IRQ_MSIX;
            err = front_irq_off(pf, d);
            if (err == 0)
                continue;
            return err;
        }
        if (err != 0 && err != PCIFRONT_ERR_NOSPACE)
            return err;
        granted = err == 0 ? pf->op.value : 0;
        if (err == 0 && granted == 0)
            return 0;
        if (granted >= wish->n)
            return undo(pf, d, PCIFRONT_ERR_PROTOCOL);
        wish->n = fewer(wish, granted);
        if (wish->n == 0)
            return PCIFRONT_ERR_NOSPACE;
    }
}

/* The wish cut to what the device and the wire can have. */
static int prepare(struct pcifront *pf, struct front_device *d,
                   struct wish *wish)
{
    int size = size_of(pf, d->info.addr);

    if (size < 0)
        return size;
    if (size == 0)
        return PCIFRONT_ERR_NOENT;
    if (wish->n > PCIFRONT_MSIX_MAX)
        wish->n = PCIFRONT_MSIX_MAX;
    if (wish->entries == NULL && wish->n > (unsigned int)size)
        wish->n = (unsigned int)size;
    if (wish->n < wish->min)
        return PCIFRONT_ERR_NOSPACE;
    return entries_ok(wish, (unsigned int)size) ? 0 : PCIFRONT_ERR_INVALID;
}

static int enable(struct pcifront *pf, struct pcifront_addr addr,
                  struct wish *wish, uint32_t *pirqs)
{
    struct front_device *d;
    int err = front_irq_device(pf, addr, &d);

    if (err == 0)
        err = prepare(pf, d, wish);
    if (err == 0)
        err = front_irq_off(pf, d);
    /* Xen reads the table's place; the backend refuses without decoding. */
    if (err == 0)
        err = front_command(pf, addr, PCIFRONT_MEMORY, 0);
    if (err == 0 || err == PCIFRONT_ERR_DENIED)
        err = negotiate(pf, d, wish);
    if (err < 0)
        return err;
    if (!vectors_ok(&pf->op, wish->n))
        return undo(pf, d, PCIFRONT_ERR_PROTOCOL);
    d->irq = FRONT_IRQ_MSIX;
    for (unsigned int i = 0; i < wish->n; i++)
        pirqs[i] = pf->op.msix[i].vector;
    return (int)wish->n;
}

int pcifront_msix_size(struct pcifront *pf, struct pcifront_addr addr)
{
    int size;

    front_lock(pf);
    size = size_of(pf, addr);
    front_unlock(pf);
    return size;
}

int pcifront_msix_enable(struct pcifront *pf, struct pcifront_addr addr,
                         const uint16_t *entries, unsigned int min,
                         unsigned int max, uint32_t *pirqs)
{
    struct wish wish = { .entries = entries, .min = min, .n = max };
    int ret;

    if (min == 0 || max < min || pirqs == NULL)
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    ret = enable(pf, addr, &wish, pirqs);
    front_unlock(pf);
    return ret;
}
