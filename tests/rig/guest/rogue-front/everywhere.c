/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to every register, in every width: XSA-120, XSA-128, XSA-129, XSA-131.
 * What became of the hardware, dom0 looks at.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "front.h"
#include "pciregs.h"

#define MEM_MASTER (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static const uint32_t patterns[] = { UINT32_MAX, 0 };
static const int32_t sizes[] = { 1, 2, 4 };

/* From one offset up to another; how many were no success. */
static unsigned int write_range(struct front *front, uint32_t devfn,
                                int32_t from, int32_t to, uint32_t pattern)
{
    unsigned int refused = 0;

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
        for (int32_t at = from; at < to; at += sizes[s]) {
            struct pci_op op = op_write(devfn, at, sizes[s], pattern);

            if (!front_ask(front, &op))
                wrong("no answer to a write at %" PRId32, at);
            else if (op.err != PCI_ERR_SUCCESS)
                refused++;
        }
    return refused;
}

/* Awake and decoding, as an honest driver leaves it. */
static void tidy(struct front *front, uint32_t devfn)
{
    uint8_t pm = front_capability(front, devfn, PCI_CAP_ID_PM);
    struct pci_op awake = op_write(devfn, pm + (int)PCI_PM_CTRL, 2, 0);
    struct pci_op command = op_write(devfn, PCI_COMMAND, 2, MEM_MASTER);

    if (pm != 0 && !front_ask(front, &awake))
        wrong("no answer");
    if (!front_ask(front, &command))
        wrong("no answer");
}

/* DEVICE SIZE: all of its registers. */
bool cmd_everywhere(struct front *front, int argc, char **argv)
{
    unsigned int slot, size, refused = 0;

    if (argc != 2 || !read_count(argv[1], &size))
        return false;
    slot = (unsigned int)atoi(argv[0]);
    if (!front_connect(front))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
        refused +=
            write_range(front, DEVFN(slot), 0, (int32_t)size, patterns[i]);
    tidy(front, DEVFN(slot));
    say("slot %u: %u writes refused with an error", slot, refused);
    return true;
}

/* DEVICE: every byte behind the control word of MSI, while MSI is on. */
bool cmd_aim(struct front *front, int argc, char **argv)
{
    struct pci_op on = { .cmd = PCI_OP_ENABLE_MSI };
    uint32_t before[6];
    unsigned int slot;
    int32_t msi;

    if (argc != 1)
        return false;
    slot = (unsigned int)atoi(argv[0]);
    on.devfn = DEVFN(slot);
    if (!front_connect(front) || !front_ask(front, &on))
        return true;
    msi = front_capability(front, DEVFN(slot), PCI_CAP_ID_MSI);
    if (msi == 0 || on.err != PCI_ERR_SUCCESS)
        broken("slot %u: no MSI", slot);
    for (int32_t i = 0; i < 6; i++)
        before[i] = front_read(front, DEVFN(slot), msi + 4 * i, 4);
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
        (void)write_range(front, DEVFN(slot), msi + 4, msi + 24, patterns[i]);
    for (int32_t i = 0; i < 6; i++)
        if (front_read(front, DEVFN(slot), msi + 4 * i, 4) != before[i])
            wrong("MSI + %02x changed", (unsigned int)(4 * i));
    say("slot %u: MSI is where it was", slot);
    return true;
}

/* DEVICE: decoding off by every width, and left so. */
bool cmd_deaf(struct front *front, int argc, char **argv)
{
    unsigned int slot;

    if (argc != 1)
        return false;
    slot = (unsigned int)atoi(argv[0]);
    if (!front_connect(front))
        return true;
    (void)write_range(front, DEVFN(slot), PCI_COMMAND, PCI_COMMAND + 4, 0);
    if (front_read(front, DEVFN(slot), PCI_COMMAND, 2) & PCI_COMMAND_MEMORY)
        wrong("slot %u does not show what was written", slot);
    say("slot %u: decoding off, as the guest sees it", slot);
    return true;
}
