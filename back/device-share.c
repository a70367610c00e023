/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that share what Xen can only give as a whole: a 4 KiB frame with the
 * registers of two devices, an interrupt line (XSA-461). Two guests never share
 * a frame; what two devices of one guest share goes when the last of them does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "log.h"

#define FRAME_SHIFT 12

static bool ranges_meet(const struct sysfs_resource *a,
                        const struct sysfs_resource *b)
{
    if (a->kind != SYSFS_MEM || b->kind != SYSFS_MEM || a->size == 0 ||
        b->size == 0)
        return false;
    return a->start >> FRAME_SHIFT <= (b->start + b->size - 1) >> FRAME_SHIFT &&
           b->start >> FRAME_SHIFT <= (a->start + a->size - 1) >> FRAME_SHIFT;
}

static bool frames_meet(const struct sysfs_resource a[SYSFS_RESOURCES],
                        const struct sysfs_resource b[SYSFS_RESOURCES])
{
    unsigned int i, j;

    for (i = 0; i < SYSFS_RESOURCES; i++)
        for (j = 0; j < SYSFS_RESOURCES; j++)
            if (ranges_meet(&a[i], &b[j]))
                return true;
    return false;
}

/* Nothing to be done about dom0's own devices but to say so. */
static void warn_of_host(const struct device *dev, struct sbdf other)
{
    struct sysfs_resource res[SYSFS_RESOURCES];
    char name[SBDF_TEXT], other_name[SBDF_TEXT], driver[SYSFS_DRIVER];

    if (sbdf_equal(other, dev->sbdf) || device_by_sbdf(other) ||
        sysfs_driver(other, driver) != 0 ||
        strcmp(driver, SYSFS_PCIBACK) == 0 ||
        sysfs_resources(other, res) != 0 || !frames_meet(dev->res, res))
        return;
    log_warnx("d%u %s: has registers in one 4 KiB page with %s, which dom0 "
              "keeps: the guest can reach those too; boot dom0 with "
              "pci=resource_alignment=%s",
              dev->domid, sbdf_format(dev->sbdf, name),
              sbdf_format(other, other_name), name);
}

static void warn_of_line(const struct device *dev, const struct device *other)
{
    char name[SBDF_TEXT], other_name[SBDF_TEXT];
    uint32_t irq = 0;

    if (!other->grants.has_irq || other->domid == dev->domid ||
        sysfs_irq(dev->sbdf, &irq) != 0 || irq != other->grants.gsi)
        return;
    log_warnx("d%u %s: shares its interrupt line with %s of d%u: each guest "
              "can hold up the other's; use MSI",
              dev->domid, sbdf_format(dev->sbdf, name),
              sbdf_format(other->sbdf, other_name), other->domid);
}

int device_check_shared(struct device *dev)
{
    struct sbdf *list = NULL;
    struct device *other = NULL;
    char name[SBDF_TEXT], other_name[SBDF_TEXT];
    size_t count = 0, i;

    while ((other = device_next(other))) {
        if (other == dev)
            continue;
        warn_of_line(dev, other);
        if (other->domid == dev->domid || !frames_meet(dev->res, other->res))
            continue;
        device_say(dev->why,
                   "%s has registers in one 4 KiB page with %s, which domain "
                   "%u has; give both to one guest, or boot dom0 with "
                   "pci=resource_alignment=%s",
                   sbdf_format(dev->sbdf, name),
                   sbdf_format(other->sbdf, other_name), other->domid, name);
        return -EBUSY;
    }
    if (sysfs_devices(NULL, &list, &count) == 0)
        for (i = 0; i < count; i++)
            warn_of_host(dev, list[i]);
    free(list);
    return 0;
}

void device_spare_shared(struct device *dev)
{
    const struct device *other = NULL;

    while ((other = device_next(other)))
        if (other != dev && other->domid == dev->domid)
            grants_spare(&dev->grants, &other->grants);
}
