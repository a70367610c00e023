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

#include "device-ops.h"
#include "insist.h"
#include "log.h"
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
    device_ops_drop(dev);
    if (dev->shadow)
        (void)munmap(dev->shadow, sizeof(*dev->shadow));
    close_fd(dev->shadow_fd);
    close_fd(dev->config_ro_fd);
    close_fd(dev->config_fd);
    free(dev);
}

/* In quarantine nothing it does reaches memory. */
static int quarantine(const struct device *dev)
{
    unsigned int tries = 0;
    int ret;

    do
        ret = hyp_deassign(dev->hyp, dev->domid, dev->sbdf);
    while (insist(ret, &tries));
    /* Xen took it back itself when its domain ended. */
    return ret == -ENODEV || ret == -ESRCH ? 0 : ret;
}

int device_revoke(struct device *dev)
{
    int ret, err;

    /* Quarantine before the reset: no DMA in between (XSA-302). */
    ret = quarantine(dev);
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

/* The device has been told, or does not listen: Xen does its part either way. */
static void take_back(struct device *dev, int err)
{
    char name[SBDF_TEXT];
    int ret;

    device_irq_unmap(dev);
    ret = device_revoke(dev);
    if (err == -ETIMEDOUT)
        log_warnx("d%u %s: does not answer; it is taken back all the same",
                  dev->domid, sbdf_format(dev->sbdf, name));
    if (err == 0 || ret < 0)
        err = ret;
    if (err < 0 && err != -ETIMEDOUT)
        log_warnx("d%u %s: could not take back everything: %s", dev->domid,
                  sbdf_format(dev->sbdf, name), strerror(-err));
    /* Nobody else looks at the device while it is reset. */
    device_ops_drop(dev);
    device_reset_then(dev, release_finish);
}

static void is_quiet(void *arg, const struct regs_reply *reply)
{
    struct device_op *op = arg;

    op->result.err = reply->err;
    device_op_end(op);
}

static void run_quiet(struct device_op *op)
{
    const struct regs_request request = {
        .op = REGS_QUIET,
        .u.irq_on = op->dev->irq.mode != IRQ_INTX,
    };

    /* First of all: what follows takes away what a transfer might need. */
    device_op_ask(op, &request, is_quiet, op);
}

static void on_quiet(void *arg UNUSED, struct device *dev,
                     const struct device_result *result)
{
    take_back(dev, result->err);
}

void device_release(struct device *dev, device_done_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, false, on_quiet, NULL);

    ledger_end(dev);
    dev->phase = DEVICE_RELEASING;
    dev->done = done;
    dev->arg = arg;
    if (!op) {
        take_back(dev, -ENOMEM);
        return;
    }
    op->run = run_quiet;
    device_op_start(op);
}

static void is_written(void *arg, const struct regs_reply *reply)
{
    struct device_op *op = arg;

    op->result.err = reply->err < 0 ? PCI_ERR_OP_FAILED : reply->answer;
    device_op_end(op);
}

bool device_is_reachable(const struct device *dev)
{
    return dev->phase == DEVICE_READY && !dev->aer.resetting;
}

enum pci_wire_err device_refusal(const struct device *dev)
{
    return dev->phase == DEVICE_READY ? PCI_ERR_OP_FAILED
                                      : PCI_ERR_DEV_NOT_FOUND;
}

static void run_write(struct device_op *op)
{
    const struct regs_request request = {
        .op = REGS_WRITE,
        .u.plan = op->u.plan,
    };

    op->result.err = device_refusal(op->dev);
    if (device_is_reachable(op->dev))
        device_op_ask(op, &request, is_written, op);
    else
        device_op_end(op);
}

void device_config_write(struct device *dev, const struct cfg_plan *plan,
                         device_result_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, true, done, arg);

    if (!op) {
        device_op_refuse(dev, device_refusal(dev), done, arg);
        return;
    }
    op->u.plan = *plan;
    op->run = run_write;
    device_op_start(op);
}

static void run_stop_dma(struct device_op *op)
{
    const struct regs_request request = { .op = REGS_STOP_DMA };

    device_op_ask(op, &request, is_quiet, op);
}

void device_stop_dma(struct device *dev)
{
    struct device_op *op = device_op_new(dev, false, NULL, NULL);

    if (!op)
        return;
    op->run = run_stop_dma;
    device_op_start(op);
}
