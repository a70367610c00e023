/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MSI and MSI-X for one device: map, enable, disable, unmap. */
#include "irq.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "insist.h"
#include "log.h"

/* How many unmappings it takes: messages of MSI go with their first. */
static unsigned int mappings(const struct irq *irq)
{
    return irq->mode == IRQ_MSI && irq->count > 1 ? 1 : irq->count;
}

static int unmap(const struct irq_device *dev, uint32_t pirq)
{
    unsigned int tries = 0;
    int ret;

    do
        ret = hyp_unmap_pirq(dev->hyp, dev->domid, pirq);
    while (insist(ret, &tries));
    return ret;
}

void irq_unmap(struct irq *irq, const struct irq_device *dev)
{
    char name[SBDF_TEXT];
    unsigned int i;

    for (i = 0; i < mappings(irq); i++) {
        int ret = unmap(dev, irq->pirqs[i]);

        /* A dead or dying domain has lost its pirqs already. */
        if (ret < 0 && ret != -ESRCH && ret != -EINVAL)
            log_warnx("d%u %s: cannot unmap pirq %u: %s", dev->domid,
                      sbdf_format(dev->sbdf, name), irq->pirqs[i],
                      strerror(-ret));
    }
    irq->count = 0;
    irq->mode = IRQ_INTX;
}

static void ask_off(struct irq_call *call, bool on, regs_done_fn *then)
{
    const struct regs_request request = {
        .op = REGS_IRQ_OFF,
        .u.irq_on = on,
    };

    call->dev.ask(call->dev.ctx, &request, then, call);
}

static void finish(struct irq_call *call, int err)
{
    call->err = err;
    call->done(call->arg);
}

static void is_off(void *arg, const struct regs_reply *reply)
{
    struct irq_call *call = arg;

    irq_unmap(call->irq, &call->dev);
    call->asleep = reply->asleep;
    finish(call, reply->err);
}

void irq_off(struct irq_call *call)
{
    ask_off(call, call->irq->mode != IRQ_INTX, is_off);
}

/* It did not get as far as being on. */
static void has_failed(void *arg, const struct regs_reply *reply UNUSED)
{
    struct irq_call *call = arg;

    irq_unmap(call->irq, &call->dev);
    finish(call, call->err);
}

static void fail(struct irq_call *call, int err)
{
    call->err = err;
    ask_off(call, true, has_failed);
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

static bool count_ok(unsigned int count, const struct cfg_msi *msi)
{
    return msi->msi_control != 0 && count != 0 && count <= msi->msi_messages &&
           (count & (count - 1)) == 0;
}

static void msi_is_on(void *arg, const struct regs_reply *reply)
{
    struct irq_call *call = arg;

    if (reply->err < 0) {
        log_debug("d%u: MSI not enabled: %s", call->dev.domid,
                  strerror(-reply->err));
        call->count = 0;
        fail(call, PCI_ERR_OP_FAILED);
        return;
    }
    call->pirq = call->irq->pirqs[0];
    finish(call, PCI_ERR_SUCCESS);
}

static void msi_was_off(void *arg, const struct regs_reply *reply)
{
    const struct regs_request request = {
        .op = REGS_MSI_ON,
        .u.messages = ((struct irq_call *)arg)->wanted,
    };
    struct irq_call *call = arg;
    int ret;

    irq_unmap(call->irq, &call->dev);
    if (reply->err < 0) {
        finish(call, PCI_ERR_OP_FAILED);
        return;
    }
    call->irq->mode = IRQ_MSI;
    call->count = call->wanted;
    ret = map_messages(call->irq, &call->dev, &call->count);
    if (ret == 0) {
        call->dev.ask(call->dev.ctx, &request, msi_is_on, call);
        return;
    }
    log_debug("d%u: MSI not mapped: %s", call->dev.domid, strerror(-ret));
    irq_unmap(call->irq, &call->dev);
    if (call->count >= call->wanted)
        call->count = 0;
    finish(call, PCI_ERR_OP_FAILED);
}

void irq_msi_on(struct irq_call *call)
{
    if (!count_ok(call->wanted, call->dev.msi) || call->irq->mode == IRQ_MSIX)
        finish(call, PCI_ERR_OP_FAILED);
    else
        ask_off(call, call->irq->mode != IRQ_INTX, msi_was_off);
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

static void msix_is_on(void *arg, const struct regs_reply *reply)
{
    struct irq_call *call = arg;

    if (reply->err < 0) {
        fail(call, reply->err);
        return;
    }
    call->count = call->wanted;
    finish(call, 0);
}

static int map_entries(struct irq_call *call)
{
    struct irq *irq = call->irq;
    unsigned int i;
    int ret = 0;

    irq->mode = IRQ_MSIX;
    for (i = 0; i < call->wanted && ret == 0; i++)
        ret = map_one(irq, &call->dev, call->entries[i],
                      call->dev.msix_table_bar);
    if (ret == -ENOSPC && irq->count > 0) {
        call->count = irq->count;
        ret = 0;
    }
    if (ret < 0 || call->count > 0)
        irq_unmap(irq, &call->dev);
    return ret;
}

static void msix_was_off(void *arg, const struct regs_reply *reply)
{
    const struct regs_request request = { .op = REGS_MSIX_ON };
    struct irq_call *call = arg;
    int ret = reply->err;

    irq_unmap(call->irq, &call->dev);
    /* PCIe 6.0 5.3.1.4: its memory, and the table there, does not answer. */
    if (ret == 0 && reply->asleep)
        ret = -EINVAL;
    if (ret == 0)
        ret = map_entries(call);
    if (ret < 0 || call->count > 0)
        finish(call, ret);
    else
        call->dev.ask(call->dev.ctx, &request, msix_is_on, call);
}

void irq_msix_on(struct irq_call *call)
{
    const struct irq_device *dev = &call->dev;

    if (!dev->msi->msix_control || dev->msix_table_bar == 0 ||
        !entries_ok(call->entries, call->wanted, dev->msi->msix_entries))
        finish(call, -EINVAL);
    else if (call->irq->mode == IRQ_MSI)
        finish(call, -ENXIO);
    else
        ask_off(call, call->irq->mode != IRQ_INTX, msix_was_off);
}

int irq_restore(const struct irq *irq, const struct irq_device *dev)
{
    return irq->mode == IRQ_INTX ? 0 : hyp_restore_msi(dev->hyp, dev->sbdf);
}
