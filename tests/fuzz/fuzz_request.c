/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest can ask: sequences of requests through the operation table and
 * the engine, for two recorded devices that the input chooses. The broker's
 * check stands before the hardware as in life, and the model (model.h) judges
 * what arrives there. A captured worker is played too: it scribbles on what it
 * shares with the broker, and asks for writes of its own.
 */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "fuzz.h"
#include "model.h"
#include "ops.h"
#include "pciregs.h"
#include "recorded.h"

#define STEPS   200u
#define DEVICES 2u

struct side {
    struct recorded r;
    struct model model;
    struct cfg_shadow shadow; /* of worker and broker, as in life */
    struct vdev dev;          /* the worker's */
    struct cfgspace broker;
    uint8_t before[CFG_SIZE_MAX];
    uint8_t allowed[CFG_SIZE_MAX]; /* by this owner's knobs */
    uint8_t identity[PCI_CONFIG_HEADER];
    bool scribbled;
};

static struct side sides[DEVICES];
static struct ops ops;
static struct msg asked;
static bool refuse_to_send;

static struct side *side_of(uint32_t handle)
{
    for (unsigned int i = 0; i < DEVICES; i++)
        if (sides[i].dev.handle == handle)
            return &sides[i];
    fuzz_fail("the worker asks about handle %u", handle);
}

/* ---- the broker ---- */

static void broker_write(struct side *s, const struct cfg_write *w, bool honest)
{
    if (!cfgspace_permits(&s->broker, w)) {
        if (honest)
            fuzz_fail("the broker refuses what the worker planned: "
                      "%03x/%u = %x",
                      w->offset, w->size, w->value);
        return;
    }
    fake_hw_write(&s->r.hw, w);
}

static void judge(void)
{
    for (unsigned int i = 0; i < DEVICES; i++) {
        struct side *s = &sides[i];

        model_judge(&s->model, &s->r.hw, s->before, s->allowed);
        memcpy(s->before, s->r.hw.bytes, sizeof(s->before));
    }
}

static void check_entries(const struct side *s, const struct msg_msix_on *on)
{
    if (on->count == 0 || on->count > PCI_WIRE_MSIX_MAX)
        fuzz_fail("MSI-X with %u vectors", on->count);
    for (uint32_t i = 0; i < on->count; i++) {
        if (on->entry[i] >= s->broker.msi.msix_entries)
            fuzz_fail("MSI-X entry %u of %u", on->entry[i],
                      s->broker.msi.msix_entries);
        for (uint32_t j = 0; j < i; j++)
            if (on->entry[i] == on->entry[j])
                fuzz_fail("MSI-X entry %u twice", on->entry[i]);
    }
}

static int ask(void *ctx UNUSED, const struct msg *request)
{
    struct side *s = side_of(request->u.handle.handle);

    if (refuse_to_send)
        return -EPIPE;
    asked = *request;
    if (msg_size(request->type) == 0)
        fuzz_fail("the worker says %u", request->type);
    if (request->type == MSG_CONFIG_WRITE) {
        const struct cfg_plan *plan = &request->u.config_write.plan;

        if (plan->count == 0 || plan->count > CFG_PLAN_MAX)
            fuzz_fail("a plan of %u writes", plan->count);
        for (unsigned int i = 0; i < plan->count; i++)
            broker_write(s, &plan->writes[i], !s->scribbled);
        judge();
    } else if (request->type == MSG_MSIX_ON) {
        check_entries(s, &request->u.msix_on);
        if (!cfgspace_memory_enabled(&s->dev.cs))
            fuzz_fail("MSI-X without memory decode (XSA-157)");
    }
    return 0;
}

/* ---- the worker ---- */

