/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests no honest front makes, in one row each, with the answer they must
 * get. The rows build on each other; MSIX is a device with MSI-X in slot 0, MSI
 * one with MSI only in slot 1.
 */
#include <inttypes.h>
#include <stdio.h>

#include "front.h"
#include "pciregs.h"

enum who {
    MSIX,
    MSI,
    NOBODY, /* an empty slot */
    WHO_COUNT
};

/* What a row's offset is relative to. */
enum base {
    START,
    CAP_MSI,
    CAP_MSIX,
    CAP_PM,
    BASE_COUNT
};

enum entries {
    IN_ORDER,
    TWICE,  /* the last is the first again */
    BEYOND, /* the last is one past the table */
};

enum answer {
    EXACTLY, /* .want */
    ECHO,    /* the value asked with */
    ANY,
    NONZERO,
    KEEP,    /* any, remembered for SAME */
    SAME,    /* as kept */
    VECTORS, /* 0, and each entry has its own vector */
};

struct row {
    const char *name;
    enum who who;
    uint32_t domain;
    uint32_t bus;
    uint32_t devfn; /* added to the slot's */
    uint32_t cmd;
    enum base base;
    int32_t offset;
    int32_t size;
    uint32_t value;
    enum entries entries;
    int32_t err;
    enum answer answer;
    uint32_t want;
};

#define PATTERN 0x5aa55aa5u

/* What is asked. */
#define READ(device, off, bytes)                                    \
    .who = (device), .cmd = PCI_OP_CONF_READ, .offset = (int)(off), \
    .size = (bytes), .value = PATTERN
#define WRITE(device, off, bytes, number)                            \
    .who = (device), .cmd = PCI_OP_CONF_WRITE, .offset = (int)(off), \
    .size = (bytes), .value = (number)
#define CMD(device, number) .who = (device), .cmd = (number), .value = PATTERN
#define ENABLE_MSIX(device, n) \
    .who = (device), .cmd = PCI_OP_ENABLE_MSIX, .value = (n)

/* What must come back. */
#define REFUSED(error, how) .err = (error), .answer = (how)
#define NO_DEVICE           REFUSED(PCI_ERR_DEV_NOT_FOUND, ECHO)
#define NO_OFFSET           REFUSED(PCI_ERR_INVALID_OFFSET, EXACTLY)
#define NO_OFFSET_W         REFUSED(PCI_ERR_INVALID_OFFSET, ECHO)
#define DENIED              REFUSED(PCI_ERR_ACCESS_DENIED, ECHO)
#define UNKNOWN             REFUSED(PCI_ERR_NOT_IMPLEMENTED, ECHO)
#define EINVAL_WIRE         REFUSED(-22, ECHO)
#define ENXIO_WIRE          REFUSED(-6, ECHO)
#define GIVES(how)          .answer = (how)
#define VALUE(number)       .answer = EXACTLY, .want = (number)

