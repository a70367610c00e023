/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Claiming a device for a domain: device_check(), then snapshot, reset, restore,
 * grant, assign; undone as a whole on failure.
 */
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "claim.h"
#include "log.h"
#include "nodes.h"
#include "pciregs.h"
#include "restore.h"
#include "snapshot.h"
#include "state.h"

static enum cfg_bar_kind bar_kind(const struct sysfs_resource *res,
                                  unsigned int index)
{
    if (res->kind == SYSFS_NONE || res->size == 0)
        return CFG_BAR_NONE;
    if (index == 6)
        return CFG_BAR_ROM;
    if (res->kind == SYSFS_IO)
        return CFG_BAR_IO;
    return res->is_64bit ? CFG_BAR_MEM64 : CFG_BAR_MEM32;
}

/* The guest's first view of the command register is the snapshot's, with the
 * decodes that claim_finish() turns on. */
static void init_cfgspace(struct device *dev, struct cfg_params *params,
                          uint8_t *snapshot)
{
    struct cfg_hw hw = { .read = device_read_config, .ctx = dev };
    unsigned int i;

    params->size = dev->config_size;
    for (i = 0; i < CFG_BARS; i++) {
        params->bars[i].kind = bar_kind(&dev->res[i], i);
        params->bars[i].prefetch = dev->res[i].prefetch;
        params->bars[i].base = dev->res[i].start;
        params->bars[i].size = dev->res[i].size;
    }
    le16_store(snapshot + PCI_COMMAND,
               le16_load(snapshot + PCI_COMMAND) | restore_decodes(params));
    cfgspace_init(&dev->cs, params, snapshot, dev->shadow, hw, CFG_FRESH);
}

static bool has_bars(const struct cfgspace *cs)
{
    unsigned int i;

    for (i = 0; i < cs->ncaps; i++)
        /* PCIe 6.0 7.8.5: a capability states them; the registers are zero. */
        if (cs->caps[i].id == PCI_CAP_ID_EA && !cs->caps[i].extended)
            return false;
    /* A virtual function's are zero (PCIe 6.0 9.3.4.1.11), its ids ones. */
    return le16_load(cs->snapshot + PCI_VENDOR_ID) != UINT16_MAX;
}

/* A reset that went wrong may have cost the registers their bases; the kernel
 * still knows them, and decoding must not be turned on without. */
static void mend_bars(struct cfgspace *cs, const struct sysfs_resource *res)
{
    unsigned int i;

    for (i = 0; i < 6 && has_bars(cs); i++) {
        uint8_t *bar = cs->snapshot + PCI_BAR0 + 4u * i;
        uint32_t low = le32_load(bar);
        bool wide = (low & PCI_BAR_MEM_TYPE) == PCI_BAR_MEM_TYPE_64;

        if (res[i].kind != SYSFS_MEM || res[i].is_64bit != wide ||
            (low & PCI_BAR_IO) || (wide && i == 5))
            continue;
        le32_store(bar, ((uint32_t)res[i].start & PCI_BAR_MEM_MASK) |
                            (low & ~PCI_BAR_MEM_MASK));
        if (wide)
            le32_store(bar + 4, (uint32_t)(res[i].start >> 32));
    }
}

/* Whatever answers must be what the kernel found when it looked last. */
static int check_ids(struct device *dev, const struct cfg_params *params,
                     const uint8_t *snapshot)
{
    uint16_t vendor = le16_load(snapshot + PCI_VENDOR_ID);
    uint16_t device = le16_load(snapshot + PCI_DEVICE_ID);

    if ((vendor == params->vendor && device == params->device) ||
        sysfs_is_virtfn(dev->sbdf))
        return 0;
    device_say(dev->why,
               "the device calls itself %04x:%04x and the kernel knows it as "
               "%04x:%04x; power-cycle it, or remove it and rescan the bus",
               vendor, device, params->vendor, params->device);
    return -ESTALE;
}

/* What the files of sysfs say beside it. */
static int look_up(struct device *dev, struct cfg_params *params)
{
    int ret = sysfs_resources(dev->sbdf, dev->res);

    if (ret == 0)
        ret = sysfs_ids(dev->sbdf, &params->vendor, &params->device);
    if (ret < 0)
        device_say(dev->why, "its resources cannot be read: %s",
                   strerror(-ret));
    return ret;
}

