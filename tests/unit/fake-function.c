/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-backend.h: one function's registers and what is asked of it. */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "fake-backend.h"
#include "pciregs.h"

/* Sizes of the BARs of tests/data/devices/NAME.dump; the ROM is the seventh. */
static const struct model {
    const char *name;
    uint32_t sizes[7];
} models[] = {
    { "nvme", { 0x4000 } },
    { "edu", { 0x100000 } },
    { "e1000", { 0x20000, 0x40, 0, 0, 0, 0, 0x40000 } },
    { "e1000e", { 0x20000, 0x20000, 0x20, 0x4000, 0, 0, 0x40000 } },
    { "virtio-net", { 0, 0x1000, 0, 0, 0x4000, 0, 0x40000 } },
};

static void may_write(struct fake_function *f, uint16_t offset, uint8_t size,
                      uint32_t mask)
{
    le_store(&f->writable[offset], size, mask);
}

static void make_bars(struct fake_function *f, const struct model *model)
{
    for (uint16_t i = 0; i < 6; i++) {
        uint16_t at = (uint16_t)(PCI_BAR0 + 4 * i);
        uint32_t now = fake_hw_get(&f->hw, at, 4);
        bool io = (now & PCI_BAR_IO) != 0;

        if (model->sizes[i] == 0)
            continue;
        may_write(f, at, 4,
                  ~(model->sizes[i] - 1) &
                      (io ? PCI_BAR_IO_MASK : PCI_BAR_MEM_MASK));
        if (!io && (now & PCI_BAR_MEM_TYPE) == PCI_BAR_MEM_TYPE_64)
            may_write(f, (uint16_t)(at + 4), 4, UINT32_MAX);
    }
    if (model->sizes[6] != 0)
        may_write(f, PCI_ROM_ADDRESS, 4,
                  (~(model->sizes[6] - 1) & PCI_ROM_MASK) | PCI_ROM_ENABLE);
}

