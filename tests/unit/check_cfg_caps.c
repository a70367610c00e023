/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which capabilities a guest sees, and what is left of those it does not. */
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

#define SRIOV   0x10
#define ATS     0x0f
#define VSEC    0x0b
#define DOE     0x2e
#define UNKNOWN 0x7f

/* An extended capability that goes on at next. */
#define EXT(id, next) ((uint32_t)(next) << 20 | 0x10000 | (id))

/*
 * An empty device with two chains: 40 unknown, 60 AF, 80 vendor's, 90 unknown;
 * 100 by choice, 140 AER, 180 unknown, 200 serial number. Bodies are full.
 */
static void open_chains(struct cfg_device *d, uint32_t first,
                        const struct cfg_knobs *knobs)
{
    memset(d, 0, sizeof(*d));
    d->hw.size = d->params.size = PCI_CONFIG_SIZE_EXT;
    memset(&d->hw.bytes[0x40], 0x5a, CFG_SIZE_MAX - 0x40);
    fake_hw_set(&d->hw, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
    fake_hw_set(&d->hw, PCI_CAPABILITY_LIST, 1, 0x40);
    fake_hw_set(&d->hw, 0x40, 2, 0x6000 | UNKNOWN);
    fake_hw_set(&d->hw, 0x60, 4, 0x03068013);
    fake_hw_set(&d->hw, 0x80, 4, 0x00089009);
    fake_hw_set(&d->hw, 0x90, 2, UNKNOWN);
    fake_hw_set(&d->hw, 0x100, 4, EXT(first, 0x140));
    fake_hw_set(&d->hw, 0x104, 4, 0x01000001);
    fake_hw_set(&d->hw, 0x140, 4, EXT(PCI_EXT_CAP_ID_AER, 0x180));
    fake_hw_set(&d->hw, 0x158, 4, 0); /* no prefix log */
    fake_hw_set(&d->hw, 0x180, 4, EXT(UNKNOWN, 0x200));
    fake_hw_set(&d->hw, 0x200, 4, EXT(PCI_EXT_CAP_ID_DSN, 0));
    memset(d->may, 0xff, sizeof(d->may));
    if (knobs != NULL)
        d->params.knobs = *knobs;
    device_start(d);
}

static void assert_zero(struct cfg_device *d, uint16_t from, uint16_t to)
{
    for (; from < to; from = (uint16_t)(from + 4))
        ck_assert_msg(device_read(d, from, 4) == 0, "%03x", from);
}

/* Nothing that is written to a hidden byte arrives. */
static void assert_shut(struct cfg_device *d, uint16_t from, uint16_t to)
{
    for (; from < to; from++) {
        device_write(d, from, 1, 0xff);
        ck_assert_msg(d->plan.count == 0, "%03x", from);
    }
}

START_TEST(test_unlinked)
{
    struct cfg_device d;

    open_chains(&d, ATS, NULL);
    ck_assert_uint_eq(device_read(&d, PCI_CAPABILITY_LIST, 1), 0x60);
    ck_assert_uint_eq(device_read(&d, 0x60, 2), 0x8013);
    ck_assert_uint_eq(device_read(&d, 0x80, 2), 0x0009);
    ck_assert_uint_eq(device_read(&d, 0x100, 4), 0x14000000);
    ck_assert_uint_eq(device_read(&d, 0x140, 4),
                      EXT(PCI_EXT_CAP_ID_AER, 0x200));
    ck_assert_uint_eq(device_read(&d, 0x200, 4), EXT(PCI_EXT_CAP_ID_DSN, 0));
}
END_TEST

/* An unknown one is hidden up to the next; a known one just where it is. */
START_TEST(test_reads_zero)
{
    struct cfg_device d;

    open_chains(&d, ATS, NULL);
    assert_zero(&d, 0x40, 0x60);
    assert_zero(&d, 0x90, 0x100);
    assert_zero(&d, 0x104, 0x108);
    assert_zero(&d, 0x180, 0x200);
    assert_shut(&d, 0x40, 0x60);
    assert_shut(&d, 0x100, 0x108);
    assert_shut(&d, 0x180, 0x200);
    ck_assert_uint_eq(device_read(&d, 0x108, 4), 0x5a5a5a5a);
    ck_assert_uint_eq(device_read(&d, 0x68, 4), 0x5a5a5a5a);
    ck_assert_uint_eq(device_read(&d, 0x16c, 4), 0x5a5a5a5a);
    ck_assert_uint_eq(device_read(&d, 0x20c, 4), 0x5a5a5a5a);
}
END_TEST

/* The list has no other head: it is empty only if nothing follows. */
START_TEST(test_hidden_first_is_last)
{
    struct cfg_device d;

    open_chains(&d, SRIOV, NULL);
    fake_hw_set(&d.hw, 0x100, 4, EXT(SRIOV, 0));
    device_start(&d);
    ck_assert_uint_eq(device_read(&d, 0x100, 4), 0);
    assert_zero(&d, 0x100, 0x140);
    ck_assert_uint_eq(device_read(&d, 0x140, 4),
                      EXT(PCI_EXT_CAP_ID_AER, 0x180));
}
END_TEST

START_TEST(test_null_is_shown)
{
    struct cfg_device d;

    open_chains(&d, PCI_EXT_CAP_ID_NULL, NULL);
    ck_assert_uint_eq(device_read(&d, 0x100, 4), EXT(0, 0x140));
    ck_assert_uint_eq(device_read(&d, 0x108, 4), 0x5a5a5a5a);
}
END_TEST

/* Permissive shows what nobody knows, and nothing that is the host's. */
START_TEST(test_permissive_shows)
{
    const struct cfg_knobs knobs = { .permissive = true };
    struct cfg_device d;

    open_chains(&d, ATS, &knobs);
    ck_assert_uint_eq(device_read(&d, PCI_CAPABILITY_LIST, 1), 0x40);
    ck_assert_uint_eq(device_read(&d, 0x40, 2), 0x6000 | UNKNOWN);
    ck_assert_uint_eq(device_read(&d, 0x180, 4), EXT(UNKNOWN, 0x200));
    device_write(&d, 0x184, 4, 0x12345678);
    ck_assert_uint_eq(fake_hw_get(&d.hw, 0x184, 4), 0x12345678);
    device_write(&d, 0x180, 4, 0);
    ck_assert_uint_eq(fake_hw_get(&d.hw, 0x180, 4), EXT(UNKNOWN, 0x200));
    assert_shut(&d, 0x100, 0x108);
    assert_zero(&d, 0x104, 0x108);
}
END_TEST

/* A quirk in one of them shows that one, and opens just its own bits. */
START_TEST(test_quirk_shows)
{
    const struct cfg_knobs knobs = {
        .nquirks = 2,
        .quirks = { { 0x184, 4, 0xff }, { 0x100, 4, 0xffffffff } },
    };
    struct cfg_device d;

    open_chains(&d, DOE, &knobs);
    ck_assert_uint_eq(device_read(&d, PCI_CAPABILITY_LIST, 1), 0x60);
    ck_assert_uint_eq(device_read(&d, 0x100, 4), 0x14000000);
    ck_assert_uint_eq(device_read(&d, 0x180, 4), EXT(UNKNOWN, 0x200));
    device_write(&d, 0x184, 4, 0);
    ck_assert_uint_eq(fake_hw_get(&d.hw, 0x184, 4), 0x5a5a5a00);
    assert_shut(&d, 0x188, 0x200);
}
END_TEST

struct request {
    uint16_t id;
    uint16_t offset;
    bool ok;
};

static const struct request requests[] = {
    { ATS, 0x104, false },    { ATS, 0x108, true },   { SRIOV, 0x108, false },
    { SRIOV, 0x13c, false },  { DOE, 0x104, true },   { DOE, 0x100, false },
    { UNKNOWN, 0x104, true }, { VSEC, 0x104, false }, { VSEC, 0x108, true },
};

/* What a quirk could show and open, before anybody has it. */
START_TEST(test_quirk_ok)
{
    const struct request *r = &requests[_i];
    const struct quirk q = { r->offset, 4, 1 };
    const char *why = "";
    struct cfg_device d;

    open_chains(&d, r->id, NULL);
    ck_assert_msg(cfgspace_quirk_ok(&d.cs, &q, &why) == r->ok, "%02x %03x",
                  r->id, r->offset);
}
END_TEST

/* Not the header of what a quirk would show: no knob opens a link. */
START_TEST(test_quirk_on_a_link)
{
    const struct quirk links[] = { { 0x180, 4, 0xffffffff },
                                   { 0x40, 2, 0xffff } };
    const char *why = "";
    struct cfg_device d;

    open_chains(&d, ATS, NULL);
    for (unsigned int i = 0; i < ARRAY_LEN(links); i++)
        ck_assert(!cfgspace_quirk_ok(&d.cs, &links[i], &why));
}
END_TEST

/* Twice the same: its registers have no rows, so no knob reaches them. */
START_TEST(test_second_stays_hidden)
{
    const struct cfg_knobs knobs = { .permissive = true };
    struct cfg_device d;

    open_chains(&d, VSEC, &knobs);
    fake_hw_set(&d.hw, 0x90, 4, 0x00000005);
    fake_hw_set(&d.hw, 0x40, 4, 0x00006005);
    device_start(&d);
    ck_assert_uint_eq(device_read(&d, 0x40, 2), 0x6005);
    assert_zero(&d, 0x90, 0x100);
    assert_shut(&d, 0x90, 0x100);
    assert_shut(&d, 0x40, 0x4c);
}
END_TEST

/* A vendor's may come again: virtio has five of them. */
START_TEST(test_many_vendors)
{
    struct cfg_device d;
    unsigned int n = 0;
    uint32_t at;

    device_open(&d, "virtio-net");
    at = device_read(&d, PCI_CAPABILITY_LIST, 1);
    for (; at != 0; at = device_read(&d, (uint16_t)(at + 1), 1))
        n += device_read(&d, (uint16_t)at, 1) == PCI_CAP_ID_VENDOR;
    ck_assert_uint_eq(n, 5);
}
END_TEST

struct size {
    uint16_t id;
    uint32_t words[2]; /* at 4 and 8 */
    uint16_t length;
};

static const struct size lengths[] = {
    { VSEC, { 0x01400001, 0 }, 0x14 }, { VSEC, { 0x00000001, 0 }, 0x08 },
    { VSEC, { 0xfff00001, 0 }, 0x08 }, { 0x23, { 0x02800001, 0 }, 0x28 },
    { 0x23, { 0x00100001, 0 }, 0x0c }, { 0x02, { 0x00000000, 0 }, 0x1c },
    { 0x02, { 0x00000001, 0 }, 0x28 }, { 0x02, { 0x00000007, 0 }, 0x10 },
    { 0x0d, { 0x00000000, 0 }, 0x08 }, { 0x0d, { 0x00002120, 0 }, 0x10 },
    { 0x0d, { 0x00000020, 0 }, 0x28 }, { 0x15, { 0, 0x00000020 }, 0x0c },
    { 0x15, { 0, 0x00000060 }, 0x1c }, { 0x17, { 0x00000000, 0 }, 0x0c },
    { 0x17, { 0x00070200, 0 }, 0x1c }, { 0x19, { 0, 0 }, 0x0c },
    { 0x26, { 0, 0 }, 0x40 },          { 0x31, { 0, 0 }, 0x30 },
    { SRIOV, { 0, 0 }, 0x40 },         { UNKNOWN, { 0, 0 }, 0x40 },
    { 0x04, { 0, 0 }, 0x10 },
};

START_TEST(test_length)
{
    const struct size *s = &lengths[_i];
    struct cfg_device d;

    open_chains(&d, s->id, NULL);
    fake_hw_set(&d.hw, 0x104, 4, s->words[0]);
    fake_hw_set(&d.hw, 0x108, 4, s->words[1]);
    device_start(&d);
    for (unsigned int i = 0; i < d.cs.ncaps; i++)
        if (d.cs.caps[i].offset == 0x100)
            ck_assert_msg(d.cs.caps[i].length == s->length, "%02x: %x", s->id,
                          d.cs.caps[i].length);
}
END_TEST

/* As many lanes as the link has: two bytes each. */
START_TEST(test_lanes)
{
    struct cfg_device d;

    device_open(&d, "everything"); /* four lanes */
    fake_hw_set(&d.hw, 0x100, 4, EXT(0x19, 0x150));
    device_start(&d);
    ck_assert_uint_eq(d.cs.caps[7].offset, 0x100);
    ck_assert_uint_eq(d.cs.caps[7].length, 0x14);
}
END_TEST

/* Version 2 of PCI Express where there is room for version 1 alone. */
START_TEST(test_short_express)
{
    struct cfg_device d;

    open_chains(&d, VSEC, NULL);
    fake_hw_set(&d.hw, 0x40, 4, 0x00026010);
    fake_hw_set(&d.hw, 0x44, 4, 0x10008fc1);
    device_start(&d);
    ck_assert_uint_eq(d.cs.caps[0].length, PCI_EXP_SIZE_V1);
    ck_assert_uint_eq(device_read(&d, 0x40, 2), 0x6010);
    ck_assert_uint_eq(device_read(&d, 0x44, 4), 0x00008fc1);
}
END_TEST

/* A virtual function: no ids, no decode bits of its own (PCIe 6.0 9.3.4.1). */
START_TEST(test_virtual_function)
{
    struct cfg_device d;

    device_open(&d, "everything");
    fake_hw_set(&d.hw, PCI_COMMAND, 2, 0);
    fake_hw_set(&d.hw, PCI_BAR0, 4, 0);
    device_start(&d);
    d.may[PCI_COMMAND] = PCI_COMMAND_MASTER;
    ck_assert_uint_eq(device_read(&d, PCI_VENDOR_ID, 4), 0x56781234);
    device_write(&d, PCI_COMMAND, 2, 0x0006);
    ck_assert_uint_eq(device_read(&d, PCI_COMMAND, 2), 0x0006);
    ck_assert_uint_eq(fake_hw_get(&d.hw, PCI_COMMAND, 2), 0x0004);
    ck_assert(cfgspace_memory_enabled(&d.cs));
    ck_assert_uint_eq(device_read(&d, PCI_BAR0, 4), 0xf0000008);
    device_write(&d, PCI_BAR0, 4, 0xffffffff);
    ck_assert_uint_eq(device_read(&d, PCI_BAR0, 4), 0xffff0008);
}
END_TEST

/* Hidden registers are named, and why they are hidden is said. */
START_TEST(test_explain_hidden)
{
    struct cfg_denied denied = { 0x104, 4, 0, 1, 1, 1 };
    struct cfg_explained e;
    struct cfg_device d;

    open_chains(&d, ATS, NULL);
    cfgspace_explain(&d.cs, &denied, &e);
    ck_assert_str_eq(e.name, "Address Translation Services + 0x4");
    ck_assert_ptr_nonnull(strstr(e.reason, "IOMMU"));
    ck_assert_uint_eq(e.quirk.size, 0);
    open_chains(&d, DOE, NULL);
    cfgspace_explain(&d.cs, &denied, &e);
    ck_assert_str_eq(e.name, "Data Object Exchange + 0x4");
    ck_assert_uint_eq(e.quirk.offset, 0x104);
    ck_assert_uint_eq(e.quirk.size, 1);
}
END_TEST

Suite *cfg_caps_suite(void)
{
    Suite *suite = suite_create("config capabilities");
    TCase *tc = tcase_create("caps");

    tcase_add_test(tc, test_unlinked);
    tcase_add_test(tc, test_reads_zero);
    tcase_add_test(tc, test_hidden_first_is_last);
    tcase_add_test(tc, test_null_is_shown);
    tcase_add_test(tc, test_permissive_shows);
    tcase_add_test(tc, test_quirk_shows);
    tcase_add_loop_test(tc, test_quirk_ok, 0, (int)ARRAY_LEN(requests));
    tcase_add_test(tc, test_quirk_on_a_link);
    tcase_add_test(tc, test_second_stays_hidden);
    tcase_add_test(tc, test_many_vendors);
    tcase_add_loop_test(tc, test_length, 0, (int)ARRAY_LEN(lengths));
    tcase_add_test(tc, test_lanes);
    tcase_add_test(tc, test_short_express);
    tcase_add_test(tc, test_virtual_function);
    tcase_add_test(tc, test_explain_hidden);
    suite_add_tcase(suite, tc);
    return suite;
}
