/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ledger of denied writes: what is in it, what is not, what it says. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

static struct cfg_ledger ledger_of(const struct cfg_device *d)
{
    struct cfg_ledger ledger;

    cfgspace_ledger(&d->cs, &ledger);
    return ledger;
}

/* One write to a fresh device, and the one line it leaves; bits 0: none. */
struct line {
    const char *name;
    uint16_t offset;
    uint8_t size;
    uint32_t value;
    struct cfg_denied denied;
};

#define PM   EVERYTHING_PM
#define VPD  EVERYTHING_VPD
#define MSI  EVERYTHING_MSI
#define MSIX EVERYTHING_MSIX
#define EXPR EVERYTHING_EXP
#define NONE      \
    {             \
        .bits = 0 \
    }

static const struct line lines[] = {
    { "vendor", 0x00, 2, 0, { 0x00, 2, 0, 0, 0x1234, 1 } },
    { "vendor as it is", 0x00, 2, 0x1234, NONE },
    { "command", 0x04, 2, 0xffff, { 0x04, 2, 0, 0xffff, 0xfaa8, 1 } },
    { "the guest's bits of command", 0x04, 2, 0x0404, NONE },
    { "status errors, written back",
      0x06,
      2,
      0x3910,
      { 0x06, 2, 0, 0x3910, 0x3900, 1 } },
    { "status errors that are not there", 0x06, 2, 0xc010, NONE },
    { "status errors, zero", 0x06, 2, 0x0010, NONE },
    { "status, a read-only bit",
      0x06,
      2,
      0x0000,
      { 0x06, 2, 0, 0x0000, 0x0010, 1 } },
    { "class", 0x0b, 1, 0x03, { 0x08, 4, 0, 0x03000000, 0x01000000, 1 } },
    { "self-test", 0x0f, 1, 0x40, NONE },
    { "self-test, other", 0x0f, 1, 0xc1, { 0x0f, 1, 0, 0xc1, 0x41, 1 } },
    { "BAR sizing", 0x10, 4, 0xffffffff, NONE },
    { "BAR sizing, byte", 0x13, 1, 0xff, NONE },
    { "BAR written back", 0x10, 4, 0xf0000008, NONE },
    { "BAR moved",
      0x10,
      4,
      0xe0000008,
      { 0x10, 4, 0, 0xe0000008, 0x10000000, 1 } },
    { "upper half moved", 0x1c, 4, 0x13, { 0x1c, 4, 0, 0x13, 1, 1 } },
    { "ROM sizing", 0x30, 4, 0xfffff800, NONE },
    { "ROM sizing with the enable bit",
      0x30,
      4,
      0xffffffff,
      { 0x30, 4, 0, 0xffffffff, 1, 1 } },
    { "ROM on", 0x30, 4, 0xf0200001, { 0x30, 4, 0, 0xf0200001, 1, 1 } },
    { "interrupt line", 0x3c, 1, 5, { 0x3c, 1, 0, 5, 18, 1 } },
    { "PME_En", PM + 4, 2, 0, { PM + 4, 2, 0, 0, 0x0108, 1 } },
    { "D3hot", PM + 4, 2, 0x010b, NONE },
    { "VPD write", VPD + 2, 2, 0x8004, { VPD + 2, 2, 0, 0x8004, 0x0004, 1 } },
    { "VPD write of what is there",
      VPD + 2,
      2,
      0x8000,
      { VPD + 2, 2, 0, 0x8000, 0x8000, 1 } },
    { "MSI on", MSI + 2, 2, 0x0181, { MSI + 2, 2, 0, 0x0181, 1, 1 } },
    { "MSI control as it is", MSI + 2, 2, 0x0180, NONE },
    { "MSI data", MSI + 12, 2, 0x4022, { MSI + 12, 4, 0, 0x4022, 0x0003, 1 } },
    { "device control",
      EXPR + 8,
      2,
      0xa810,
      { EXPR + 8, 2, 0, 0xa810, 0x8000, 1 } },
    { "vendor's own", 0xd6, 2, 0, { 0xd4, 4, 0, 0, 0xa5a50000, 1 } },
    { "a gap", 0xf1, 1, 0x81, { 0xf0, 4, 0, 0x8100, 0x8100, 1 } },
    { "a gap as it is", 0xf0, 4, 0, NONE },
    { "the last byte",
      0xfff,
      1,
      0x80,
      { 0xffc, 4, 0, 0x80000000, 0x80000000, 1 } },
};

