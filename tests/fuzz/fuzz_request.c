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
#include "side.h"

#define STEPS   200u
#define DEVICES 2u

static struct side sides[DEVICES];
static struct ops ops;
static struct msg asked;
static bool refuse_to_send;

/* ---- the broker ---- */

static struct side *side_of(uint32_t handle)
{
    for (unsigned int i = 0; i < DEVICES; i++)
        if (sides[i].dev.handle == handle)
            return &sides[i];
    fuzz_fail("the worker asks about handle %u", handle);
}

static void judge(void)
{
    for (unsigned int i = 0; i < DEVICES; i++)
        side_judge(&sides[i]);
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
    if (!cfgspace_memory_enabled(&s->dev.cs))
        fuzz_fail("MSI-X without memory decode (XSA-157)");
}

static void check_messages(const struct side *s, uint32_t count)
{
    if (s->broker.msi.msi_control == 0)
        fuzz_fail("MSI of a device that has none");
    if (count == 0 || (count & (count - 1)) != 0 || count > 32)
        fuzz_fail("MSI with %u messages", count);
}

static int ask(void *ctx UNUSED, const struct msg *request)
{
    struct side *s = side_of(request->u.handle.handle);
    const struct cfg_plan *plan = &request->u.config_write.plan;

    if (refuse_to_send)
        return -EPIPE;
    asked = *request;
    if (msg_size(request->type) == 0)
        fuzz_fail("the worker says %u", request->type);
    if (request->type == MSG_CONFIG_WRITE) {
        if (plan->count == 0 || plan->count > CFG_PLAN_MAX)
            fuzz_fail("a plan of %u writes", plan->count);
        for (unsigned int i = 0; i < plan->count; i++)
            side_write(s, &plan->writes[i], !s->scribbled);
        judge();
    } else if (request->type == MSG_MSIX_ON) {
        check_entries(s, &request->u.msix_on);
    } else if (request->type == MSG_MSI_ON) {
        check_messages(s, request->u.msi_on.count);
    }
    return 0;
}

/* ---- the guest ---- */

/* An offset: of the header, of a capability, anywhere; or anything at all. */
static int32_t pick_offset(const struct side *s, int32_t size)
{
    const struct cfgspace *cs = &s->broker;
    const uint16_t raw = input_half();

    if (raw >= 0xf000)
        return (int32_t)input_word();
    if (raw >= 0xe800)
        size = 1;
    if (raw < 0x2000)
        return (raw & 0x3f) & ~(size - 1);
    if (raw < 0xa000 && cs->ncaps > 0)
        return (cs->caps[(raw >> 6) % cs->ncaps].offset + (raw & 0x3f)) &
               ~(size - 1);
    return (raw % s->r.hw.size) & ~(size - 1);
}

static void pick_access(struct pci_op *op, const struct side *s)
{
    static const int32_t sizes[] = { 1, 2, 4, 4, 2, 1, 4, 3 };
    const uint8_t what = input_byte();

    op->size = sizes[what & 7];
    if ((what & 0xf) == 0xf)
        op->size = (int32_t)input_word();
    op->offset = pick_offset(s, op->size == 4 || op->size == 2 ? op->size : 1);
    op->value = 0;
    for (int i = 0; i < 4 && i < op->size; i++)
        op->value |= (uint32_t)input_byte() << (8 * i);
}

/* Mostly the first few, as drivers do; one is out of line. */
static void pick_vectors(struct pci_op *op)
{
    const uint8_t twist = input_byte();

    op->value = input_byte() % (PCI_WIRE_MSIX_MAX + 4);
    for (unsigned int i = 0; i < PCI_WIRE_MSIX_MAX; i++)
        op->msix[i].entry = (uint16_t)i;
    op->msix[twist & 0x0f].entry = twist & 0x80 ? twist >> 4 & 7 : twist & 0xf;
    if (twist == 0xff)
        op->msix[0].entry = input_half();
}

/* The broker answers as the input says, or the device goes away. */
static void finish(struct pci_op *op, uint8_t what)
{
    struct msg answer = { .type = MSG_ANSWER, .serial = asked.serial };
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

/* A config request that was served: one the wire has. */
static void check_served(struct side *s, const struct pci_op *op)
{
    if ((op->size != 1 && op->size != 2 && op->size != 4) || op->offset < 0 ||
        op->offset % op->size != 0 ||
        op->offset + op->size > (int32_t)s->r.hw.size)
        fuzz_fail("%03x/%d is served", (unsigned int)op->offset, op->size);
    side_reads_agree(s, op->offset, op->size);
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
    uint8_t fate;

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
    if (op->cmd <= PCI_OP_CONF_WRITE)
        pick_access(op, s);
    else
        pick_vectors(op);
    fate = input_byte(); /* taken even where nobody waits: see seeds.py */
    refuse_to_send = fate == 0xff;
    if (!ops_start(&ops))
        finish(op, fate);
    if (op->err > 0)
        fuzz_fail("the guest is told %d", op->err);
    judge();
    side_same_identity(s);
    if (op->cmd <= PCI_OP_CONF_WRITE && op->err == PCI_ERR_SUCCESS)
        check_served(s, op);
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
    side_accept(s);
}

/* A captured worker: what it shares with the broker, and its own wishes. */
static void worker_acts(void)
{
    const uint8_t what = input_byte();
    struct side *s = &sides[what & 1];
    uint8_t *shared = (uint8_t *)&s->shadow;
    struct cfg_write w;

    if ((what & 2) != 0) {
        const size_t from =
            (what & 8) != 0 ? offsetof(struct cfg_shadow, ledger) : 0;
        const size_t at = from + input_word() % (sizeof(s->shadow) - from);

        s->scribbled = true;
        for (size_t i = at; i < at + 4 && i < sizeof(s->shadow); i++)
            shared[i] = input_byte();
    }
    w.offset = input_half();
    if ((what & 4) != 0)
        w.offset = (uint16_t)(w.offset % s->r.hw.size & ~3u);
    w.size = (uint8_t)(1u << (what >> 6));
    w.value = input_word();
    side_write(s, &w, false);
    judge();
}

/* What the administrator allows: mostly nothing. */
static void pick_knobs(struct cfg_knobs *knobs)
{
    const uint8_t what = input_byte();

    memset(knobs, 0, sizeof(*knobs));
    if (what < 0x60)
        return;
    knobs->permissive = (what & 1) != 0;
    knobs->interrupt_control = (what & 2) != 0;
    knobs->no_power = (what & 4) != 0;
    for (unsigned int i = 0; i < (what >> 3 & 3u); i++) {
        struct quirk *q = &knobs->quirks[knobs->nquirks++];

        q->size = (uint8_t)(1u << input_byte() % 3);
        q->offset =
            (uint16_t)((input_half() % PCI_CONFIG_SIZE) & ~(q->size - 1u));
        q->mask = input_word() & bytes_mask(q->size);
    }
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
        struct cfg_knobs knobs;

        pick_knobs(&knobs);
        side_begin(&sides[i], &devices[input_byte() % count], &knobs, i + 1);
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
    for (uint32_t i = 0; i < DEVICES; i++)
        side_check_ledger(&sides[i]);
    return 0;
}