static void equip(struct side *s, const char *name, uint32_t handle)
{
    struct cfg_hw hw = fake_hw_ops(&s->r.hw);

    s->r.params.irq_line = 17;
    s->scribbled = false;
    model_learn(&s->model, &s->r.hw, &s->r.params);
    memset(s->allowed, 0, sizeof(s->allowed));
    cfgspace_init(&s->broker, &s->r.params, s->r.hw.bytes, &s->shadow, hw,
                  CFG_FRESH);
    memset(&s->dev, 0, sizeof(s->dev));
    s->dev.handle = handle;
    s->dev.virt.devfn = (uint8_t)(handle << 3);
    cfgspace_init(&s->dev.cs, &s->r.params, s->r.hw.bytes, &s->shadow, hw,
                  CFG_CONTINUE);
    memcpy(s->before, s->r.hw.bytes, sizeof(s->before));
    for (int32_t at = 0; at < (int32_t)PCI_CONFIG_HEADER; at++) {
        uint32_t value = 0;

        if (cfgspace_read(&s->dev.cs, at, 1, &value) != PCI_ERR_SUCCESS)
            fuzz_fail("%s: byte %x cannot be read", name, (unsigned int)at);
        s->identity[at] = (uint8_t)value;
    }
}

/* Whatever happens, it stays the same device to the guest. */
static void same_identity(struct side *s)
{
    static const uint8_t constant[] = { 0x00, 0x02, 0x08, 0x0a, 0x0e,
                                        0x2c, 0x2e, 0x34, 0x3c, 0x3d };

    if (s->scribbled)
        return;
    for (unsigned int i = 0; i < sizeof(constant); i++) {
        uint32_t value = 0;

        if (cfgspace_read(&s->dev.cs, constant[i], 1, &value) !=
                PCI_ERR_SUCCESS ||
            value != s->identity[constant[i]])
            fuzz_fail("byte %02x was %02x, is %02x", constant[i],
                      s->identity[constant[i]], value);
    }
}

static void reads_agree(struct side *s, int32_t offset, int32_t size)
{
    uint32_t whole = 0, parts = 0;

    if (cfgspace_read(&s->dev.cs, offset, size, &whole) != PCI_ERR_SUCCESS) {
        if (whole != 0)
            fuzz_fail("a read that fails gives %x", whole);
        return;
    }
    for (int32_t i = 0; i < size; i++) {
        uint32_t byte = 0;

        if (cfgspace_read(&s->dev.cs, offset + i, 1, &byte) != PCI_ERR_SUCCESS)
            fuzz_fail("byte %03x of a register fails", (unsigned int)offset);
        parts |= byte << (8 * i);
    }
    if (whole != parts)
        fuzz_fail("%03x/%u reads %x, by bytes %x", (unsigned int)offset,
                  (unsigned int)size, whole, parts);
}

/* ---- the guest ---- */

/* An offset: mostly a register's, in the space there is; or anything. */
static int32_t pick_offset(const struct side *s, int32_t size)
{
    const uint16_t raw = input_half();

    if (raw >= 0xf000)
        return (int32_t)input_word();
    return (int32_t)(raw % s->r.hw.size) & ~(size - 1);
}

static void pick_access(struct pci_op *op, const struct side *s, uint8_t what)
{
    static const int32_t sizes[] = { 1, 2, 4, 4, 2, 1, 4, 3 };

    op->size = sizes[what & 7];
    if ((what & 0xf) == 0xf)
        op->size = (int32_t)input_word();
    op->offset = pick_offset(s, op->size == 4 || op->size == 2 ? op->size : 1);
    op->value = 0;
    for (int i = 0; i < 4 && i < op->size; i++)
        op->value |= (uint32_t)input_byte() << (8 * i);
}

static void finish(struct pci_op *op)
{
    struct msg answer = { .type = MSG_ANSWER, .serial = asked.serial };
    const uint8_t what = input_byte();

    if ((what & 0xf) == 0xf) {
        if (!ops_abandon(&ops))
            fuzz_fail("nothing to abandon");
        return;
    }
    answer.u.answer.err = (what & 1) != 0 ? -(int32_t)(what >> 4) : 0;
    answer.u.answer.count = (what & 2) != 0 ? what >> 4 : op->value;
    for (unsigned int i = 0; i < PCI_WIRE_MSIX_MAX; i++)
        answer.u.answer.pirq[i] = (uint16_t)(100 + i);
    answer.serial++;
    if (ops_answer(&ops, &answer))
        fuzz_fail("an answer to another question was taken");
    answer.serial--;
    if (!ops_answer(&ops, &answer) || ops.waiting)
        fuzz_fail("the answer was not taken");
}

