/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator may open, and what stays shut whatever he says. */
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"

static const uint8_t sizes[] = { 1, 2, 4 };

static const struct cfg_knobs nothing;
static const struct cfg_knobs permissive = { .permissive = true };
static const struct cfg_knobs interrupts = { .interrupt_control = true };
static const struct cfg_knobs no_power = { .no_power = true };
/* Scattered over rows and gaps; the device has 0x55 and the like below. */
static const struct cfg_knobs quirks = {
    .nquirks = 6,
    .quirks = { { PCI_COMMAND, 2, 0x0088 },
                { PCI_STATUS, 2, 0x8000 },
                { EVERYTHING_EXP + 8, 2, 0x0010 },
                { 0xf1, 1, 0x0f },
                { 0xf4, 4, 0x00ffff00 },
                { 0xf8, 4, 0xffffffff } },
};

struct rule {
    const char *name;
    const struct cfg_knobs *knobs;
    uint16_t offset;
    uint8_t size;
    uint32_t value;
    uint32_t hw;
    uint32_t guest;
    enum pci_wire_err err;
};

#define DENIED PCI_ERR_ACCESS_DENIED
#define PM     EVERYTHING_PM
#define MSI    EVERYTHING_MSI
#define MSIX   EVERYTHING_MSIX
#define EXPR   EVERYTHING_EXP
#define ROM    PCI_ROM_ADDRESS

