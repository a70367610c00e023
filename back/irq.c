/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MSI and MSI-X for one device: map, enable, disable, unmap. */
#include "irq.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "log.h"
#include "pciregs.h"
#include "sysfs.h"

/* Change bits of one 16-bit register; other bits keep the device's value. */
static int update16(int fd, uint16_t offset, uint16_t clear, uint16_t set)
{
    uint32_t value;
    int ret = sysfs_config_read(fd, offset, 2, &value);

    if (ret < 0)
        return ret;
    value = (value & ~(uint32_t)clear) | set;
    return sysfs_config_write(fd, offset, 2, value);
}

static int intx_hold(const struct irq_device *dev)
{
    return update16(dev->config_fd, PCI_COMMAND, 0, PCI_COMMAND_INTX_DISABLE);
}

static int intx_free(const struct irq_device *dev)
{
    return update16(dev->config_fd, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 0);
}

static void unmap_all(struct irq *irq, const struct irq_device *dev)
{
    char name[SBDF_TEXT];
    unsigned int i;

    for (i = 0; i < irq->count; i++) {
        int ret = hyp_unmap_pirq(dev->hyp, dev->domid, irq->pirqs[i]);

        /* A dead or dying domain has lost its pirqs already. */
        if (ret < 0 && ret != -ESRCH && ret != -EINVAL)
            log_warnx("d%u %s: cannot unmap pirq %u: %s", dev->domid,
                      sbdf_format(dev->sbdf, name), irq->pirqs[i],
                      strerror(-ret));
    }
    irq->count = 0;
    irq->mode = IRQ_INTX;
}

void irq_off(struct irq *irq, const struct irq_device *dev)
{
    if (irq->mode == IRQ_INTX)
        return;
    /* A device that vanished cannot be told; its pirqs go all the same. */
    if (irq->mode == IRQ_MSIX)
        (void)update16(dev->config_fd, dev->msi->msix_control,
                       PCI_MSIX_FLAGS_ENABLE, 0);
    else
        (void)update16(dev->config_fd, dev->msi->msi_control,
                       PCI_MSI_FLAGS_ENABLE, 0);
    unmap_all(irq, dev);
    (void)intx_free(dev);
}

static int map_one(struct irq *irq, const struct irq_device *dev,
                   uint16_t entry, uint64_t table)
{
    uint32_t pirq;
    int ret = hyp_map_msi(dev->hyp, dev->domid, dev->sbdf, entry, table, &pirq);

    if (ret < 0)
        return ret;
    irq->pirqs[irq->count++] = pirq;
    /* The wire has 16 bits for it, and 0 means failure there. */
    return pirq == 0 || pirq > UINT16_MAX ? -ERANGE : 0;
}

int irq_msi_on(struct irq *irq, const struct irq_device *dev, uint32_t *pirq)
{
    int ret;

    if (!dev->msi->msi_control || irq->mode == IRQ_MSIX)
        return PCI_ERR_OP_FAILED;
    irq_off(irq, dev);
    irq->mode = IRQ_MSI;
    ret = map_one(irq, dev, 0, 0);
    if (ret == 0)
        ret = intx_hold(dev);
    if (ret == 0)
        ret = update16(dev->config_fd, dev->msi->msi_control,
                       PCI_MSI_FLAGS_QSIZE, PCI_MSI_FLAGS_ENABLE);
    if (ret < 0) {
        log_debug("d%u: MSI not enabled: %s", dev->domid, strerror(-ret));
        irq_off(irq, dev);
        return PCI_ERR_OP_FAILED;
    }
    *pirq = irq->pirqs[0];
    return PCI_ERR_SUCCESS;
}

static bool entries_ok(const uint16_t *entries, unsigned int count,
                       uint16_t table_size)
{
    unsigned int i, j;

    if (count == 0 || count > PCI_WIRE_MSIX_MAX)
        return false;
    for (i = 0; i < count; i++) {
        if (entries[i] >= table_size)
            return false;
        for (j = 0; j < i; j++)
            if (entries[j] == entries[i])
                return false;
    }
    return true;
}

int irq_msix_on(struct irq *irq, const struct irq_device *dev,
                const uint16_t *entries, unsigned int count,
                unsigned int *granted)
{
    unsigned int i;
    int ret = 0;

    *granted = 0;
    if (!dev->msi->msix_control || dev->msix_table_bar == 0 ||
        !entries_ok(entries, count, dev->msi->msix_entries))
        return -EINVAL;
    if (irq->mode == IRQ_MSI)
        return -ENXIO;
    irq_off(irq, dev);
    irq->mode = IRQ_MSIX;
    for (i = 0; i < count && ret == 0; i++)
        ret = map_one(irq, dev, entries[i], dev->msix_table_bar);
    if (ret == -ENOSPC && irq->count > 0) {
        *granted = irq->count;
        irq_off(irq, dev);
        return 0;
    }
    if (ret == 0)
        ret = intx_hold(dev);
    if (ret == 0)
        ret = update16(dev->config_fd, dev->msi->msix_control,
                       PCI_MSIX_FLAGS_MASKALL, PCI_MSIX_FLAGS_ENABLE);
    if (ret < 0) {
        irq_off(irq, dev);
        return ret;
    }
    *granted = count;
    return 0;
}
