/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Claiming a device for a domain: every check that has no side effect first,
 * then snapshot, reset, restore, grant, assign; undone as a whole on failure.
 */
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "aer-enable.h"
#include "bytes.h"
#include "claim.h"
#include "log.h"
#include "nodes.h"
#include "pciregs.h"
#include "restore.h"
#include "state.h"

/* Reads without side effects; each failure is one sentence with a next step. */
static int check_holder(struct sbdf sbdf, char why[DEVICE_WHY])
{
    char name[SBDF_TEXT];
    char driver[SYSFS_DRIVER];
    bool bridge = false;
    int ret;

    sbdf_format(sbdf, name);
    if (!sysfs_device_exists(sbdf)) {
        device_say(why, "%s does not exist on this host; see lspci -D", name);
        return -ENODEV;
    }
    ret = sysfs_is_bridge(sbdf, &bridge);
    if (ret == 0 && bridge) {
        device_say(why,
                   "%s is a bridge; only the functions behind it can be given "
                   "away",
                   name);
        return -ENOTSUP;
    }
    if (ret == 0)
        ret = sysfs_driver(sbdf, driver);
    if (ret != 0) {
        device_say(why, "%s cannot be inspected: %s", name, strerror(-ret));
        return ret;
    }
    if (strcmp(driver, SYSFS_PCIBACK) != 0) {
        device_say(why,
                   "%s is bound to %s, not held for guests; run: xenpci "
                   "assignable-add %s",
                   name, driver[0] ? driver : "no driver", name);
        return -EBUSY;
    }
    return 0;
}

/* libxl's record of the owner must not name somebody else. */
static int check_record(struct store *store, const struct device_claim *claim,
                        char why[DEVICE_WHY])
{
    char dashed[SBDF_TEXT], name[SBDF_TEXT], path[STORE_PATH];
    uint32_t owner;
    int ret;

    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID,
                   sbdf_format_dashed(claim->sbdf, dashed));
    ret = store_read_uint(store, NULL, path, &owner);
    if (ret == -ENOENT || (ret == 0 && owner == claim->domid))
        return 0;
    if (ret < 0)
        device_say(why, "%s is malformed: %s", path, strerror(-ret));
    else
        device_say(why, "%s is recorded as domain %u's (%s)",
                   sbdf_format(claim->sbdf, name), owner, path);
    return ret < 0 ? ret : -EBUSY;
}

/*
 * Is the device free for this domain? *ours tells whether we must assign it:
 * libxl assigns before it writes the directory, our own tools leave it to us.
 */
static int check_assignable(struct hyp *hyp, struct store *store,
                            const struct device_claim *claim, bool *ours,
                            char why[DEVICE_WHY])
{
    char dashed[SBDF_TEXT], path[STORE_PATH];
    int ret = hyp_assign_test(hyp, claim->domid, claim->sbdf);

    /* A device we attach ourselves is this domain's already only if an earlier
     * broker did not get to the end of it; otherwise Xen means "no". */
    if (ret == -EINVAL && claim_is_ours(store, claim->sbdf, claim->domid) &&
        hyp_deassign(hyp, claim->domid, claim->sbdf) == 0)
        ret = 0;
    *ours = ret == 0;
    if (ret == 0)
        return 0;
    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID,
                   sbdf_format_dashed(claim->sbdf, dashed));
    if (ret == -EOPNOTSUPP)
        device_say(why,
                   "domain %u was created without an IOMMU context; create it "
                   "with passthrough=\"enabled\" or pci=[...]",
                   claim->domid);
    else if (ret == -EINVAL && store_exists(store, NULL, path) &&
             !claim_is_ours(store, claim->sbdf, claim->domid))
        return 0; /* recorded as this domain's: libxl has assigned it */
    else
        device_say(why,
                   "Xen will not assign the device to domain %u: %s "
                   "(taken by another domain, or unknown to Xen)",
                   claim->domid, strerror(-ret));
    return ret;
}

/* On its way back: being released, or about to be because its guest died. */
static bool is_leaving(struct hyp *hyp, const struct device *dev)
{
    struct hyp_domain domain;

    return dev->phase == DEVICE_RELEASING ||
           (hyp_domain(hyp, dev->domid, &domain) == 0 &&
            (!domain.exists || domain.dying));
}

