/* SPDX-License-Identifier: MIT */
/* What ownit does with an NVMe disk: identify it, read its first block. */
#include <stddef.h>

#include "bytes.h"
#include "cruntime.h"
#include "driver.h"
#include "mm.h"
#include "nvme.h"
#include "print.h"

#define CLASS_NVME 0x010802u

/* NVMe 1.4 5 and 6. */
#define ADMIN_CREATE_SQ 0x01u
#define ADMIN_CREATE_CQ 0x05u
#define ADMIN_IDENTIFY  0x06u
#define IO_READ         0x02u

#define IDENTIFY_NAMESPACE  0u
#define IDENTIFY_CONTROLLER 1u
#define CONTROLLER_SERIAL   4u
#define CONTROLLER_MODEL    24u
#define NAMESPACE_FLBAS     26u
#define NAMESPACE_LBAF      128u

#define QUEUE_CONTIGUOUS 1u
#define QUEUE_INTERRUPTS 2u

static bool fail(const char *what, const char *reason)
{
    return driver_fail(&driver_nvme, what, reason);
}

static bool matches(const struct pcifront_device *device)
{
    return device->class_code == CLASS_NVME;
}

/* Printable text that is filled up with blanks or zeroes, cut at text's size. */
static void copy_text(char *text, size_t size, const uint8_t *from, size_t max)
{
    size_t length = 0;

    while (length < max && length + 1 < size && from[length] >= ' ' &&
           from[length] <= '~')
        length++;
    while (length > 0 && from[length - 1] == ' ')
        length--;
    memcpy(text, from, length);
    text[length] = '\0';
}

static const char *identify(struct nvme *nvme, uint32_t nsid, uint32_t what)
{
    struct nvme_command command = {
        .opcode = ADMIN_IDENTIFY,
        .nsid = nsid,
        .prp1 = mm_machine(nvme->data),
        .dword = { what },
    };

    return nvme_queue_run(&nvme->admin, &command);
}

static bool identify_controller(struct nvme *nvme)
{
    char serial[21];
    char model[41];
    const char *wrong = identify(nvme, 0, IDENTIFY_CONTROLLER);

    if (wrong != NULL)
        return fail("identify", wrong);
    copy_text(serial, sizeof(serial), &nvme->data[CONTROLLER_SERIAL], 20);
    copy_text(model, sizeof(model), &nvme->data[CONTROLLER_MODEL], 40);
    print("ownit: nvme: controller %s, serial %s\n", model, serial);
    return true;
}

/* A block must fit into our page. */
static bool identify_namespace(struct nvme *nvme)
{
    const char *wrong = identify(nvme, 1, IDENTIFY_NAMESPACE);
    uint32_t format;

    if (wrong != NULL)
        return fail("namespace 1", wrong);
    format = nvme->data[NAMESPACE_FLBAS] & 0xfu;
    format = le32_load(&nvme->data[NAMESPACE_LBAF + 4 * format]);
    if ((format >> 16 & 0xff) > PAGE_SHIFT)
        return fail("namespace 1", "its blocks are larger than a page");
    return true;
}

/* Queue pair 1 with the last vector; completions before submissions. */
static bool create_queues(struct nvme *nvme)
{
    struct nvme_command completion = {
        .opcode = ADMIN_CREATE_CQ,
        .prp1 = mm_machine(nvme->io.completions),
        .dword = { (NVME_ENTRIES - 1) << 16 | 1, (nvme->vectors - 1) << 16 |
                                                     QUEUE_INTERRUPTS |
                                                     QUEUE_CONTIGUOUS },
    };
    struct nvme_command submission = {
        .opcode = ADMIN_CREATE_SQ,
        .prp1 = mm_machine(nvme->io.commands),
        .dword = { (NVME_ENTRIES - 1) << 16 | 1, 1u << 16 | QUEUE_CONTIGUOUS },
    };
    const char *wrong = nvme_queue_run(&nvme->admin, &completion);

    if (wrong == NULL)
        wrong = nvme_queue_run(&nvme->admin, &submission);
    return wrong == NULL || fail("I/O queues", wrong);
}

static bool read_block(struct nvme *nvme)
{
    struct nvme_command command = {
        .opcode = IO_READ,
        .nsid = 1,
        .prp1 = mm_machine(nvme->data),
    };
    const char *wrong;
    char text[81];

    memset(nvme->data, 0, PAGE_SIZE);
    wrong = nvme_queue_run(&nvme->io, &command);
    if (wrong != NULL)
        return fail("read", wrong);
    copy_text(text, sizeof(text), nvme->data, PAGE_SIZE);
    print("ownit: nvme: %s\n", text);
    return true;
}

static bool run(struct pcifront *pf, const struct pcifront_device *device)
{
    struct nvme nvme = { .pf = pf, .addr = device->addr };
    const char *wrong = nvme_open(&nvme);
    bool good = wrong == NULL || fail("start", wrong);

    good = good && identify_controller(&nvme) && identify_namespace(&nvme) &&
           create_queues(&nvme) && read_block(&nvme);
    if (good)
        print("ownit: nvme ok: %u MSI-X vectors, %u and %u interrupts\n",
              nvme.vectors, nvme.irqs[0].count,
              nvme.vectors > 1 ? nvme.irqs[1].count : 0);
    nvme_close(&nvme);
    return good;
}

const struct driver driver_nvme = { "nvme", matches, run };
