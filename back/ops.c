/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The operation table of io/pciif.h. A handler can only be reached through its
 * row's checker; both see the private copy of the request and nothing shared.
 */
#include "ops.h"

#include <errno.h>
#include <string.h>

enum op_progress {
    OP_DONE,
    OP_ASKED
};

struct op_row {
    /* Pure. Returns what the guest is told: 0, a wire error, or for MSI-X
     * enabling a negative errno. */
    int32_t (*check)(const struct pci_op *op, const struct vdev *dev);
    enum op_progress (*run)(struct ops *ops, struct vdev *dev);
};

static bool same_address(const struct pci_op *op, struct sbdf virt)
{
    return op->domain == virt.segment && op->bus == virt.bus &&
           op->devfn == virt.devfn;
}

static struct vdev *find_virtual(struct ops *ops, const struct pci_op *op)
{
    struct vdev *dev;

    for (dev = ops->devices; dev; dev = dev->next)
        if (same_address(op, dev->virt))
            return dev;
    return NULL;
}

struct vdev *ops_find(struct ops *ops, uint32_t handle)
{
    struct vdev *dev;

    for (dev = ops->devices; dev; dev = dev->next)
        if (dev->handle == handle)
            return dev;
    return NULL;
}

/* Send a request about dev; failure to send fails the operation. */
static enum op_progress ask(struct ops *ops, const struct vdev *dev,
                            struct msg *request, int32_t failure)
{
    request->serial = ++ops->serial;
    if (ops->ask(ops->ask_ctx, request) < 0) {
        ops->op.err = failure;
        return OP_DONE;
    }
    ops->waiting = true;
    ops->waiting_for = dev->handle;
    return OP_ASKED;
}

static int32_t check_none(const struct pci_op *op UNUSED,
                          const struct vdev *dev UNUSED)
{
    return PCI_ERR_SUCCESS;
}

static enum op_progress run_read(struct ops *ops, struct vdev *dev)
{
    struct pci_op *op = &ops->op;
    uint32_t value = 0;

    op->err = cfgspace_read(&dev->cs, op->offset, op->size, &value);
    op->value = value;
    return OP_DONE;
}

static enum op_progress run_write(struct ops *ops, struct vdev *dev)
{
    struct msg request = { .type = MSG_CONFIG_WRITE };
    struct pci_op *op = &ops->op;
    struct msg_config_write *w = &request.u.config_write;

    op->err =
        cfgspace_write(&dev->cs, op->offset, op->size, op->value, &w->plan);
    if (op->err != PCI_ERR_SUCCESS || w->plan.count == 0)
        return OP_DONE;
    w->handle = dev->handle;
    return ask(ops, dev, &request, PCI_ERR_OP_FAILED);
}

static int32_t check_msi(const struct pci_op *op UNUSED, const struct vdev *dev)
{
    return dev->cs.msi.msi_control ? PCI_ERR_SUCCESS : PCI_ERR_OP_FAILED;
}

static enum op_progress ask_msi(struct ops *ops, struct vdev *dev,
                                uint32_t count)
{
    struct msg request = { .type = MSG_MSI_ON };

    request.u.msi_on.handle = dev->handle;
    request.u.msi_on.count = count;
    return ask(ops, dev, &request, PCI_ERR_OP_FAILED);
}

static enum op_progress run_msi_on(struct ops *ops, struct vdev *dev)
{
    return ask_msi(ops, dev, 1);
}

/* How many messages may be asked for instead: a power of two, or 0. */
static uint32_t msi_instead(const struct pci_op *op, const struct vdev *dev)
{
    uint32_t n = dev->cs.msi.msi_control ? dev->cs.msi.msi_messages : 0;

    while (n > op->info)
        n /= 2;
    return n;
}

/* pciif.h says no more than the name; info is their number. */
static int32_t check_multi_msi(const struct pci_op *op, const struct vdev *dev)
{
    bool ok = op->info != 0 && msi_instead(op, dev) == op->info;

    return ok ? PCI_ERR_SUCCESS : PCI_ERR_OP_FAILED;
}

static enum op_progress run_multi_msi_on(struct ops *ops, struct vdev *dev)
{
    return ask_msi(ops, dev, ops->op.info);
}

static enum op_progress run_msi_off(struct ops *ops, struct vdev *dev)
{
    struct msg request = { .type = MSG_MSI_OFF };

    request.u.handle.handle = dev->handle;
    return ask(ops, dev, &request, PCI_ERR_OP_FAILED);
}

