/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest may ask of its device's interrupts, and their record. */
#include <errno.h>

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

int device_msi_on(struct device *dev, unsigned int *count, uint32_t *pirq)
{
    struct irq_device irq = irq_device(dev);
    int ret;

    if (dev->phase != DEVICE_READY) {
        *count = 0;
        return PCI_ERR_DEV_NOT_FOUND;
    }
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
    /* PCIe 6.0 5.3.1.4: its memory, and the table there, does not answer. */
    if (device_is_asleep(dev))
        return -EINVAL;
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
    device_irq_off(dev);
    if (recorded)
        device_remember(dev);
}
