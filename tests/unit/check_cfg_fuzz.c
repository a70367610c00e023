/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties over random accesses. The seed is fixed, so a failure repeats;
 * XENPCI_SEED in the environment chooses another one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

#define PROPERTY_OPS 8000u
#define FUZZ_OPS     100000u

/* An assertion for hot loops: Check takes notes of each of its own. */
#define must(condition)                             \
    do {                                            \
        if (!(condition))                           \
            ck_abort_msg("not so: %s", #condition); \
    } while (0)

static uint64_t state;

static void seed(unsigned int salt)
{
    const char *text = getenv("XENPCI_SEED");

    state = (text != NULL ? strtoull(text, NULL, 0) : 0x5eed) + salt;
}

/* splitmix64: small, and good enough to reach every register. */
static uint32_t draw(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(z ^ z >> 31);
}

/* Mostly where there are registers, sometimes anywhere. */
static struct cfg_write draw_access(const struct cfg_device *d)
{
    static const uint8_t sizes[] = { 1, 2, 4 };
    static const uint32_t values[] = { 0, 0xffffffff, 0x40404040, 0x80808080 };
    struct cfg_write w;
    uint32_t space = draw() % 8 == 0 ? d->hw.size : PCI_CONFIG_SIZE;

    w.size = sizes[draw() % 3];
    w.offset = (uint16_t)(draw() % space & ~(w.size - 1u));
    w.value = draw() % 4 == 0 ? values[draw() % 4] : draw();
    if (draw() % 4 == 0) /* close to what is there */
        w.value = fake_hw_get(&d->hw, w.offset, w.size) ^ (uint32_t)1
                                                              << draw() % 32;
    w.value &= bytes_mask(w.size);
    return w;
}

/* Owners: without knobs, with each of them, and with sixteen random quirks. */
#define OWNERS 4

static struct cfg_knobs draw_knobs(unsigned int owner)
{
    static const uint8_t sizes[] = { 1, 2, 4 };
    struct cfg_knobs knobs = {
        .permissive = owner == 1,
        .interrupt_control = owner == 2,
        .nquirks = owner == 3 ? CFG_QUIRKS_MAX : 0,
    };

    for (unsigned int i = 0; i < knobs.nquirks; i++) {
        struct quirk *q = &knobs.quirks[i];

        q->size = sizes[draw() % 3];
        q->offset = (uint16_t)(draw() % PCI_CONFIG_SIZE & ~(q->size - 1u));
        q->mask = draw() & bytes_mask(q->size);
    }
    return knobs;
}

/* A device for one of OWNERS * device_count runs; quirks depend on the seed. */
static void open_run(struct cfg_device *d, int run)
{
    struct cfg_knobs knobs;

    seed((unsigned int)run);
    knobs = draw_knobs((unsigned int)run % OWNERS);
    device_open_with(d, device_names[run / OWNERS], &knobs);
}

/* Where the whole value decides: an address, a command, a self-test. */
static bool indivisible(const struct cfg_device *d, const struct cfg_write *w)
{
    for (uint16_t i = 0; i < w->size; i++) {
        struct cfg_spot spot = cfg_find(&d->cs, (uint16_t)(w->offset + i));

        if (spot.field != NULL &&
            (spot.field->view != NULL || spot.offset == PCI_BIST ||
             (spot.field->send == CFG_SEND_ALWAYS && spot.field->check)))
            return true;
    }
    return false;
}

START_TEST(test_read_equals_bytes)
{
    struct cfg_device d;

    open_run(&d, _i);
    for (unsigned int op = 0; op < PROPERTY_OPS; op++) {
        struct cfg_write w = draw_access(&d);
        uint32_t bytes = 0;

        if (op % 4 == 0)
            device_write(&d, w.offset, w.size, w.value);
        for (uint8_t i = 0; i < w.size; i++)
            bytes |= device_read(&d, (uint16_t)(w.offset + i), 1) << (8 * i);
        must(device_read(&d, w.offset, w.size) == bytes);
    }
}
END_TEST

/* Whatever can be cleared by mistake is there to be cleared. */
static void raise_errors(struct cfg_device *d)
{
    for (unsigned int i = 0; i < CFG_SIZE_MAX; i++)
        d->hw.bytes[i] |= d->hw.clear1[i];
}

/* The same lines, whatever was counted and came last. */
static bool ledgers_agree(const struct cfg_ledger *a,
                          const struct cfg_ledger *b)
{
    for (unsigned int i = 0; i < a->used; i++)
        if (a->rows[i].offset != b->rows[i].offset ||
            a->rows[i].size != b->rows[i].size ||
            a->rows[i].bits != b->rows[i].bits)
            return false;
    return a->used == b->used;
}

START_TEST(test_write_equals_bytes)
{
    struct cfg_device whole, parts;

    open_run(&whole, _i);
    parts = whole;
    parts.cs.shadow = &parts.shadow;
    parts.broker.shadow = &parts.broker_shadow;
    parts.cs.hw = parts.broker.hw = fake_hw_ops(&parts.hw);
    for (unsigned int op = 0; op < PROPERTY_OPS; op++) {
        struct cfg_write w = draw_access(&whole);
        struct cfg_ledger before = whole.shadow.ledger;

        if (indivisible(&whole, &w))
            continue;
        raise_errors(&whole);
        raise_errors(&parts);
        if (device_write(&whole, w.offset, w.size, w.value) !=
            PCI_ERR_SUCCESS) {
            whole.shadow.ledger = before; /* bytes of it may be fine */
            continue;
        }
        for (uint8_t i = 0; i < w.size; i++)
            device_write(&parts, (uint16_t)(w.offset + i), 1,
                         w.value >> (8 * i) & 0xff);
        must(memcmp(whole.hw.bytes, parts.hw.bytes, CFG_SIZE_MAX) == 0);
        must(memcmp(&whole.shadow, &parts.shadow, CFG_SIZE_MAX) == 0);
        must(ledgers_agree(&whole.shadow.ledger, &parts.shadow.ledger));
    }
}
END_TEST

/* Hardware that changes by itself and sometimes fails to answer. */
static void disturb(struct cfg_device *d)
{
    d->hw.error = draw() % 64 == 0 ? (draw() % 2 ? -EIO : -ENODEV) : 0;
    if (draw() % 16 == 0)
        fake_hw_set(&d->hw, PCI_STATUS, 2, draw() & 0xf900);
    if (draw() % 64 == 0)
        fake_hw_set(&d->hw, (uint16_t)(draw() % d->hw.size), 1, draw() & 0xff);
}

/* What a captured worker might ask of the broker. */
static void ask_broker(struct cfg_device *d, const struct cfg_write *w)
{
    uint8_t before[CFG_SIZE_MAX];

    memcpy(before, d->hw.bytes, sizeof(before));
    if (!cfgspace_permits(&d->broker, w))
        return;
    fake_hw_write(&d->hw, w);
    device_judge(d, before);
}

/* A guest's access of any shape gets an answer and keeps the rules. */
static void guest_op(struct cfg_device *d, const struct cfg_write *w)
{
    int32_t offset = (int32_t)draw() >> draw() % 32;
    int32_t size = (int32_t)(draw() % 9) - 2;
    uint32_t value;
    enum pci_wire_err err;

    switch (draw() % 8) {
    case 0:
        err = cfgspace_read(&d->cs, offset, size, &value);
        must(err == PCI_ERR_SUCCESS || value == 0);
        break;
    case 1:
        err = cfgspace_write(&d->cs, offset, size, draw(), &d->plan);
        must(err == PCI_ERR_SUCCESS || d->plan.count == 0);
        for (unsigned int i = 0; i < d->plan.count; i++)
            ask_broker(d, &d->plan.writes[i]);
        break;
    case 2:
        ask_broker(d, w);
        break;
    case 3:
        err = cfgspace_read(&d->cs, w->offset, w->size, &value);
        must(err == PCI_ERR_SUCCESS || value == 0);
        break;
    default:
        device_write(d, w->offset, w->size, w->value);
        break;
    }
}

/* Whatever happened, this is still the same device to the guest. */
static bool same_identity(struct cfg_device *d)
{
    if (device_read(d, PCI_VENDOR_ID, 2) != d->params.vendor ||
        device_read(d, PCI_DEVICE_ID, 2) != d->params.device ||
        device_read(d, PCI_INTERRUPT_LINE, 1) != d->params.irq_line ||
        device_read(d, PCI_REVISION_ID, 4) !=
            le32_load(&d->pristine[PCI_REVISION_ID]))
        return false;
    for (unsigned int i = 0; i < d->cs.ncaps; i++)
        if (device_read(d, d->cs.caps[i].offset, 2) !=
            le16_load(&d->pristine[d->cs.caps[i].offset]))
            return false;
    return true;
}

START_TEST(test_random_ops)
{
    struct cfg_device d;

    open_run(&d, _i);
    /* The hardware loses its BARs below: it may get them back. */
    memset(&d.may[PCI_BAR0], 0xff, 24);
    memset(&d.may[PCI_ROM_ADDRESS], 0xff, 4);
    for (unsigned int op = 0; op < FUZZ_OPS / device_count / OWNERS; op++) {
        struct cfg_write w = draw_access(&d);
        uint32_t bar0;

        disturb(&d);
        bar0 = fake_hw_get(&d.hw, PCI_BAR0, 4);
        guest_op(&d, &w);
        if (fake_hw_get(&d.hw, PCI_BAR0, 4) != bar0)
            ck_assert_uint_eq(fake_hw_get(&d.hw, PCI_BAR0, 4) & ~0xfu,
                              (uint32_t)d.params.bars[0].base);
        d.hw.error = -EIO; /* none of this needs the hardware */
        if (!same_identity(&d))
            ck_abort_msg("op %u changed what the device is", op);
        d.hw.error = 0;
    }
}
END_TEST

/* Any bytes at all as a snapshot: bounded, in range, nothing overlaps. */
START_TEST(test_random_snapshots)
{
    struct cfg_device d;

    seed((unsigned int)_i);
    device_open(&d, "everything");
    for (unsigned int round = 0; round < 200; round++) {
        uint8_t sparse = (uint8_t)(draw() % 2 ? 0xff : 0xfc);

        for (unsigned int i = 0; i < CFG_SIZE_MAX; i++)
            d.hw.bytes[i] = (uint8_t)draw() & sparse;
        for (unsigned int i = 0x40; i < 0x100; i += 4) {
            d.hw.bytes[i] = (uint8_t)(draw() % 0x14);
            d.hw.bytes[i + 1] = (uint8_t)(0x40 + draw() % 0xc0);
        }
        d.hw.bytes[PCI_CAPABILITY_LIST] = (uint8_t)(0x40 + draw() % 0xc0);
        d.hw.bytes[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
        device_start(&d);
        ck_assert_uint_le(d.cs.ncaps, CFG_CAPS_MAX);
        for (unsigned int i = 0; i < d.cs.ncaps; i++) {
            const struct cfg_cap *a = &d.cs.caps[i];

            ck_assert_uint_le((unsigned int)(a->offset + a->length),
                              a->extended ? CFG_SIZE_MAX : PCI_CONFIG_SIZE);
            for (unsigned int j = 0; j < i; j++)
                must(!bytes_overlap(a->offset, a->length, d.cs.caps[j].offset,
                                    d.cs.caps[j].length));
        }
    }
}
END_TEST

Suite *cfg_fuzz_suite(void)
{
    Suite *suite = suite_create("config fuzz");
    TCase *tc = tcase_create("fuzz");
    const int nruns = OWNERS * (int)device_count;

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_read_equals_bytes, 0, nruns);
    tcase_add_loop_test(tc, test_write_equals_bytes, 0, nruns);
    tcase_add_loop_test(tc, test_random_ops, 0, nruns);
    tcase_add_loop_test(tc, test_random_snapshots, 0, 4);
    suite_add_tcase(suite, tc);
    return suite;
}
