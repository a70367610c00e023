/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest may ask of its device's interrupts, and their record. */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "log.h"

static struct irq_device irq_device(const struct device *dev)
{
    uint8_t bir = dev->cs.msi.msix_bir;
    struct irq_device d = {
        .hyp = dev->hyp,
        .domid = dev->domid,
        .sbdf = dev->sbdf,
        .config_fd = dev->config_fd,
        .msi = &dev->cs.msi,
    };

    if (dev->cs.msi.msix_control && bir < 6 && dev->res[bir].kind == SYSFS_MEM)
        d.msix_table_bar = dev->res[bir].start;
    return d;
}

void device_irq_off(struct device *dev)
{
    struct irq_device irq = irq_device(dev);

    irq_off(&dev->irq, &irq);
}

int device_irq_restore(const struct device *dev)
{
    struct irq_device irq = irq_device(dev);

    return irq_restore(&dev->irq, &irq);
}

/*
 * Before anything changes: a broker that dies in the middle would leave a record
 * that is believed, and its successor unmap what has become another device's.
 */
static void remember_change(struct device *dev)
{
    dev->irq.changing = true;
    device_remember(dev);
    dev->irq.changing = false;
}

int device_msi_on(struct device *dev, unsigned int *count, uint32_t *pirq)
{
    struct irq_device irq = irq_device(dev);
    int ret;

    if (dev->phase != DEVICE_READY) {
        *count = 0;
        return PCI_ERR_DEV_NOT_FOUND;
    }
    if (dev->aer.resetting) {
        *count = 0;
        return PCI_ERR_OP_FAILED;
    }
    remember_change(dev);
    ret = irq_msi_on(&dev->irq, &irq, count, pirq);
    device_remember(dev);
    return ret;
}

int device_msix_on(struct device *dev, const uint16_t *entries,
                   unsigned int count, unsigned int *granted)
{
    struct irq_device irq = irq_device(dev);
    char name[SBDF_TEXT];
    int ret;

    if (dev->phase != DEVICE_READY)
        return PCI_ERR_DEV_NOT_FOUND;
    if (dev->aer.resetting)
        return -EBUSY;
    /* PCIe 6.0 5.3.1.4: its memory, and the table there, does not answer. */
    if (device_is_asleep(dev))
        return -EINVAL;
    remember_change(dev);
    ret = irq_msix_on(&dev->irq, &irq, entries, count, granted);
    device_remember(dev);
    if (ret == 0 && *granted == count)
        log_debug("d%u %s: %u MSI-X vectors on", dev->domid,
                  sbdf_format(dev->sbdf, name), count);
    return ret;
}

void device_msi_off(struct device *dev)
{
    bool recorded = dev->irq.mode != IRQ_INTX;

    if (dev->phase != DEVICE_READY)
        return;
    if (recorded)
        remember_change(dev);
    device_irq_off(dev);
    if (recorded)
        device_remember(dev);
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
static int free_pirq(const struct device *dev, uint32_t *pirq)
{
    struct irq_device irq = irq_device(dev);
    int ret;

    if (irq.msix_table_bar != 0 && device_is_asleep(dev))
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
static int sweep(const struct device *dev)
{
    struct hyp_domain domain;
    uint32_t first = 0, i;
    int ret = hyp_domain(dev->hyp, dev->domid, &domain);

    if (ret < 0 || !domain.exists || domain.dying || domain.hvm)
        return ret;
    ret = free_pirq(dev, &first);
    for (i = first + 1; ret == 0 && i <= first + SWEEP; i++)
        if (!is_recorded(dev, i))
            (void)!hyp_unmap_pirq(dev->hyp, dev->domid, i);
    return ret;
}

void device_irq_settle(struct device *dev)
{
    char name[SBDF_TEXT];
    int ret;

    if (!dev->irq.changing)
        return;
    device_irq_off(dev);
    dev->irq = (struct irq){ .mode = IRQ_INTX };
    ret = sweep(dev);
    if (ret < 0)
        log_warnx("d%u %s: pirqs that an earlier xenpcid mapped at its end may "
                  "stay in use until the guest ends: %s",
                  dev->domid, sbdf_format(dev->sbdf, name), strerror(-ret));
    device_remember(dev);
}
