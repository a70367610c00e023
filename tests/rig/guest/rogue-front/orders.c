/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interrupts asked for in vain, and in every order: XSA-43, XSA-130, XSA-157. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "pciregs.h"

#define MEM_MASTER (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

/* Slot 0 has MSI-X, slot 1 has MSI. */
#define MSIX DEVFN(0)
#define MSI  DEVFN(1)

static struct pci_op twice(void)
{
    struct pci_op op = op_msix(MSIX, 2);

    op.msix[1].entry = 0;
    return op;
}

static struct pci_op bare(uint32_t cmd, uint32_t devfn)
{
    return (struct pci_op){ .cmd = cmd, .devfn = devfn };
}

/* As many as there is time for; each must be refused. */
bool cmd_vain(struct front *front, int argc, char **argv)
{
    const struct pci_op vain[] = {
        bare(PCI_OP_ENABLE_MSI, MSIX),
        op_msix(MSI, 1),
        op_msix(MSIX, 0),
        op_msix(MSIX, 128),
        twice(),
        bare(PCI_OP_ENABLE_MSI, DEVFN(9)),
    };
    unsigned int seconds, n = 0;
    uint64_t end;

    if (argc != 1 || !read_count(argv[0], &seconds))
        return false;
    if (!front_connect(front))
        return true;
    end = now_ms() + (uint64_t)seconds * 1000;
    for (; now_ms() < end && wrongs() == 0; n++) {
        struct pci_op op = vain[n % ARRAY_LEN(vain)];

        if (!front_ask(front, &op))
            wrong("request %u: no answer", n);
        else if (op.err >= 0)
            wrong("request %u was granted", n);
    }
    say("%u requests in vain", n);
    return true;
}

/* What the wire knows, and what the table of its errors for MSI-X has. */
static bool is_defined(int32_t err)
{
    static const int32_t known[] = {
        PCI_ERR_SUCCESS,
        PCI_ERR_DEV_NOT_FOUND,
        PCI_ERR_INVALID_OFFSET,
        PCI_ERR_ACCESS_DENIED,
        PCI_ERR_NOT_IMPLEMENTED,
        PCI_ERR_OP_FAILED,
        -EINVAL,
        -ENXIO,
        -ENOSPC,
    };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (err == known[i])
            return true;
    return false;
}

static void judge(const struct pci_op *op, uint32_t asked)
{
    if (!is_defined(op->err))
        wrong("command %" PRIu32 ": err %" PRId32, op->cmd, op->err);
    if (op->err != PCI_ERR_SUCCESS)
        return;
    if (op->cmd == PCI_OP_ENABLE_MSI && op->value == 0)
        wrong("MSI without a pirq");
    if (op->cmd != PCI_OP_ENABLE_MSIX || op->value != 0)
        return;
    for (uint32_t i = 0; i < asked; i++)
        if (op->msix[i].vector == 0)
            wrong("MSI-X: entry %" PRIu32 " of %" PRIu32 " without a pirq", i,
                  asked);
}

static struct pci_op random_op(void)
{
    uint32_t devfn = rand() % 2 ? MSIX : MSI;
    uint32_t n = (uint32_t)rand() % 6;

    switch (rand() % 6) {
    case 0:
        return bare(PCI_OP_ENABLE_MSI, devfn);
    case 1:
        return bare(PCI_OP_DISABLE_MSI, devfn);
    case 2:
        return op_msix(devfn, n);
    case 3:
        return bare(PCI_OP_DISABLE_MSIX, devfn);
    case 4:
        return op_write(devfn, PCI_COMMAND, 2, rand() % 3 ? MEM_MASTER : 0);
    default:
        return bare((uint32_t)rand() % 12, DEVFN((uint32_t)rand() % 3));
    }
}

static void end_well(struct front *front)
{
    struct pci_op ops[] = {
        bare(PCI_OP_DISABLE_MSI, MSI),
        bare(PCI_OP_DISABLE_MSIX, MSIX),
        op_write(MSIX, PCI_COMMAND, 2, MEM_MASTER),
        op_msix(MSIX, 2),
    };

    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (!front_ask(front, &ops[i]) || ops[i].err != PCI_ERR_SUCCESS)
            wrong("afterwards %zu: err %" PRId32, i, ops[i].err);
    judge(&ops[3], 2);
}

bool cmd_orders(struct front *front, int argc, char **argv)
{
    unsigned int seconds, n = 0;
    uint64_t end;

    if (argc != 1 || !read_count(argv[0], &seconds))
        return false;
    if (!front_connect(front))
        return true;
    srand(1);
    end = now_ms() + (uint64_t)seconds * 1000;
    for (; now_ms() < end && wrongs() == 0; n++) {
        struct pci_op op = random_op();
        uint32_t asked = op.value;

        if (!front_ask(front, &op))
            wrong("request %u: no answer", n);
        else
            judge(&op, asked);
    }
    say("%u requests in any order", n);
    end_well(front);
    return true;
}