START_TEST(test_line)
{
    const struct line *l = &lines[_i];
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, l->offset, l->size, l->value);
    ledger = ledger_of(&d);
    ck_assert_msg(ledger.used == (l->denied.bits != 0 ? 1 : 0), "%s: %u lines",
                  l->name, ledger.used);
    ck_assert_uint_eq(ledger.lost, 0);
    if (ledger.used == 0)
        return;
    ck_assert_msg(memcmp(&ledger.rows[0], &l->denied, sizeof(l->denied)) == 0,
                  "%s: %03x/%u value %x bits %x", l->name,
                  ledger.rows[0].offset, ledger.rows[0].size,
                  ledger.rows[0].value, ledger.rows[0].bits);
}
END_TEST

/* One line a register: it counts, keeps the last value and all the bits. */
START_TEST(test_counts)
{
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open(&d, "everything");
    for (unsigned int i = 0; i < 1000; i++) {
        device_write(&d, 0xf0, 1, 0x01);
        device_write(&d, 0xf0, 4, 0x80000000 | i << 8);
        device_write(&d, EXPR + 8, 4, 0x00008000); /* and Device Status */
    }
    ledger = ledger_of(&d);
    ck_assert_uint_eq(ledger.used, 2);
    ck_assert_uint_eq(ledger.rows[0].count, 2000);
    ck_assert_uint_eq(ledger.rows[0].value, 0x80000000 | 999u << 8);
    ck_assert_uint_eq(ledger.rows[0].bits, 0x8003ff01);
    ck_assert_uint_eq(ledger.rows[1].count, 1000);
    d.shadow.ledger.rows[0].count = UINT32_MAX;
    device_write(&d, 0xf0, 1, 0x01);
    ck_assert_uint_eq(ledger_of(&d).rows[0].count, UINT32_MAX);
}
END_TEST

/* A row and the bytes beside it in the same dword have a line each. */
START_TEST(test_neighbours)
{
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, EVERYTHING_VENDOR, 4, 0xff00ffff);
    ledger = ledger_of(&d);
    ck_assert_uint_eq(ledger.used, 3);
    ck_assert_uint_eq(ledger.rows[0].size, 2);
    ck_assert_uint_eq(ledger.rows[1].size, 1);
    ck_assert_uint_eq(ledger.rows[2].size, 4);
    ck_assert_uint_eq(ledger.rows[2].bits, 0xff000000);
}
END_TEST

/* A device that does not answer: what it holds is not known to be denied. */
START_TEST(test_blind)
{
    struct cfg_device d;

    device_open(&d, "everything");
    d.hw.error = -EIO;
    ck_assert_int_eq(device_write(&d, 0xd4, 4, 1), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, PCI_STATUS, 2, 1), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(ledger_of(&d).used, 0);
}
END_TEST

/* A guest cannot make it longer than it is. */
START_TEST(test_full)
{
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open(&d, "everything");
    for (uint16_t at = 0x200; at < 0x400; at = (uint16_t)(at + 4))
        device_write(&d, at, 4, 1);
    ledger = ledger_of(&d);
    ck_assert_uint_eq(ledger.used, CFG_LEDGER_MAX);
    ck_assert_uint_eq(ledger.lost, 128 - CFG_LEDGER_MAX);
    ck_assert_uint_eq(ledger.rows[CFG_LEDGER_MAX - 1].offset,
                      0x200 + 4 * (CFG_LEDGER_MAX - 1));
    d.shadow.ledger.lost = UINT32_MAX;
    device_write(&d, 0x800, 4, 1);
    ck_assert_uint_eq(ledger_of(&d).lost, UINT32_MAX);
}
END_TEST