#define MEM_MASTER (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static const struct row rows[] = {
    /* Addresses. */
    { "empty slot", READ(NOBODY, 0, 4), NO_DEVICE },
    { "empty slot, write", WRITE(NOBODY, 4, 2, 0), NO_DEVICE },
    { "empty slot, MSI", CMD(NOBODY, PCI_OP_ENABLE_MSI), NO_DEVICE },
    { "empty slot, unknown cmd", CMD(NOBODY, 99), NO_DEVICE },
    { "empty slot, MSI-X", ENABLE_MSIX(NOBODY, 1), NO_DEVICE },
    { "function 1", READ(MSIX, 0, 4), .devfn = 1, NO_DEVICE },
    { "devfn 256", READ(MSIX, 0, 4), .devfn = 256, NO_DEVICE },
    { "devfn 2^31", READ(MSIX, 0, 4), .devfn = 1u << 31, NO_DEVICE },
    { "devfn 2^32-1", READ(MSIX, 0, 4), .devfn = UINT32_MAX, NO_DEVICE },
    { "bus 1", READ(MSIX, 0, 4), .bus = 1, NO_DEVICE },
    { "bus 256", READ(MSIX, 0, 4), .bus = 256, NO_DEVICE },
    { "bus 2^32-1", READ(MSIX, 0, 4), .bus = UINT32_MAX, NO_DEVICE },
    { "domain 1", READ(MSIX, 0, 4), .domain = 1, NO_DEVICE },
    { "domain 65536", READ(MSIX, 0, 4), .domain = 65536, NO_DEVICE },

    /* Offsets and sizes. */
    { "size 0", READ(MSIX, 0, 0), NO_OFFSET },
    { "size 3", READ(MSIX, 0, 3), NO_OFFSET },
    { "size 8", READ(MSIX, 0, 8), NO_OFFSET },
    { "size -1", READ(MSIX, 0, -1), NO_OFFSET },
    { "size -4", READ(MSIX, 0, -4), NO_OFFSET },
    { "size 2^31-1", READ(MSIX, 0, INT32_MAX), NO_OFFSET },
    { "size -2^31", READ(MSIX, 0, INT32_MIN), NO_OFFSET },
    { "2 bytes at 1", READ(MSIX, 1, 2), NO_OFFSET },
    { "4 bytes at 2", READ(MSIX, 2, 4), NO_OFFSET },
    { "offset -1", READ(MSIX, -1, 1), NO_OFFSET },
    { "offset -4", READ(MSIX, -4, 4), NO_OFFSET },
    { "offset -2^31", READ(MSIX, INT32_MIN, 4), NO_OFFSET },
    { "offset 2^31-1", READ(MSIX, INT32_MAX, 1), NO_OFFSET },
    { "offset 2^31-4", READ(MSIX, INT32_MAX - 3, 4), NO_OFFSET },
    { "last byte of 4096", READ(MSIX, 4095, 1), GIVES(ANY) },
    { "offset 4096", READ(MSIX, 4096, 1), NO_OFFSET },
    { "last dword of 256", READ(MSI, 252, 4), GIVES(ANY) },
    { "offset 256 of 256", READ(MSI, 256, 1), NO_OFFSET },
    { "write, size 3", WRITE(MSIX, 0, 3, 7), NO_OFFSET_W },
    { "write, offset -4", WRITE(MSIX, -4, 4, 7), NO_OFFSET_W },
    { "write, offset 4096", WRITE(MSIX, 4096, 4, 7), NO_OFFSET_W },
    { "write, 4 bytes at 2", WRITE(MSIX, 2, 4, 7), NO_OFFSET_W },

    /* Commands. */
    { "AER detected", CMD(MSIX, PCI_OP_AER_DETECTED), UNKNOWN },
    { "AER resume", CMD(MSIX, PCI_OP_AER_RESUME), UNKNOWN },
    { "AER mmio", CMD(MSIX, PCI_OP_AER_MMIO), UNKNOWN },
    { "AER slot reset", CMD(MSIX, PCI_OP_AER_SLOTRESET), UNKNOWN },
    { "multi MSI, none", CMD(MSI, PCI_OP_ENABLE_MULTI_MSI),
      REFUSED(PCI_ERR_OP_FAILED, EXACTLY) },
    { "cmd 11", CMD(MSIX, 11), UNKNOWN },
    { "cmd 99", CMD(MSIX, 99), UNKNOWN },
    { "cmd 2^31", CMD(MSIX, 1u << 31), UNKNOWN },
    { "cmd 2^32-1", CMD(MSIX, UINT32_MAX), UNKNOWN },

    /* Writes that change nothing. */
    { "the ids", READ(MSIX, PCI_VENDOR_ID, 4), GIVES(KEEP) },
    { "write ids", WRITE(MSIX, PCI_VENDOR_ID, 4, 0), GIVES(ECHO) },
    { "ids stay", READ(MSIX, PCI_VENDOR_ID, 4), GIVES(SAME) },
    { "the class", READ(MSIX, PCI_REVISION_ID, 4), GIVES(KEEP) },
    { "write class", WRITE(MSIX, PCI_REVISION_ID, 4, 0), GIVES(ECHO) },
    { "class stays", READ(MSIX, PCI_REVISION_ID, 4), GIVES(SAME) },
    { "the header type", READ(MSIX, PCI_HEADER_TYPE, 1), GIVES(KEEP) },
    { "write header type", WRITE(MSIX, PCI_HEADER_TYPE, 1, 1), GIVES(ECHO) },
    { "header type stays", READ(MSIX, PCI_HEADER_TYPE, 1), GIVES(SAME) },
    { "the line and pin", READ(MSI, PCI_INTERRUPT_LINE, 2), GIVES(KEEP) },
    { "write line and pin", WRITE(MSI, PCI_INTERRUPT_LINE, 2, 0), GIVES(ECHO) },
    { "line and pin stay", READ(MSI, PCI_INTERRUPT_LINE, 2), GIVES(SAME) },
    { "the chain's head", READ(MSIX, PCI_CAPABILITY_LIST, 1), GIVES(KEEP) },
    { "write it", WRITE(MSIX, PCI_CAPABILITY_LIST, 1, 0), GIVES(ECHO) },
    { "it stays", READ(MSIX, PCI_CAPABILITY_LIST, 1), GIVES(SAME) },
    { "write status", WRITE(MSIX, PCI_STATUS, 2, 0xffff), GIVES(ECHO) },
    { "write a hole", WRITE(MSIX, 0xfc, 4, PATTERN), GIVES(ECHO) },

    /* BARs: sized, never moved. */
    { "BAR 0", READ(MSIX, PCI_BAR0, 4), GIVES(KEEP) },
    { "move BAR 0", WRITE(MSIX, PCI_BAR0, 4, 0x12340000), GIVES(ECHO) },
    { "BAR 0 stays", READ(MSIX, PCI_BAR0, 4), GIVES(SAME) },
    { "BAR 0 to zero", WRITE(MSIX, PCI_BAR0, 4, 0), GIVES(ECHO) },
    { "BAR 0 stays", READ(MSIX, PCI_BAR0, 4), GIVES(SAME) },
    { "BAR 0, byte 1", WRITE(MSIX, PCI_BAR0 + 1, 1, 0x40), GIVES(ECHO) },
    { "BAR 0 stays", READ(MSIX, PCI_BAR0, 4), GIVES(SAME) },
    { "size BAR 0", WRITE(MSIX, PCI_BAR0, 4, UINT32_MAX), GIVES(ECHO) },
    { "it has a size", READ(MSIX, PCI_BAR0, 4), GIVES(NONZERO) },
    { "and an address", WRITE(MSIX, PCI_BAR0, 4, 0x12340000), GIVES(ECHO) },
    { "which stays", READ(MSIX, PCI_BAR0, 4), GIVES(SAME) },
    { "enable a ROM", WRITE(MSIX, PCI_ROM_ADDRESS, 4, 1), GIVES(ECHO) },
    { "there is none", READ(MSIX, PCI_ROM_ADDRESS, 4), VALUE(0) },

    /* MSI-X needs memory decode: XSA-157. */
    { "decode off", WRITE(MSIX, PCI_COMMAND, 2, 0), GIVES(ECHO) },
    { "it reads as off", READ(MSIX, PCI_COMMAND, 2), VALUE(0) },
    { "MSI-X, decode off", ENABLE_MSIX(MSIX, 1), ENXIO_WIRE },
    { "decode on", WRITE(MSIX, PCI_COMMAND, 2, MEM_MASTER), GIVES(ECHO) },
    { "it reads as on", READ(MSIX, PCI_COMMAND, 2), VALUE(MEM_MASTER) },

    /* Vectors. */
    { "0 vectors", ENABLE_MSIX(MSIX, 0), EINVAL_WIRE },
    { "129 vectors", ENABLE_MSIX(MSIX, 129), EINVAL_WIRE },
    { "200 vectors", ENABLE_MSIX(MSIX, 200), EINVAL_WIRE },
    { "2^31 vectors", ENABLE_MSIX(MSIX, 1u << 31), EINVAL_WIRE },
    { "2^32-1 vectors", ENABLE_MSIX(MSIX, UINT32_MAX), EINVAL_WIRE },
    { "an entry twice", ENABLE_MSIX(MSIX, 3), .entries = TWICE, EINVAL_WIRE },
    { "beyond the table", ENABLE_MSIX(MSIX, 3), .entries = BEYOND,
      EINVAL_WIRE },
    { "128 of fewer", ENABLE_MSIX(MSIX, 128), EINVAL_WIRE },
    { "MSI-X without MSI-X", ENABLE_MSIX(MSI, 1), EINVAL_WIRE },
    { "MSI without MSI", CMD(MSIX, PCI_OP_ENABLE_MSI),
      REFUSED(PCI_ERR_OP_FAILED, EXACTLY) },

    /* On and off in every order. */
    { "MSI off before on", CMD(MSI, PCI_OP_DISABLE_MSI), GIVES(ANY) },
    { "MSI-X off before on", CMD(MSIX, PCI_OP_DISABLE_MSIX), GIVES(ANY) },
    { "MSI on", CMD(MSI, PCI_OP_ENABLE_MSI), GIVES(NONZERO) },
    { "MSI on again", CMD(MSI, PCI_OP_ENABLE_MSI), GIVES(NONZERO) },
    { "MSI-X over MSI", ENABLE_MSIX(MSI, 1), EINVAL_WIRE },
    { "MSI off as MSI-X", CMD(MSI, PCI_OP_DISABLE_MSIX), GIVES(ANY) },
    { "MSI off", CMD(MSI, PCI_OP_DISABLE_MSI), GIVES(ANY) },
    { "MSI-X on", ENABLE_MSIX(MSIX, 2), GIVES(VECTORS) },
    { "MSI-X on again", ENABLE_MSIX(MSIX, 3), GIVES(VECTORS) },
    { "MSI over MSI-X", CMD(MSIX, PCI_OP_ENABLE_MSI),
      REFUSED(PCI_ERR_OP_FAILED, EXACTLY) },
    { "bad MSI-X over good", ENABLE_MSIX(MSIX, 0), EINVAL_WIRE },
    { "MSI-X off as MSI", CMD(MSIX, PCI_OP_DISABLE_MSI), GIVES(ANY) },
    { "MSI-X off", CMD(MSIX, PCI_OP_DISABLE_MSIX), GIVES(ANY) },
    { "MSI-X off twice", CMD(MSIX, PCI_OP_DISABLE_MSIX), GIVES(ANY) },

    /* The control words and where interrupts go are not a guest's. */
    { "MSI control", READ(MSI, PCI_MSI_FLAGS, 2), .base = CAP_MSI,
      GIVES(KEEP) },
    { "enable by hand", WRITE(MSI, PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE),
      .base = CAP_MSI, DENIED },
    { "MSI control stays", READ(MSI, PCI_MSI_FLAGS, 2), .base = CAP_MSI,
      GIVES(SAME) },
    { "MSI address", READ(MSI, PCI_MSI_ADDRESS_LO, 4), .base = CAP_MSI,
      GIVES(KEEP) },
    { "aim MSI", WRITE(MSI, PCI_MSI_ADDRESS_LO, 4, 0xfee00000), .base = CAP_MSI,
      GIVES(ECHO) },
    { "MSI address stays", READ(MSI, PCI_MSI_ADDRESS_LO, 4), .base = CAP_MSI,
      GIVES(SAME) },
    { "write MSI's id and next", WRITE(MSI, PCI_CAP_ID, 2, 0), .base = CAP_MSI,
      GIVES(ECHO) },
    { "MSI's id stays", READ(MSI, PCI_CAP_ID, 1), .base = CAP_MSI,
      VALUE(PCI_CAP_ID_MSI) },
    { "MSI-X control", READ(MSIX, PCI_MSIX_FLAGS, 2), .base = CAP_MSIX,
      GIVES(KEEP) },
    { "enable by hand", WRITE(MSIX, PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_ENABLE),
      .base = CAP_MSIX, DENIED },
    { "mask by hand", WRITE(MSIX, PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_MASKALL),
      .base = CAP_MSIX, DENIED },
    { "MSI-X control stays", READ(MSIX, PCI_MSIX_FLAGS, 2), .base = CAP_MSIX,
      GIVES(SAME) },
    { "MSI-X table", READ(MSIX, PCI_MSIX_TABLE, 4), .base = CAP_MSIX,
      GIVES(KEEP) },
    { "move the table", WRITE(MSIX, PCI_MSIX_TABLE, 4, 0), .base = CAP_MSIX,
      GIVES(ECHO) },
    { "the table stays", READ(MSIX, PCI_MSIX_TABLE, 4), .base = CAP_MSIX,
      GIVES(SAME) },

    /* Power. */
    { "wake the host", WRITE(MSIX, PCI_PM_CTRL, 2, PCI_PM_CTRL_PME_ENABLE),
      .base = CAP_PM, GIVES(ECHO) },
    { "PME stays off", READ(MSIX, PCI_PM_CTRL + 1, 1), .base = CAP_PM,
      VALUE(0) },
    { "sleep", WRITE(MSIX, PCI_PM_CTRL, 2, 3), .base = CAP_PM, GIVES(ECHO) },
    { "MSI-X asleep", ENABLE_MSIX(MSIX, 2), EINVAL_WIRE },
    { "wake up", WRITE(MSIX, PCI_PM_CTRL, 2, 0), .base = CAP_PM, GIVES(ECHO) },
    { "it still has an id", READ(MSIX, PCI_VENDOR_ID, 4), GIVES(NONZERO) },
    { "MSI-X awake", ENABLE_MSIX(MSIX, 2), GIVES(VECTORS) },
    { "MSI-X off", CMD(MSIX, PCI_OP_DISABLE_MSIX), GIVES(ANY) },
};

