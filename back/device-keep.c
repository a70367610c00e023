/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device's files, its record, and taking it over from an earlier broker. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "device.h"
#include "log.h"
#include "state.h"

static int open_config(struct device *dev)
{
    dev->config_fd = sysfs_config_open(dev->sbdf, true);
    if (dev->config_fd < 0)
        return dev->config_fd;
    dev->config_ro_fd = sysfs_config_open(dev->sbdf, false);
    return dev->config_ro_fd < 0 ? dev->config_ro_fd : 0;
}

/* Memory that worker and broker share and that outlives both. */
static int open_shadow(struct device *dev)
{
    void *shadow;

    dev->shadow_fd = state_shadow(dev->sbdf);
    if (dev->shadow_fd < 0)
        return dev->shadow_fd;
    shadow = mmap(NULL, sizeof(*dev->shadow), PROT_READ | PROT_WRITE,
                  MAP_SHARED, dev->shadow_fd, 0);
    if (shadow == MAP_FAILED)
        return -errno;
    dev->shadow = shadow;
    return 0;
}

int device_open(struct device *dev)
{
    int ret = open_config(dev);

    if (ret < 0) {
        device_say(dev->why, "configuration space cannot be opened: %s%s",
                   strerror(-ret),
                   ret == -EPERM ? " (kernel lockdown forbids it)" : "");
        return ret;
    }
    ret = open_shadow(dev);
    if (ret < 0)
        device_say(dev->why, "no memory for shadow registers: %s",
                   strerror(-ret));
    return ret;
}

int device_read_config(void *ctx, uint16_t offset, uint8_t size,
                       uint32_t *value)
{
    const struct device *dev = ctx;

    return sysfs_config_read(dev->config_fd, offset, size, value);
}

void device_remember(const struct device *dev)
{
    static struct log_budget budget;
    struct state_record r;
    char name[SBDF_TEXT];
    int ret;

    memset(&r, 0, sizeof(r));
    r.sbdf = dev->sbdf;
    r.virt = dev->virt;
    r.domid = dev->domid;
    r.params = dev->cs.params;
    memcpy(r.res, dev->res, sizeof(r.res));
    r.grants = dev->grants;
    r.irq = dev->irq;
    r.aer = dev->aer.pending > dev->aer.current ? dev->aer.pending
                                                : dev->aer.current;
    memcpy(r.snapshot, dev->cs.snapshot, sizeof(r.snapshot));
    ret = state_save(&r);
    if (ret < 0)
        log_limited(&budget,
                    "d%u %s: its record cannot be written: %s; a restart will "
                    "not know this device",
                    dev->domid, sbdf_format(dev->sbdf, name), strerror(-ret));
}

/* What the file says now; a device's registers keep what it said at the claim. */
static void adopt_policy(struct device *dev)
{
    char why[POLICY_WHY];
    struct policy policy;

    if (policy_for(dev->sbdf, dev->cs.params.vendor, dev->cs.params.device,
                   NULL, &policy, why))
        dev->policy = policy;
    dev->policy.knobs = dev->cs.params.knobs;
}

struct device *device_adopt(struct hyp *hyp, struct sbdf sbdf)
{
    struct cfg_hw hw = { .read = device_read_config };
    struct device_claim claim = { .sbdf = sbdf };
    struct state_record r;
    struct device *dev;
    int ret = state_load(sbdf, &r);

    if (ret < 0) {
        errno = -ret;
        return NULL;
    }
    claim.virt = r.virt;
    claim.domid = r.domid;
    dev = device_new(hyp, &claim);
    ret = dev ? device_open(dev) : -ENOMEM;
    if (ret < 0) {
        device_free(dev);
        errno = -ret;
        return NULL;
    }
    memcpy(dev->res, r.res, sizeof(r.res));
    dev->config_size = r.params.size;
    dev->grants = r.grants;
    dev->irq = r.irq;
    dev->aer.pending = r.aer;
    /* Whatever the host did about it, it has done while nobody listened. */
    dev->aer.host = DEVICE_HOST_DONE;
    hw.ctx = dev;
    cfgspace_init(&dev->cs, &r.params, r.snapshot, dev->shadow, hw,
                  CFG_CONTINUE);
    adopt_policy(dev);
    device_know_guest(dev);
    dev->phase = DEVICE_READY;
    return dev;
}
