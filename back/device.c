/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The registry of who owns which device, what a guest may ask of its device,
 * and how everything is taken back.
 */
#include "device.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"
#include "pciregs.h"
#include "restore.h"
#include "state.h"

static struct device *registry;
static uint32_t last_handle;

struct device *device_next(const struct device *dev)
{
    return dev ? dev->next : registry;
}

struct device *device_by_sbdf(struct sbdf sbdf)
{
    struct device *dev;

    for (dev = registry; dev; dev = dev->next)
        if (sbdf_equal(dev->sbdf, sbdf))
            return dev;
    return NULL;
}

struct device *device_by_handle(uint16_t domid, uint32_t handle)
{
    struct device *dev;

    for (dev = registry; dev; dev = dev->next)
        if (dev->handle == handle && dev->domid == domid)
            return dev;
    return NULL;
}

void device_say(char why[DEVICE_WHY], const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(why, DEVICE_WHY, fmt, args);
    va_end(args);
}

struct device *device_new(struct hyp *hyp, const struct device_claim *claim)
{
    struct device *dev = calloc(1, sizeof(*dev));

    if (!dev)
        return NULL;
    dev->config_fd = dev->config_ro_fd = dev->shadow_fd = -1;
    dev->hyp = hyp;
    dev->handle = ++last_handle;
    dev->sbdf = claim->sbdf;
    dev->virt = claim->virt;
    dev->domid = claim->domid;
    if (claim->policy)
        dev->policy = *claim->policy;
    dev->done = claim->done;
    dev->arg = claim->arg;
    dev->phase = DEVICE_CLAIMING;
    dev->next = registry;
    registry = dev;
    return dev;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void device_forget(struct device *dev)
{
    struct device **p = &registry;

    while (*p && *p != dev)
        p = &(*p)->next;
    if (*p)
        *p = dev->next;
}

void device_free(struct device *dev)
{
    if (!dev)
        return;
    device_forget(dev);
    if (dev->shadow)
        (void)munmap(dev->shadow, sizeof(*dev->shadow));
    close_fd(dev->shadow_fd);
    close_fd(dev->config_ro_fd);
    close_fd(dev->config_fd);
    free(dev);
}

int device_take_back(struct device *dev)
{
    int ret, err;

    /* First of all: what follows takes away what a transfer might need. */
    ret = restore_quiet(dev->config_fd);
    device_irq_off(dev);
    /* Quarantine before the reset: no DMA in between (XSA-302). */
    err = hyp_deassign(dev->hyp, dev->domid, dev->sbdf);
    if (err < 0 && err != -ENODEV && err != -ESRCH && ret == 0)
        ret = err;
    device_spare_shared(dev);
    err = grants_revoke(dev->hyp, &dev->grants);
    return ret == 0 ? err : ret;
}

static void release_finish(struct device *dev, int err)
{
    device_done_fn *done = dev->done;

    device_forget(dev);
    state_drop(dev->sbdf);
    done(dev->arg, dev, err);
    device_free(dev);
}

void device_release(struct device *dev, device_done_fn *done, void *arg)
{
    char name[SBDF_TEXT];
    int ret;

    ledger_end(dev);
    dev->phase = DEVICE_RELEASING;
    dev->done = done;
    dev->arg = arg;
    ret = device_take_back(dev);
    if (ret < 0)
        log_warnx("d%u %s: could not take back everything: %s", dev->domid,
                  sbdf_format(dev->sbdf, name), strerror(-ret));
    device_reset_then(dev, release_finish);
}

bool device_is_asleep(const struct device *dev)
{
    uint16_t control = dev->cs.pm_control;
    uint32_t now;

    return control != 0 &&
           sysfs_config_read(dev->config_fd, control, 2, &now) == 0 &&
           (now & PCI_PM_CTRL_STATE) != 0;
}

static bool is_waking(const struct device *dev, const struct cfg_write *w)
{
    return w->offset == dev->cs.pm_control &&
           (w->value & PCI_PM_CTRL_STATE) == 0 && device_is_asleep(dev);
}

enum pci_wire_err device_config_write(struct device *dev,
                                      const struct cfg_plan *plan, bool *wakes)
{
    unsigned int i;

    if (dev->phase != DEVICE_READY)
        return PCI_ERR_DEV_NOT_FOUND;
    /* The kernel would make us wait for the end of it. */
    if (dev->aer.resetting)
        return PCI_ERR_OP_FAILED;
    if (plan->count > CFG_PLAN_MAX)
        return PCI_ERR_INVALID_OFFSET;
    for (i = 0; i < plan->count; i++) {
        const struct cfg_write *w = &plan->writes[i];

        if (!cfgspace_permits(&dev->cs, w))
            return PCI_ERR_ACCESS_DENIED;
        *wakes = *wakes || is_waking(dev, w);
        if (sysfs_config_write(dev->config_fd, w->offset, w->size, w->value) <
            0)
            return PCI_ERR_OP_FAILED;
    }
    return PCI_ERR_SUCCESS;
}

enum pci_wire_err device_woken(struct device *dev)
{
    if (dev->phase != DEVICE_READY)
        return PCI_ERR_DEV_NOT_FOUND;
    return restore_awake(dev->config_fd, &dev->cs) < 0 ? PCI_ERR_OP_FAILED
                                                       : PCI_ERR_SUCCESS;
}