static void add_entries(struct pci_op *op, enum entries entries,
                        uint16_t table_size)
{
    uint32_t last = op->value - 1;

    for (uint16_t i = 0; i < ARRAY_LEN(op->msix); i++)
        op->msix[i].entry = i;
    if (entries == TWICE)
        op->msix[last].entry = 0;
    if (entries == BEYOND)
        op->msix[last].entry = table_size;
}

static bool vectors_ok(const struct pci_op *op, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (op->msix[i].vector == 0 || op->msix[i].entry != i)
            return false;
        for (uint32_t j = 0; j < i; j++)
            if (op->msix[j].vector == op->msix[i].vector)
                return false;
    }
    return op->value == 0;
}

static bool answer_ok(const struct row *row, const struct pci_op *op,
                      uint32_t *kept)
{
    if (op->err != row->err)
        return false;
    switch (row->answer) {
    case EXACTLY:
        return op->value == row->want;
    case ECHO:
        return op->value == row->value;
    case NONZERO:
        return op->value != 0;
    case KEEP:
        *kept = op->value;
        return true;
    case SAME:
        return op->value == *kept;
    case VECTORS:
        return vectors_ok(op, row->value);
    case ANY:
        break;
    }
    return true;
}

struct ground {
    uint8_t bases[BASE_COUNT];
    uint16_t table_size;
};