static int judge_snapshot(struct device *dev, const struct snapshot *s)
{
    struct cfg_params params = { .knobs = dev->policy.knobs };
    uint8_t bytes[CFG_SIZE_MAX];
    const char *reason = NULL;
    int ret = look_up(dev, &params);

    if (ret < 0)
        return ret;
    memcpy(bytes, s->bytes, sizeof(bytes));
    dev->config_size = s->size;
    ret = cfgspace_check_device(bytes, dev->config_size, &reason);
    if (ret < 0) {
        device_say(dev->why, "%s", reason ? reason : strerror(-ret));
        return ret;
    }
    ret = check_ids(dev, &params, bytes);
    if (ret < 0)
        return ret;
    init_cfgspace(dev, &params, bytes);
    mend_bars(&dev->cs, dev->res);
    return device_check_shared(dev);
}

static int grant_and_assign(struct device *dev)
{
    uint32_t irq = 0;
    int ret = sysfs_irq(dev->sbdf, &irq);

    if (ret == 0) {
        grants_plan(&dev->grants, dev->domid, dev->res, irq);
        device_remember(dev);
        ret = grants_give(dev->hyp, &dev->grants, dev->domid, dev->res, irq);
    }
    if (ret < 0) {
        device_say(dev->why, "permissions cannot be granted: %s",
                   strerror(-ret));
        return ret;
    }
    if (!dev->assigned_here)
        return 0;
    ret = hyp_assign(dev->hyp, dev->domid, dev->sbdf, dev->policy.rdm_relaxed);
    if (ret < 0)
        device_say(
            dev->why, "Xen refused to assign the device: %s%s", strerror(-ret),
            ret == -EPERM ? " (it shares a reserved memory region)" : "");
    return ret;
}

static void claim_end(struct device *dev, int err)
{
    device_done_fn *done = dev->done;

    if (err == 0) {
        dev->phase = DEVICE_READY;
        device_remember(dev);
        ledger_look(dev);
    } else {
        device_forget(dev);
        state_drop(dev->sbdf);
    }
    done(dev->arg, dev, err);
    if (err < 0)
        device_free(dev);
}

static void claim_finish(struct device *dev, int err UNUSED)
{
    struct cfg_params params = dev->cs.params;
    uint8_t snapshot[CFG_SIZE_MAX];
    int ret = device_check_clean(dev);

    if (ret < 0) {
        claim_end(dev, ret);
        return;
    }
    ret = grant_and_assign(dev);
    if (ret < 0) {
        /* Its reset has left it quiet. */
        (void)!device_revoke(dev);
        claim_end(dev, ret);
        return;
    }
    /* Config space has eight bits for the line (PCI 3.0 6.2.4). */
    if (dev->grants.has_irq && dev->grants.pirq < 255)
        params.irq_line = (uint8_t)dev->grants.pirq;
    memcpy(snapshot, dev->cs.snapshot, sizeof(snapshot));
    init_cfgspace(dev, &params, snapshot);
    claim_end(dev, 0);
}

static void on_snapshot(void *arg, int err, const struct snapshot *s)
{
    struct device *dev = arg;
    int ret = err == 0 ? judge_snapshot(dev, s) : err;

    if (err == -ETIMEDOUT)
        device_say(dev->why, "the device does not answer: its configuration "
                             "space cannot be read in time; reset it by hand, "
                             "or power-cycle the host");
    else if (err < 0)
        device_say(dev->why, "configuration space cannot be read: %s",
                   strerror(-err));
    if (ret < 0)
        claim_end(dev, ret);
    else
        device_reset_then(dev, claim_finish);
}

struct device *device_claim(struct hyp *hyp, struct store *store,
                            const struct device_claim *claim,
                            char why[DEVICE_WHY])
{
    struct device *dev;
    bool ours = false;
    int ret = device_check(hyp, store, claim, &ours, why);

    dev = ret == 0 ? device_new(hyp, claim) : NULL;
    if (ret == 0 && !dev)
        device_say(why, "out of memory");
    if (!dev) {
        errno = ret < 0 ? -ret : ENOMEM;
        return NULL;
    }
    dev->assigned_here = ours;
    device_know_guest(dev);
    ret = device_open(dev);
    if (ret < 0) {
        memcpy(why, dev->why, DEVICE_WHY);
        state_drop(dev->sbdf);
        device_free(dev);
        errno = -ret;
        return NULL;
    }
    snapshot_take(dev->sbdf, dev->config_fd, on_snapshot, dev);
    return dev;
}