/* Anything still owned by somebody stops a claim; -EAGAIN while it ends. */
static int check_owner(struct hyp *hyp, const struct device_claim *claim,
                       char why[DEVICE_WHY])
{
    const struct device *dev = device_by_sbdf(claim->sbdf);
    char name[SBDF_TEXT];

    if (!dev)
        return 0;
    device_say(why, "%s belongs to domain %u", sbdf_format(claim->sbdf, name),
               dev->domid);
    return is_leaving(hyp, dev) ? -EAGAIN : -EBUSY;
}

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

static int take_snapshot(struct device *dev)
{
    struct cfg_params params = { .knobs = dev->policy.knobs };
    uint8_t snapshot[CFG_SIZE_MAX] = { 0 };
    const char *reason = NULL;
    int ret = sysfs_resources(dev->sbdf, dev->res);

    if (ret == 0)
        ret = sysfs_ids(dev->sbdf, &params.vendor, &params.device);
    if (ret == 0)
        ret = restore_snapshot(dev->config_fd, dev->config_size, snapshot);
    if (ret < 0) {
        device_say(dev->why, "configuration space cannot be read: %s",
                   strerror(-ret));
        return ret;
    }
    ret = cfgspace_check_device(snapshot, dev->config_size, &reason);
    if (ret < 0) {
        device_say(dev->why, "%s", reason ? reason : strerror(-ret));
        return ret;
    }
    init_cfgspace(dev, &params, snapshot);
    return 0;
}

static int grant_and_assign(struct device *dev)
{
    uint32_t irq = 0;
    int ret = sysfs_irq(dev->sbdf, &irq);

    if (ret == 0)
        ret = grants_give(dev->hyp, &dev->grants, dev->domid, dev->res, irq);
    if (ret < 0) {
        device_say(dev->why, "permissions cannot be granted: %s",
                   strerror(-ret));
        return ret;
    }
    if (!dev->assigned_here)
        return 0;
    ret = hyp_assign(dev->hyp, dev->domid, dev->sbdf,
                     dev->policy.rdm_relaxed);
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

static void claim_finish(void *arg, int reset_err)
{
    struct device *dev = arg;
    struct cfg_params params = dev->cs.params;
    uint8_t snapshot[CFG_SIZE_MAX];
    char name[SBDF_TEXT];
    int ret;

    if (reset_err < 0)
        log_warnx("d%u %s: reset failed before use: %s", dev->domid,
                  sbdf_format(dev->sbdf, name), strerror(-reset_err));
    ret = restore_verify(dev->config_fd, dev->cs.snapshot);
    if (ret == 0)
        ret = restore_write(dev->config_fd, &dev->cs);
    if (ret == 0)
        ret = aer_enable(dev->sbdf, dev->config_fd, &dev->cs);
    if (ret < 0) {
        device_say(dev->why, "the device does not answer after its reset: %s",
                   strerror(-ret));
        claim_end(dev, ret);
        return;
    }
    ret = grant_and_assign(dev);
    if (ret < 0) {
        (void)device_take_back(dev);
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

struct device *device_claim(struct hyp *hyp, struct store *store,
                            const struct device_claim *claim,
                            char why[DEVICE_WHY])
{
    struct device *dev;
    bool ours = false;
    int ret = check_owner(hyp, claim, why);

    if (ret == 0)
        ret = check_holder(claim->sbdf, why);
    if (ret == 0)
        ret = check_record(store, claim, why);
    if (ret == 0)
        ret = check_assignable(hyp, store, claim, &ours, why);
    dev = ret == 0 ? device_new(hyp, claim) : NULL;
    if (!dev) {
        errno = ret < 0 ? -ret : ENOMEM;
        return NULL;
    }
    dev->assigned_here = ours;
    ret = device_open(dev);
    if (ret == 0)
        ret = take_snapshot(dev);
    if (ret < 0) {
        memcpy(why, dev->why, DEVICE_WHY);
        state_drop(dev->sbdf);
        device_free(dev);
        errno = -ret;
        return NULL;
    }
    device_reset_then(dev, claim_finish);
    return dev;
}