/* Device-specific bytes hold f0: 03020100, f4: 07060504, f8: 0b0a0908. */
static const struct rule rules[] = {
    { "ids", &permissive, 0x00, 4, 0, 0xffffffff, 0x56781234, 0 },
    { "command", &permissive, 0x04, 2, 0xffff, 0x03ff, 0x07ff, 0 },
    { "decodes", &permissive, 0x04, 2, 0x0000, 0x0143, 0x0000, 0 },
    { "status", &permissive, 0x06, 2, 0x1000, 0x2910, 0x2910, 0 },
    { "status, nothing to clear", &permissive, 0x06, 2, 0x4000, 0x3910, 0x3910,
      0 },
    { "revision and class", &permissive, 0x08, 4, 0, 0x02000003, 0x02000003,
      0 },
    { "latency", &permissive, 0x0d, 1, 0xff, 0x40, 0x40, 0 },
    { "BAR", &permissive, 0x10, 4, 0xe0000008, 0xf0000008, 0xf0000008, 0 },
    { "subsystem", &permissive, 0x2c, 4, 0, 0xbeefcafe, 0xbeefcafe, 0 },
    { "ROM on", &permissive, ROM, 4, 0xf0200001, 0xf0200001, 0xf0200001, 0 },
    { "ROM on, elsewhere", &permissive, ROM, 4, 0xf0000001, 0xf0200000,
      0xf0200000, 0 },
    { "ROM size", &permissive, ROM, 4, 0xffffffff, 0xf0200000, 0xfffe0000, 0 },
    { "ROM on, a byte", &permissive, ROM, 1, 0x01, 0x01, 0x01, 0 },
    { "capabilities pointer", &permissive, 0x34, 1, 0x90, 0x40, 0x40, 0 },
    { "reserved", &permissive, 0x38, 4, 0xffffffff, 0, 0, 0 },
    { "interrupt line", &permissive, 0x3c, 1, 9, 11, 23, 0 },
    { "chain", &permissive, PM, 2, 0, 0x5001, 0x5001, 0 },
    { "PME_En off", &permissive, PM + 4, 2, 0x0008, 0x8108, 0x8108, 0 },
    { "MSI on", &permissive, MSI + 2, 2, 0x0181, 0x0180, 0x0180, DENIED },
    { "MSI data", &permissive, MSI + 12, 4, 0, 0x4021, 0x4021, 0 },
    { "MSI-X on", &permissive, MSIX + 2, 2, 0x8007, 0x0007, 0x0007, DENIED },
    { "device control", &permissive, EXPR + 8, 2, 0xffff, 0x79ff, 0x79ff, 0 },
    { "device status", &permissive, EXPR + 10, 2, 0x0005, 0x000a, 0x000a, 0 },
    { "vendor's own", &permissive, 0xd4, 4, 0, 0, 0, 0 },
    { "a gap", &permissive, 0xf0, 4, 0xffffffff, 0xffffffff, 0xffffffff, 0 },
    { "a byte in a gap", &permissive, 0xf2, 1, 0xee, 0xee, 0xee, 0 },
    { "far away", &permissive, 0xffc, 4, 0x12345678, 0x12345678, 0x12345678,
      0 },
    { "command, quirk", &quirks, 0x04, 2, 0xffff, 0x01df, 0x05df, 0 },
    { "status, quirk", &quirks, 0x06, 2, 0xffff, 0x3910, 0x3910, 0 },
    { "device control, quirk", &quirks, EXPR + 8, 2, 0, 0x2800, 0x2800, 0 },
    { "byte of a gap, quirk", &quirks, 0xf0, 4, 0xffffffff, 0x03020f00,
      0x03020f00, 0 },
    { "half a gap, quirk", &quirks, 0xf4, 4, 0xaabbccdd, 0x07bbcc04, 0x07bbcc04,
      0 },
    { "the same by the byte", &quirks, 0xf5, 1, 0xcc, 0xcc, 0xcc, 0 },
    { "the same beside the mask", &quirks, 0xf4, 1, 0xcc, 0x04, 0x04, 0 },
    { "whole gap, quirk", &quirks, 0xf8, 2, 0xffff, 0xffff, 0xffff, 0 },
    { "no quirk", &quirks, 0xfc, 4, 0, 0x0f0e0d0c, 0x0f0e0d0c, 0 },
    { "INTx disable", &interrupts, 0x04, 2, 0x0547, 0x0547, 0x0547, 0 },
    { "the rest of command", &interrupts, 0x04, 2, 0x0288, 0x0143, 0x0000, 0 },
    { "MSI on", &interrupts, MSI + 2, 2, 0x0181, 0x0181, 0x0181, 0 },
    { "MSI on, byte", &interrupts, MSI + 2, 1, 0x81, 0x81, 0x81, 0 },
    { "more messages", &interrupts, MSI + 2, 2, 0x0191, 0x0180, 0x0180,
      DENIED },
    { "MSI data", &interrupts, MSI + 12, 4, 0, 0x4021, 0x4021, 0 },
    { "MSI-X on", &interrupts, MSIX + 2, 2, 0xc007, 0xc007, 0xc007, 0 },
    { "MSI-X mask all", &interrupts, MSIX + 3, 1, 0x40, 0x40, 0x40, 0 },
    { "MSI-X table size", &interrupts, MSIX + 2, 2, 0x8006, 0x0007, 0x0007,
      DENIED },
    { "a gap", &interrupts, 0xf0, 4, 0, 0x03020100, 0x03020100, 0 },
    { "D3hot", &no_power, PM + 4, 2, 0x0003, 0x8108, 0x8108, DENIED },
    { "D0 in D0", &no_power, PM + 4, 2, 0x8000, 0x0108, 0x0108, 0 },
    { "data select", &no_power, PM + 5, 1, 0x04, 0x85, 0x85, 0 },
};

static void open_marked(struct cfg_device *d, const struct cfg_knobs *knobs)
{
    device_open_with(d, "everything", knobs);
    for (uint16_t i = 0; i < 16; i++)
        fake_hw_set(&d->hw, (uint16_t)(0xf0 + i), 1, i);
    device_start(d);
}

START_TEST(test_rule)
{
    const struct rule *r = &rules[_i];
    struct cfg_device d;
    enum pci_wire_err err;
    uint32_t hw, guest;

    open_marked(&d, r->knobs);
    err = device_write(&d, r->offset, r->size, r->value);
    hw = fake_hw_get(&d.hw, r->offset, r->size);
    guest = device_read(&d, r->offset, r->size);
    ck_assert_msg(err == r->err, "%s: %d", r->name, (int)err);
    ck_assert_msg(hw == r->hw, "%s: hardware has %x", r->name, hw);
    ck_assert_msg(guest == r->guest, "%s: guest reads %x", r->name, guest);
}
END_TEST