/* What knobs open is not denied; what they leave shut is. */
START_TEST(test_with_knobs)
{
    const struct cfg_knobs knobs = {
        .nquirks = 2,
        .quirks = { { 0xf0, 4, 0x00ff }, { PCI_STATUS, 2, 0x2000 } },
    };
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open_with(&d, "everything", &knobs);
    device_write(&d, 0xf0, 4, 0x0000ffff);
    device_write(&d, PCI_STATUS, 2, 0x3910);
    ledger = ledger_of(&d);
    ck_assert_uint_eq(ledger.used, 2);
    ck_assert_uint_eq(ledger.rows[0].bits, 0xff00);
    ck_assert_uint_eq(ledger.rows[1].bits, 0x1900);
}
END_TEST

/* A restart goes on with it; a new owner starts with an empty one. */
START_TEST(test_lifetime)
{
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, 0xf0, 4, 1);
    cfgspace_init(&d.cs, &d.params, d.pristine, &d.shadow, fake_hw_ops(&d.hw),
                  CFG_CONTINUE);
    ck_assert_uint_eq(ledger_of(&d).used, 1);
    cfgspace_init(&d.cs, &d.params, d.pristine, &d.shadow, fake_hw_ops(&d.hw),
                  CFG_FRESH);
    ck_assert_uint_eq(ledger_of(&d).used, 0);
}
END_TEST

static const struct cfg_denied lies[] = {
    { 0xf0, 3, 0, 1, 1, 1 },     { 0xf0, 0, 0, 1, 1, 1 },
    { 0xf1, 4, 0, 1, 1, 1 },     { 0x1000, 4, 0, 1, 1, 1 },
    { 0xfffe, 2, 0, 1, 1, 1 },   { 0xf0, 1, 0, 1, 0x100, 1 },
    { 0xf0, 1, 0, 0x100, 1, 1 }, { 0xf0, 4, 0, 1, 0, 1 },
    { 0xf0, 4, 0, 1, 1, 0 },     { 0xf0, 255, 0, 1, 1, 1 },
};

/* What a captured worker writes is read with care. */
START_TEST(test_hostile_ledger)
{
    const struct cfg_denied good = { 0xf4, 4, 9, 1, 1, 1 };
    struct cfg_ledger ledger;
    struct cfg_device d;

    device_open(&d, "everything");
    memset(&d.shadow.ledger, 0xff, sizeof(d.shadow.ledger));
    ck_assert_uint_eq(ledger_of(&d).used, 0);
    for (unsigned int i = 0; i < ARRAY_LEN(lies); i++)
        d.shadow.ledger.rows[i] = lies[i];
    d.shadow.ledger.rows[ARRAY_LEN(lies)] = good;
    ledger = ledger_of(&d);
    ck_assert_uint_eq(ledger.used, 1);
    ck_assert_uint_eq(ledger.rows[0].offset, 0xf4);
    ck_assert_uint_eq(ledger.rows[0].pad, 0);
    /* Nor does the worker's successor trust it. */
    device_write(&d, 0xf8, 4, 1);
    ck_assert_uint_eq(ledger_of(&d).used, 1);
}
END_TEST

struct words {
    struct cfg_denied denied;
    const char *name;
    struct quirk quirk;
};

