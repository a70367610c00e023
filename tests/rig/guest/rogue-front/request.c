/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests, and what an honest front does with them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "front.h"
#include "pciregs.h"

/* Longer than any chain that fits into 256 bytes. */
#define CHAIN_MAX 48u

struct pci_op op_read(uint32_t devfn, int32_t offset, int32_t size)
{
    return (struct pci_op){
        .cmd = PCI_OP_CONF_READ,
        .devfn = devfn,
        .offset = offset,
        .size = size,
    };
}

struct pci_op op_write(uint32_t devfn, int32_t offset, int32_t size,
                       uint32_t value)
{
    struct pci_op op = op_read(devfn, offset, size);

    op.cmd = PCI_OP_CONF_WRITE;
    op.value = value;
    return op;
}

struct pci_op op_msix(uint32_t devfn, uint32_t count)
{
    struct pci_op op = { .cmd = PCI_OP_ENABLE_MSIX,
                         .devfn = devfn,
                         .value = count };

    for (uint16_t i = 0; i < ARRAY_LEN(op.msix); i++)
        op.msix[i].entry = i;
    return op;
}

uint32_t front_read(struct front *front, uint32_t devfn, int32_t offset,
                    int32_t size)
{
    struct pci_op op = op_read(devfn, offset, size);

    if (!front_ask(front, &op)) {
        wrong("no answer to an honest read");
        return 0;
    }
    if (op.err != PCI_ERR_SUCCESS)
        wrong("an honest read of %02" PRIx32 " at %" PRId32 " fails: %s", devfn,
              offset, pci_wire_err_name(op.err));
    return op.value;
}

uint8_t front_capability(struct front *front, uint32_t devfn, uint8_t id)
{
    uint32_t at = front_read(front, devfn, PCI_CAPABILITY_LIST, 1);

    for (unsigned int i = 0; i < CHAIN_MAX && at >= PCI_CONFIG_HEADER; i++) {
        uint32_t head = front_read(front, devfn, (int32_t)at, 2);

        if ((head & 0xff) == id)
            return (uint8_t)at;
        at = head >> 8;
    }
    return 0;
}

bool cmd_connect(struct front *front, int argc, char **argv)
{
    unsigned int rounds = 1;

    if (argc > 1 || (argc == 1 && !read_count(argv[0], &rounds)))
        return false;
    for (unsigned int i = 0; i < rounds && wrongs() == 0; i++) {
        if (!front_connect(front))
            break;
        for (uint32_t device = 0; device < 3; device++) {
            struct pci_op op = op_read(DEVFN(device), PCI_VENDOR_ID, 4);

            if (!front_ask(front, &op))
                wrong("no answer to an honest read");
            else if (op.err == PCI_ERR_SUCCESS)
                say("device %" PRIu32 ": %08" PRIx32, device, op.value);
        }
    }
    say("connected %u times", rounds);
    return true;
}

static bool read_numbers(int argc, char **argv, long long *numbers)
{
    for (int i = 0; i < argc; i++) {
        char *end;

        numbers[i] = strtoll(argv[i], &end, 0);
        if (end == argv[i] || *end != '\0')
            return false;
    }
    return true;
}

/* CMD DOMAIN BUS DEVFN OFFSET SIZE VALUE [ENTRY...] */
#define OP_NUMBERS 7

bool cmd_op(struct front *front, int argc, char **argv)
{
    long long n[OP_NUMBERS + PCI_WIRE_MSIX_MAX] = { 0 };
    struct pci_op op = { 0 };

    if (argc < OP_NUMBERS || argc > (int)ARRAY_LEN(n) ||
        !read_numbers(argc, argv, n))
        return false;
    op.cmd = (uint32_t)n[0];
    op.domain = (uint32_t)n[1];
    op.bus = (uint32_t)n[2];
    op.devfn = (uint32_t)n[3];
    op.offset = (int32_t)n[4];
    op.size = (int32_t)n[5];
    op.value = (uint32_t)n[6];
    for (int i = OP_NUMBERS; i < argc; i++)
        op.msix[i - OP_NUMBERS].entry = (uint16_t)n[i];
    if (!front_connect(front))
        return true;
    if (!front_ask(front, &op))
        wrong("no answer within %u ms", ANSWER_MS);
    else
        say("err %" PRId32 " value %08" PRIx32, op.err, op.value);
    return true;
}