/* XSA-131: the widest knob, every place, every width; the oracle judges. */
START_TEST(test_xsa_131_permissive_everywhere)
{
    static const uint32_t patterns[] = { 0xffffffff, 0, 0xaaaaaaaa,
                                         0x55555555 };
    struct cfg_device d;

    for (unsigned int i = 0; i < ARRAY_LEN(patterns); i++)
        for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++) {
            device_open_with(&d, device_names[_i], &permissive);
            for (unsigned int at = 0; at < d.hw.size; at += sizes[s])
                device_write(&d, (uint16_t)at, sizes[s], patterns[i]);
        }
}
END_TEST

/* The broker says yes to exactly the bits of the oracle, one by one. */
START_TEST(test_permit_every_bit)
{
    static const struct cfg_knobs *const each[] = { &permissive, &quirks,
                                                    &interrupts, &no_power };
    struct cfg_device d;

    open_marked(&d, each[_i]);
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++)
        for (unsigned int at = 0; at < d.hw.size; at += sizes[s])
            for (unsigned int bit = 0; bit < 8u * sizes[s]; bit++) {
                struct cfg_write w = { (uint16_t)at, sizes[s], 0 };
                unsigned int byte = at + bit / 8;

                w.value = fake_hw_get(&d.hw, w.offset, w.size) ^ (uint32_t)1
                                                                     << bit;
                if ((d.may[byte] & 1u << bit % 8) == 0 &&
                    cfgspace_permits(&d.broker, &w))
                    ck_abort_msg("%03x/%u bit %u", at, sizes[s], bit);
            }
}
END_TEST

/* Only one of the two modes at a time, whichever comes first. */
START_TEST(test_modes_exclude_each_other)
{
    struct cfg_device d;

    open_marked(&d, &interrupts);
    ck_assert_int_eq(device_write(&d, MSI + 2, 2, 0x0181), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, MSIX + 2, 2, 0x8007), DENIED);
    ck_assert_int_eq(device_write(&d, MSI + 2, 2, 0x0180), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, MSIX + 2, 2, 0x8007), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, MSI + 2, 2, 0x0181), DENIED);
    ck_assert_int_eq(device_write(&d, MSIX + 2, 2, 0x4007), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, MSI + 2, 2, 0x0181), PCI_ERR_SUCCESS);
}
END_TEST

/* XSA-337: a table outside of the device's memory is no MSI-X for anybody. */
START_TEST(test_no_table_no_control)
{
    struct cfg_device d;

    open_marked(&d, &interrupts);
    fake_hw_set(&d.hw, MSIX + 4, 4, 0x2006);
    device_start(&d);
    ck_assert_int_eq(device_write(&d, MSIX + 2, 2, 0x8007), DENIED);
    ck_assert_uint_eq(fake_hw_get(&d.hw, MSIX + 2, 2), 0x0007);
}
END_TEST

/* The next owner has his own knobs and no others. */
START_TEST(test_never_sticky)
{
    struct cfg_device d;

    open_marked(&d, &permissive);
    device_write(&d, 0xf0, 4, 0x11111111);
    ck_assert_uint_eq(fake_hw_get(&d.hw, 0xf0, 4), 0x11111111);
    d.params.knobs = nothing;
    oracle_learn(&d);
    device_start(&d);
    device_write(&d, 0xf0, 4, 0x22222222);
    ck_assert_uint_eq(fake_hw_get(&d.hw, 0xf0, 4), 0x11111111);
}
END_TEST

/* A guest's own width, no bytes beside it, even where nothing changes. */
START_TEST(test_own_width)
{
    struct cfg_device d;

    open_marked(&d, &permissive);
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++) {
        device_write(&d, 0xf4, sizes[s], fake_hw_get(&d.hw, 0xf4, sizes[s]));
        ck_assert_uint_eq(d.plan.count, 1);
        ck_assert_uint_eq(d.plan.writes[0].offset, 0xf4);
        ck_assert_uint_eq(d.plan.writes[0].size, sizes[s]);
    }
    open_marked(&d, &quirks);
    device_write(&d, 0xf4, 4, 0); /* only its two middle bytes are open */
    ck_assert_uint_eq(d.plan.count, 2);
    ck_assert_uint_eq(d.plan.writes[0].size, 1);
    ck_assert_uint_eq(d.plan.writes[1].offset, 0xf6);
}
END_TEST