static const struct words words[] = {
    { { PCI_COMMAND, 2, 0, 0, 0x0288, 1 },
      "Command (0x04)",
      { PCI_COMMAND, 2, 0x0288 } },
    { { PCI_COMMAND, 2, 0, 0, 0x0108, 1 },
      "Command (0x04)",
      { PCI_COMMAND, 1, 0x08 } },
    { { PCI_STATUS, 2, 0, 0, 0xf900, 1 },
      "Status (0x06)",
      { PCI_STATUS + 1, 1, 0xf9 } },
    { { PCI_BAR0, 4, 0, 0, 0xf0000000, 1 },
      "Base Address 0 (0x10)",
      { 0, 0, 0 } },
    { { 0x38, 4, 0, 0, 1, 1 }, "Type 0 Header + 0x38", { 0, 0, 0 } },
    { { EXPR + 8, 2, 0, 0, 0x8010, 1 },
      "Device Control (PCI Express + 0x8)",
      { EXPR + 8, 1, 0x10 } },
    { { MSI + 2, 2, 0, 0, 1, 1 },
      "MSI Message Control (MSI + 0x2)",
      { 0, 0, 0 } },
    { { 0xf0, 4, 0, 0, 0x00018000, 1 },
      "device-specific register 0x0f1",
      { 0xf0, 4, 0x00018000 } },
    { { 0xf0, 4, 0, 0, 0x00ff0000, 1 },
      "device-specific register 0x0f2",
      { 0xf2, 1, 0xff } },
};

START_TEST(test_explain)
{
    const struct words *w = &words[_i];
    struct cfg_explained e;
    struct cfg_device d;

    device_open(&d, "everything");
    cfgspace_explain(&d.cs, &w->denied, &e);
    ck_assert_str_eq(e.name, w->name);
    ck_assert_uint_gt(strlen(e.reason), 0);
    ck_assert_uint_eq(e.quirk.offset, w->quirk.offset);
    ck_assert_uint_eq(e.quirk.size, w->quirk.size);
    ck_assert_uint_eq(e.quirk.mask, w->quirk.mask);
}
END_TEST

/* The quirk it names is one, and with it the write is not denied again. */
START_TEST(test_explained_quirk_works)
{
    struct cfg_device d;
    struct cfg_ledger ledger;

    device_open(&d, device_names[_i]);
    for (uint16_t at = 0x40; at < 0x100; at = (uint16_t)(at + 4)) {
        struct cfg_knobs knobs = { .nquirks = 1 };
        struct cfg_explained e;
        const char *why = "";

        device_open(&d, device_names[_i]);
        device_write(&d, at, 4, ~fake_hw_get(&d.hw, at, 4));
        ledger = ledger_of(&d);
        if (ledger.used == 0)
            continue;
        cfgspace_explain(&d.cs, &ledger.rows[0], &e);
        if (e.quirk.size == 0)
            continue;
        ck_assert_msg(cfgspace_quirk_ok(&d.cs, &e.quirk, &why), "%s", why);
        knobs.quirks[0] = e.quirk;
        device_open_with(&d, device_names[_i], &knobs);
        device_write(&d, at, 4, ~fake_hw_get(&d.hw, at, 4));
        ledger = ledger_of(&d);
        if (ledger.used != 0 && ledger.rows[0].offset <= e.quirk.offset)
            ck_assert_uint_eq(bits_move(ledger.rows[0].bits,
                                        ledger.rows[0].offset, e.quirk.offset) &
                                  e.quirk.mask,
                              0);
    }
}
END_TEST

Suite *cfg_ledger_suite(void)
{
    Suite *suite = suite_create("config ledger");
    TCase *tc = tcase_create("ledger");

    tcase_add_loop_test(tc, test_line, 0, (int)ARRAY_LEN(lines));
    tcase_add_test(tc, test_counts);
    tcase_add_test(tc, test_neighbours);
    tcase_add_test(tc, test_blind);
    tcase_add_test(tc, test_full);
    tcase_add_test(tc, test_with_knobs);
    tcase_add_test(tc, test_lifetime);
    tcase_add_test(tc, test_hostile_ledger);
    tcase_add_loop_test(tc, test_explain, 0, (int)ARRAY_LEN(words));
    tcase_add_loop_test(tc, test_explained_quirk_works, 0, (int)device_count);
    suite_add_tcase(suite, tc);
    return suite;
}