static void guest_request(void)
{
    static const uint32_t commands[] = {
        PCI_OP_CONF_WRITE,   PCI_OP_CONF_READ,        PCI_OP_ENABLE_MSI,
        PCI_OP_DISABLE_MSI,  PCI_OP_ENABLE_MSIX,      PCI_OP_DISABLE_MSIX,
        PCI_OP_AER_DETECTED, PCI_OP_ENABLE_MULTI_MSI,
    };
    const uint8_t what = input_byte();
    struct side *s = &sides[what >> 7];
    struct pci_op *op = &ops.op;

    memset(op, 0, sizeof(*op));
    op->devfn = s->dev.virt.devfn;
    op->cmd = (what & 0x40) != 0 ? PCI_OP_CONF_WRITE
                                 : commands[what % ARRAY_LEN(commands)];
    if ((what & 0x38) == 0x38 && input_peek() == 0xff) {
        op->cmd = input_word();
        op->domain = input_word();
        op->bus = input_word();
        op->devfn = input_word();
    }
    pick_access(op, s, input_byte());
    if (op->cmd == PCI_OP_ENABLE_MSIX)
        for (unsigned int i = 0; i < PCI_WIRE_MSIX_MAX; i++)
            op->msix[i].entry = (uint16_t)(i + (op->value >> 8 & 0xff));
    refuse_to_send = input_byte() == 0xff;
    if (!ops_start(&ops))
        finish(op);
    if (op->err > 0)
        fuzz_fail("the guest is told %d", op->err);
    judge();
    same_identity(s);
    if (op->cmd <= PCI_OP_CONF_WRITE && op->err == PCI_ERR_SUCCESS)
        reads_agree(s, op->offset, op->size);
}

/* ---- others ---- */

/* A device changes by itself, where a guest may see it; or does not answer. */
static void device_acts(void)
{
    const uint8_t what = input_byte();
    struct side *s = &sides[what & 1];
    const uint16_t at = (uint16_t)(input_half() % s->r.hw.size);

    if ((what & 0xc0) == 0xc0)
        s->r.hw.error = (what & 2) != 0 ? -EIO : -ENODEV;
    else
        s->r.hw.bytes[at] |= s->r.hw.clear1[at] & input_byte();
    memcpy(s->before, s->r.hw.bytes, sizeof(s->before));
}

/* A captured worker: what it shares with the broker, and its own wishes. */
static void worker_acts(void)
{
    const uint8_t what = input_byte();
    struct side *s = &sides[what & 1];
    uint8_t *shared = (uint8_t *)&s->shadow;
    struct cfg_write w;

    if ((what & 2) != 0) {
        const size_t at = input_word() % sizeof(s->shadow);

        s->scribbled = true;
        for (size_t i = at; i < at + 4 && i < sizeof(s->shadow); i++)
            shared[i] = input_byte();
    }
    w.offset = input_half();
    if ((what & 4) != 0)
        w.offset = (uint16_t)(w.offset % s->r.hw.size & ~3u);
    w.size = (uint8_t)(1u << (what >> 6));
    w.value = input_word();
    broker_write(s, &w, false);
    judge();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct recorded *devices;
    const unsigned int count = recorded_all(&devices);

    if (count == 0)
        fuzz_fail("cannot load the recorded devices");
    input_begin(data, size);
    memset(&ops, 0, sizeof(ops));
    ops.ask = ask;
    for (uint32_t i = 0; i < DEVICES; i++) {
        sides[i].r = devices[input_byte() % count];
        equip(&sides[i], "a device", i + 1);
        sides[i].dev.next = ops.devices;
        ops.devices = &sides[i].dev;
    }
    for (unsigned int i = 0; i < STEPS && input_left() > 0; i++) {
        const uint8_t what = input_byte();

        if (what < 0xe0)
            guest_request();
        else if (what < 0xf0)
            worker_acts();
        else
            device_acts();
    }
    return 0;
}
