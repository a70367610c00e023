/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest may ask of its device's interrupts, and their record. */
#include <errno.h>
#include <string.h>

#include "device-ops.h"
#include "log.h"

static struct irq_device irq_device(const struct device *dev)
{
    uint8_t bir = dev->cs.msi.msix_bir;
    struct irq_device d = {
        .hyp = dev->hyp,
        .domid = dev->domid,
        .sbdf = dev->sbdf,
        .msi = &dev->cs.msi,
    };

    if (dev->cs.msi.msix_control && bir < 6 && dev->res[bir].kind == SYSFS_MEM)
        d.msix_table_bar = dev->res[bir].start;
    return d;
}

void device_irq_unmap(struct device *dev)
{
    struct irq_device irq = irq_device(dev);

    irq_unmap(&dev->irq, &irq);
}

/*
 * Before anything changes: a broker that dies in the middle would leave a record
 * that is believed, and its successor unmap what has become another device's.
 */
static void remember_change(struct device *dev)
{
    dev->irq.changing = true;
    device_remember(dev);
}

static void remember_changed(struct device *dev)
{
    if (!dev->irq.changing)
        return;
    dev->irq.changing = false;
    device_remember(dev);
}

static void call_done(void *arg)
{
    struct device_op *op = arg;

    remember_changed(op->dev);
    op->result.err = op->u.irq.err;
    op->result.count = op->u.irq.count;
    op->result.pirq = op->u.irq.pirq;
    device_op_end(op);
}

static struct irq_call *call_of(struct device_op *op)
{
    struct irq_call *call = &op->u.irq;

    call->irq = &op->dev->irq;
    call->dev = irq_device(op->dev);
    call->dev.ask = device_op_ask;
    call->dev.ctx = op;
    call->done = call_done;
    call->arg = op;
    return call;
}

static void run_msi_on(struct device_op *op)
{
    op->result.err = device_refusal(op->dev);
    if (!device_is_reachable(op->dev)) {
        device_op_end(op);
        return;
    }
    remember_change(op->dev);
    irq_msi_on(call_of(op));
}

void device_msi_on(struct device *dev, unsigned int count,
                   device_result_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, true, done, arg);

    if (!op) {
        device_op_refuse(dev, device_refusal(dev), done, arg);
        return;
    }
    op->u.irq.wanted = count;
    op->run = run_msi_on;
    device_op_start(op);
}

/* Its errors are the kernel's, but for a device that is not there. */
static int msix_refusal(const struct device *dev)
{
    return dev->phase == DEVICE_READY ? -EBUSY : (int)PCI_ERR_DEV_NOT_FOUND;
}

static void run_msix_on(struct device_op *op)
{
    op->result.err = msix_refusal(op->dev);
    if (!device_is_reachable(op->dev)) {
        device_op_end(op);
        return;
    }
    remember_change(op->dev);
    irq_msix_on(call_of(op));
}

void device_msix_on(struct device *dev, const uint16_t *entries,
                    unsigned int count, device_result_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, true, done, arg);

    if (!op) {
        device_op_refuse(dev, msix_refusal(dev), done, arg);
        return;
    }
    /* More than there is room for is refused later, with the rest. */
    memcpy(op->u.irq.entries, entries,
           (count < PCI_WIRE_MSIX_MAX ? count : PCI_WIRE_MSIX_MAX) *
               sizeof(entries[0]));
    op->u.irq.wanted = count;
    op->run = run_msix_on;
    device_op_start(op);
}

static void run_off(struct device_op *op)
{
    if (op->dev->irq.mode != IRQ_INTX)
        remember_change(op->dev);
    irq_off(call_of(op));
}

void device_msi_off(struct device *dev, device_result_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, false, done, arg);

    if (!op) {
        device_op_refuse(dev, -ENODEV, done, arg);
        return;
    }
    op->run = run_off;
    device_op_start(op);
}

static bool is_recorded(const struct device *of, uint32_t pirq)
{
    const struct device *dev;
    unsigned int i;

    for (dev = device_next(NULL); dev; dev = device_next(dev)) {
        if (dev->domid != of->domid)
            continue;
        if (dev->grants.has_irq && dev->grants.pirq == pirq)
            return true;
        for (i = 0; i < dev->irq.count; i++)
            if (dev->irq.pirqs[i] == pirq)
                return true;
    }
    return false;
}

/* The highest pirq that is free in the domain: what Xen gives next. */
static int free_pirq(const struct device *dev, bool asleep, uint32_t *pirq)
{
    struct irq_device irq = irq_device(dev);
    int ret;

    if (irq.msix_table_bar != 0 && asleep)
        return -EAGAIN;
    if (irq.msix_table_bar == 0 && irq.msi->msi_control == 0)
        return -ENOENT;
    ret = hyp_map_msi(dev->hyp, dev->domid, dev->sbdf, 0, irq.msix_table_bar,
                      pirq);
    return ret == 0 ? hyp_unmap_pirq(dev->hyp, dev->domid, *pirq) : ret;
}

/* Far more than a domain has room for. */
#define SWEEP 1024u

/*
 * Xen tells nobody which pirqs a domain has. It hands them out from the top,
 * though, so those that nobody recorded are above the first free one. Lines are
 * below. A domain with a device model has pirqs there that are none of ours.
 */
static int sweep(const struct device *dev, bool asleep)
{
    struct hyp_domain domain;
    uint32_t first = 0, i;
    int ret = hyp_domain(dev->hyp, dev->domid, &domain);

    if (ret < 0 || !domain.exists || domain.dying || domain.hvm)
        return ret;
    ret = free_pirq(dev, asleep, &first);
    for (i = first + 1; ret == 0 && i <= first + SWEEP; i++)
        if (!is_recorded(dev, i))
            (void)!hyp_unmap_pirq(dev->hyp, dev->domid, i);
    return ret;
}

static void settle(void *arg)
{
    struct device_op *op = arg;
    struct device *dev = op->dev;
    char name[SBDF_TEXT];
    int ret = op->u.irq.err;

    dev->irq = (struct irq){ .mode = IRQ_INTX, .changing = true };
    if (ret == 0)
        ret = sweep(dev, op->u.irq.asleep);
    if (ret < 0)
        log_warnx("d%u %s: pirqs that an earlier xenpcid mapped at its end may "
                  "stay in use until the guest ends: %s",
                  dev->domid, sbdf_format(dev->sbdf, name), strerror(-ret));
    remember_changed(dev);
    device_op_end(op);
}

static void run_settle(struct device_op *op)
{
    struct irq_call *call = call_of(op);

    call->done = settle;
    irq_off(call);
}

void device_irq_settle(struct device *dev)
{
    struct device_op *op;

    if (!dev->irq.changing)
        return;
    op = device_op_new(dev, false, NULL, NULL);
    if (!op)
        fatalx("out of memory");
    op->run = run_settle;
    device_op_start(op);
}