static void survey(struct front *front, struct ground *ground)
{
    uint32_t msix = DEVFN(MSIX), msi = DEVFN(MSI);

    ground->bases[CAP_MSI] = front_capability(front, msi, PCI_CAP_ID_MSI);
    ground->bases[CAP_MSIX] = front_capability(front, msix, PCI_CAP_ID_MSIX);
    ground->bases[CAP_PM] = front_capability(front, msix, PCI_CAP_ID_PM);
    if (ground->bases[CAP_MSI] == 0 || ground->bases[CAP_MSIX] == 0)
        broken("slots 0 and 1 must hold devices with MSI-X and with MSI");
    ground->table_size =
        (uint16_t)((front_read(front, msix,
                               ground->bases[CAP_MSIX] + (int)PCI_MSIX_FLAGS,
                               2) &
                    PCI_MSIX_FLAGS_QSIZE) +
                   1u);
}

static void try_row(struct front *front, const struct row *row,
                    const struct ground *ground, uint32_t *kept)
{
    struct pci_op op = {
        .cmd = row->cmd,
        .domain = row->domain,
        .bus = row->bus,
        .devfn = DEVFN(row->who) + row->devfn,
        .offset = ground->bases[row->base] + row->offset,
        .size = row->size,
        .value = row->value,
    };

    if (row->base != START && ground->bases[row->base] == 0) {
        say("%-24s skipped: no such capability", row->name);
        return;
    }
    add_entries(&op, row->entries, ground->table_size);
    if (!front_ask(front, &op)) {
        wrong("%-24s no answer", row->name);
        return;
    }
    say("%-24s %3" PRId32 " %08" PRIx32, row->name, op.err, op.value);
    if (!answer_ok(row, &op, kept))
        wrong("%s: expected %" PRId32, row->name, row->err);
}

bool cmd_ops(struct front *front, int argc, char **argv UNUSED)
{
    struct ground ground = { 0 };
    uint32_t kept = 0;

    if (argc != 0)
        return false;
    if (!front_connect(front))
        return true;
    survey(front, &ground);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        try_row(front, &rows[i], &ground, &kept);
    say("%zu requests", ARRAY_LEN(rows));
    return true;
}