/* A device without a ROM has no enable bit to open. */
START_TEST(test_no_rom)
{
    struct cfg_device d;
    const struct quirk q = { ROM, 1, 1 };
    const char *why = "";

    open_marked(&d, &permissive);
    ck_assert(cfgspace_quirk_ok(&d.cs, &q, &why));
    d.params.bars[6].kind = CFG_BAR_NONE;
    device_start(&d);
    device_write(&d, ROM, 4, 0xf0200001);
    ck_assert_uint_eq(d.plan.count, 0);
    ck_assert(!cfgspace_quirk_ok(&d.cs, &q, &why));
}
END_TEST

struct candidate {
    struct quirk quirk;
    const char *why; /* NULL: fine */
};

#define SHUT "no bit of it may be opened"

static const struct candidate candidates[] = {
    { { PCI_STATUS, 2, 0x8000 }, NULL },
    { { PCI_STATUS, 1, 0xff }, SHUT },
    { { PCI_COMMAND, 4, 0xffffffff }, NULL },
    { { PCI_COMMAND, 1, 0x07 }, SHUT },
    { { 0xf0, 4, 1 }, NULL },
    { { 0xffc, 4, 0xffffffff }, NULL },
    { { 0xd4, 4, 1 }, NULL },
    { { ROM, 4, 1 }, NULL },
    { { ROM, 4, 0xfffff800 }, SHUT },
    { { PCI_BAR0, 4, 0xffffffff }, SHUT },
    { { PM, 2, 0xffff }, SHUT },
    { { MSI, 4, 0xffffffff }, SHUT },
    { { MSI + 12, 4, 0xffffffff }, SHUT },
    { { EXPR + 8, 2, 0x8000 }, SHUT },
    { { 0xf0, 3, 1 }, "its size is not 1, 2 or 4" },
    { { 0xf0, 0, 1 }, "its size is not 1, 2 or 4" },
    { { 0xf1, 2, 1 }, "its register is not aligned to its size" },
    { { 0xf0, 1, 0x100 }, "its mask is empty or wider than its size" },
    { { 0xf0, 4, 0 }, "its mask is empty or wider than its size" },
    { { 0x1000, 4, 1 },
      "its register is outside of the device's configuration space" },
};

START_TEST(test_quirk_ok)
{
    const struct candidate *c = &candidates[_i];
    const char *why = "untouched";
    struct cfg_device d;
    bool ok;

    device_open(&d, "everything");
    ok = cfgspace_quirk_ok(&d.cs, &c->quirk, &why);
    ck_assert_msg(ok == (c->why == NULL), "%x/%u: %s", c->quirk.offset,
                  c->quirk.size, why);
    if (c->why != NULL)
        ck_assert_int_eq(strncmp(why, c->why, strlen(c->why)), 0);
    else
        ck_assert_str_eq(why, "untouched");
}
END_TEST

/* A quirk that makes no sense opens nothing and hurts nobody. */
START_TEST(test_senseless_quirks)
{
    struct cfg_knobs bad = { .nquirks = 200 };
    struct cfg_device d;

    for (unsigned int i = 0; i < CFG_QUIRKS_MAX; i++)
        bad.quirks[i] = (struct quirk){ (uint16_t)(0xf1 + i), 3, 0xff };
    device_open(&d, "everything");
    d.params.knobs = bad;
    device_start(&d);
    device_write(&d, 0xf4, 4, 0xffffffff);
    ck_assert_uint_eq(d.plan.count, 0);
}
END_TEST

Suite *cfg_knobs_suite(void)
{
    Suite *suite = suite_create("config knobs");
    TCase *tc = tcase_create("knobs");

    tcase_add_loop_test(tc, test_rule, 0, (int)ARRAY_LEN(rules));
    tcase_add_loop_test(tc, test_xsa_131_permissive_everywhere, 0,
                        (int)device_count);
    tcase_add_loop_test(tc, test_permit_every_bit, 0, 4);
    tcase_add_test(tc, test_modes_exclude_each_other);
    tcase_add_test(tc, test_no_table_no_control);
    tcase_add_test(tc, test_never_sticky);
    tcase_add_test(tc, test_own_width);
    tcase_add_test(tc, test_no_rom);
    tcase_add_loop_test(tc, test_quirk_ok, 0, (int)ARRAY_LEN(candidates));
    tcase_add_test(tc, test_senseless_quirks);
    suite_add_tcase(suite, tc);
    return suite;
}