static void make_caps(struct fake_function *f)
{
    uint16_t at = (uint16_t)fake_hw_get(&f->hw, PCI_CAPABILITY_LIST, 1);

    if ((fake_hw_get(&f->hw, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST) == 0)
        return;
    for (unsigned int i = 0; at >= PCI_CONFIG_HEADER && i < 48; i++) {
        if (fake_hw_get(&f->hw, at, 1) == PCI_CAP_ID_PM)
            may_write(f, (uint16_t)(at + PCI_PM_CTRL), 2, PCI_PM_CTRL_STATE);
        at = (uint16_t)fake_hw_get(&f->hw, (uint16_t)(at + PCI_CAP_NEXT), 1);
    }
}

void fake_function_load(struct fake_function *f, const char *dump)
{
    memset(f, 0, sizeof(*f));
    if (!fake_hw_load(&f->hw, dump))
        fake_kernel_die("no dump of %s", dump);
    may_write(f, PCI_COMMAND, 2, 0x0547);
    may_write(f, PCI_CACHE_LINE_SIZE, 1, 0xff);
    for (size_t i = 0; i < ARRAY_LEN(models); i++)
        if (strcmp(models[i].name, dump) == 0)
            make_bars(f, &models[i]);
    make_caps(f);
}

static int32_t config(struct fake_function *f, struct pci_op *op)
{
    uint16_t offset = (uint16_t)op->offset;
    uint8_t size = (uint8_t)op->size;

    if ((op->size != 1 && op->size != 2 && op->size != 4) || op->offset < 0 ||
        op->offset % op->size != 0 || op->offset + op->size > f->hw.size)
        return PCI_ERR_INVALID_OFFSET;
    if (op->cmd == PCI_OP_CONF_READ)
        op->value = fake_hw_get(&f->hw, offset, size);
    else
        fake_hw_set(&f->hw, offset, size,
                    bits_merge(fake_hw_get(&f->hw, offset, size), op->value,
                               le_load(&f->writable[offset], size)));
    return PCI_ERR_SUCCESS;
}

static int32_t enable_msi(struct fake_backend *be, struct fake_function *f,
                          struct pci_op *op)
{
    uint32_t n = op->cmd == PCI_OP_ENABLE_MULTI_MSI ? op->info : 1;

    op->value = 0;
    if (op->cmd == PCI_OP_ENABLE_MULTI_MSI && !be->knows_multi)
        return PCI_ERR_NOT_IMPLEMENTED;
    if (f->irq != FAKE_IRQ_NONE)
        return PCI_ERR_OP_FAILED;
    if (op->cmd == PCI_OP_ENABLE_MULTI_MSI && n > be->multi) {
        op->info = be->multi;
        return PCI_ERR_OP_FAILED;
    }
    f->irq = FAKE_IRQ_MSI;
    f->nvectors = n;
    op->value = be->next_pirq;
    be->next_pirq += n;
    return PCI_ERR_SUCCESS;
}

/* As the stock one, and partial grants (err 0, value k) beside. */
static int32_t enable_msix(struct fake_backend *be, struct fake_function *f,
                           struct pci_op *op)
{
    uint32_t n = op->value;

    if (f->irq == FAKE_IRQ_MSIX)
        return -114;
    if (f->irq == FAKE_IRQ_MSI ||
        (fake_hw_get(&f->hw, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY) == 0)
        return -6;
    if (n == 0 || n > PCI_WIRE_MSIX_MAX)
        return -22;
    if (be->vectors == 0)
        return -28;
    if (n > be->vectors) {
        op->value = be->vectors;
        return PCI_ERR_SUCCESS;
    }
    for (uint32_t i = 0; i < n; i++)
        op->msix[i].vector = (uint16_t)be->next_pirq++;
    f->irq = FAKE_IRQ_MSIX;
    f->nvectors = n;
    op->value = 0;
    return PCI_ERR_SUCCESS;
}

/* A disable for the other mode does nothing, and succeeds. */
static int32_t disable(struct fake_function *f, struct pci_op *op)
{
    enum fake_irq_mode mode =
        op->cmd == PCI_OP_DISABLE_MSI ? FAKE_IRQ_MSI : FAKE_IRQ_MSIX;

    if (f->irq == mode)
        f->irq = FAKE_IRQ_NONE;
    op->value = fake_hw_get(&f->hw, PCI_INTERRUPT_LINE, 1);
    return PCI_ERR_SUCCESS;
}

static int32_t run(struct fake_backend *be, struct pci_op *op)
{
    const struct pcifront_addr addr = { .segment = (uint16_t)op->domain,
                                        .bus = (uint8_t)op->bus,
                                        .devfn = (uint8_t)op->devfn };
    struct fake_function *f = fake_backend_find(be, addr);

    if (!f || !f->present || op->domain > UINT16_MAX || op->bus > 255 ||
        op->devfn > 255)
        return PCI_ERR_DEV_NOT_FOUND;
    switch (op->cmd) {
    case PCI_OP_CONF_READ:
    case PCI_OP_CONF_WRITE:
        return config(f, op);
    case PCI_OP_ENABLE_MSI:
    case PCI_OP_ENABLE_MULTI_MSI:
        return enable_msi(be, f, op);
    case PCI_OP_ENABLE_MSIX:
        return enable_msix(be, f, op);
    case PCI_OP_DISABLE_MSI:
    case PCI_OP_DISABLE_MSIX:
        return disable(f, op);
    default:
        return PCI_ERR_NOT_IMPLEMENTED;
    }
}

void fake_backend_run(struct fake_backend *be, struct pci_op *op)
{
    size_t len = strlen(be->trace);

    op->err = run(be, op);
    if (op->cmd != PCI_OP_CONF_READ && op->cmd != PCI_OP_CONF_WRITE &&
        len + 16 < sizeof(be->trace))
        (void)snprintf(be->trace + len, sizeof(be->trace) - len, "%s%u:%d",
                       len > 0 ? " " : "", op->cmd, op->err);
}