/* Every index inside the device's table, none twice. */
static bool entries_ok(const struct pci_op *op, uint16_t table_size)
{
    uint32_t i, j;

    for (i = 0; i < op->value; i++) {
        if (op->msix[i].entry >= table_size)
            return false;
        for (j = 0; j < i; j++)
            if (op->msix[j].entry == op->msix[i].entry)
                return false;
    }
    return true;
}

/* XSA-157: MSI-X without memory decode reaches a table that is not there. */
static int32_t check_msix(const struct pci_op *op, const struct vdev *dev)
{
    if (!dev->cs.msi.msix_control || op->value == 0 ||
        op->value > PCI_WIRE_MSIX_MAX ||
        !entries_ok(op, dev->cs.msi.msix_entries))
        return -EINVAL;
    return cfgspace_memory_enabled(&dev->cs) ? 0 : -ENXIO;
}

static enum op_progress run_msix_on(struct ops *ops, struct vdev *dev)
{
    struct msg request = { .type = MSG_MSIX_ON };
    struct msg_msix_on *on = &request.u.msix_on;
    uint32_t i;

    on->handle = dev->handle;
    on->count = ops->op.value;
    for (i = 0; i < on->count; i++)
        on->entry[i] = ops->op.msix[i].entry;
    return ask(ops, dev, &request, -EIO);
}

static const struct op_row rows[] = {
    [PCI_OP_CONF_READ] = { check_none, run_read },
    [PCI_OP_CONF_WRITE] = { check_none, run_write },
    [PCI_OP_ENABLE_MSI] = { check_msi, run_msi_on },
    [PCI_OP_DISABLE_MSI] = { check_none, run_msi_off },
    [PCI_OP_ENABLE_MSIX] = { check_msix, run_msix_on },
    [PCI_OP_DISABLE_MSIX] = { check_none, run_msi_off },
    [PCI_OP_ENABLE_MULTI_MSI] = { check_multi_msi, run_multi_msi_on },
};

/* What else is told to a guest whose request did not pass its check. */
static void refuse(struct pci_op *op, const struct vdev *dev)
{
    if (op->cmd == PCI_OP_ENABLE_MSI || op->cmd == PCI_OP_ENABLE_MULTI_MSI)
        op->value = 0;
    if (op->cmd == PCI_OP_ENABLE_MULTI_MSI)
        op->info = msi_instead(op, dev);
}

bool ops_start(struct ops *ops)
{
    struct pci_op *op = &ops->op;
    struct vdev *dev = find_virtual(ops, op);
    const struct op_row *row;

    op->err = PCI_ERR_SUCCESS;
    if (!dev) {
        op->err = PCI_ERR_DEV_NOT_FOUND;
        return true;
    }
    row = op->cmd < ARRAY_LEN(rows) ? &rows[op->cmd] : NULL;
    if (!row || !row->check) {
        op->err = PCI_ERR_NOT_IMPLEMENTED;
        return true;
    }
    op->err = row->check(op, dev);
    if (op->err != PCI_ERR_SUCCESS) {
        refuse(op, dev);
        return true;
    }
    return row->run(ops, dev) == OP_DONE;
}

/* A wire error as the opcode's own number space; see ring.h. */
static void take_answer(struct pci_op *op, const struct vdev *dev,
                        const struct msg_answer *answer)
{
    uint32_t i;

    op->err = answer->err;
    switch (op->cmd) {
    case PCI_OP_ENABLE_MSI:
        op->value = answer->err ? 0 : answer->pirq[0];
        break;
    case PCI_OP_ENABLE_MULTI_MSI:
        op->value = answer->err ? 0 : answer->pirq[0];
        if (answer->err)
            op->info = answer->count;
        break;
    case PCI_OP_DISABLE_MSI:
    case PCI_OP_DISABLE_MSIX:
        op->err = answer->err ? PCI_ERR_OP_FAILED : PCI_ERR_SUCCESS;
        op->value = dev ? dev->cs.params.irq_line : 0;
        break;
    case PCI_OP_ENABLE_MSIX:
        if (answer->err)
            break;
        if (answer->count < op->value) {
            op->value = answer->count; /* only so many can be had: retry */
            break;
        }
        for (i = 0; i < op->value; i++)
            op->msix[i].vector = answer->pirq[i];
        op->value = 0;
        break;
    default:
        break;
    }
}

bool ops_answer(struct ops *ops, const struct msg *answer)
{
    if (!ops->waiting || answer->serial != ops->serial)
        return false;
    ops->waiting = false;
    take_answer(&ops->op, ops_find(ops, ops->waiting_for), &answer->u.answer);
    return true;
}

bool ops_abandon(struct ops *ops)
{
    if (!ops->waiting)
        return false;
    ops->waiting = false;
    ops->op.err = PCI_ERR_DEV_NOT_FOUND;
    return true;
}
