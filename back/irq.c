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

/* How many unmappings it takes: messages of MSI go with their first. */
static unsigned int mappings(const struct irq *irq)
{
    return irq->mode == IRQ_MSI && irq->count > 1 ? 1 : irq->count;
}

static void unmap_all(struct irq *irq, const struct irq_device *dev)
{
    char name[SBDF_TEXT];
    unsigned int i;

    for (i = 0; i < mappings(irq); i++) {
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

/* Clear an enable bit, if there is one; was it set? A device that vanished
 * cannot be told, and its pirqs go all the same. */
static bool control_off(const struct irq_device *dev, uint16_t control,
                        uint16_t enable)
{
    uint32_t value;

    if (control == 0 ||
        sysfs_config_read(dev->config_fd, control, 2, &value) < 0 ||
        !(value & enable))
        return false;
    (void)!sysfs_config_write(dev->config_fd, control, 2,
                              value & ~(uint32_t)enable);
    return true;
}

void irq_off(struct irq *irq, const struct irq_device *dev)
{
    bool on = irq->mode != IRQ_INTX;

    on = control_off(dev, dev->msi->msix_control, PCI_MSIX_FLAGS_ENABLE) || on;
    on = control_off(dev, dev->msi->msi_control, PCI_MSI_FLAGS_ENABLE) || on;
    if (!on)
        return;
    unmap_all(irq, dev);
    (void)intx_free(dev);
}

/* The wire has 16 bits for a pirq, and 0 means failure there. */
static bool pirq_ok(uint32_t pirq)
{
    return pirq != 0 && pirq <= UINT16_MAX;
}

static int map_one(struct irq *irq, const struct irq_device *dev,
                   uint16_t entry, uint64_t table)
{
    uint32_t pirq;
    int ret = hyp_map_msi(dev->hyp, dev->domid, dev->sbdf, entry, table, &pirq);

    if (ret < 0)
        return ret;
    irq->pirqs[irq->count++] = pirq;
    return pirq_ok(pirq) ? 0 : -ERANGE;
}

/* *count messages; how many could be had instead when that fails. */
static int map_messages(struct irq *irq, const struct irq_device *dev,
                        unsigned int *count)
{
    unsigned int wanted = *count, i;
    uint32_t first;
    int ret;

    if (wanted == 1) {
        *count = 0;
        ret = map_one(irq, dev, 0, 0);
        *count = ret == 0 ? 1 : 0;
        return ret;
    }
    ret = hyp_map_multi_msi(dev->hyp, dev->domid, dev->sbdf, count, &first);
    if (ret < 0)
        return ret;
    for (i = 0; i < wanted; i++)
        irq->pirqs[irq->count++] = first + i;
    return pirq_ok(first) && pirq_ok(first + wanted - 1) ? 0 : -ERANGE;
}

/* PCI 3.0 6.8.1.3: Multiple Message Enable is a logarithm. */
static uint16_t msi_flags(unsigned int count)
{
    uint16_t flags = PCI_MSI_FLAGS_ENABLE;

    while (count /= 2)
        flags = (uint16_t)(flags + 0x10);
    return flags;
}

static bool count_ok(unsigned int count, const struct cfg_msi *msi)
{
    return msi->msi_control != 0 && count != 0 && count <= msi->msi_messages &&
           (count & (count - 1)) == 0;
}

int irq_msi_on(struct irq *irq, const struct irq_device *dev,
               unsigned int *count, uint32_t *pirq)
{
    unsigned int wanted = *count;
    int ret;

    *count = 0;
    if (!count_ok(wanted, dev->msi) || irq->mode == IRQ_MSIX)
        return PCI_ERR_OP_FAILED;
    irq_off(irq, dev);
    irq->mode = IRQ_MSI;
    *count = wanted;
    ret = map_messages(irq, dev, count);
    if (ret == 0)
        ret = intx_hold(dev);
    if (ret == 0)
        ret = update16(dev->config_fd, dev->msi->msi_control,
                       PCI_MSI_FLAGS_QSIZE, msi_flags(wanted));
    if (ret < 0) {
        log_debug("d%u: MSI not enabled: %s", dev->domid, strerror(-ret));
        irq_off(irq, dev);
        if (*count >= wanted)
            *count = 0;
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

int irq_restore(const struct irq *irq, const struct irq_device *dev)
{
    int ret;

    if (irq->mode == IRQ_INTX)
        return 0;
    ret = hyp_restore_msi(dev->hyp, dev->sbdf);
    return ret == 0 ? intx_hold(dev) : ret;
}
