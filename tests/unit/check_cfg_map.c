/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capability chains, real and hostile, and the facts taken from them. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

struct found {
    uint16_t offset;
    uint16_t id;
};

struct chain {
    const char *device;
    struct found caps[12]; /* ends with offset 0 */
    struct cfg_msi msi;
    uint16_t pm_control;
};

static const struct chain chains[] = {
    { "nvme",
      { { 0x40, 0x11 }, { 0x80, 0x10 }, { 0x60, 0x01 } },
      { 0, 0, 0x42, 65, 0, 0x2000, 0x3000, 0 },
      0x64 },
    { "e1000e",
      { { 0xc8, 0x01 },
        { 0xd0, 0x05 },
        { 0xe0, 0x10 },
        { 0xa0, 0x11 },
        { 0x100, 0x01 },
        { 0x140, 0x03 } },
      { 0xd2, 1, 0xa2, 5, 3, 0, 0x2000, 3 },
      0xcc },
    { "edu",
      { { 0x40, 0x05 } },
      { 0x42, 1, 0, 0, 0, 0, 0, CFG_BAR_NOWHERE },
      0 },
    { "virtio-net",
      { { 0x98, 0x11 },
        { 0x84, 0x09 },
        { 0x70, 0x09 },
        { 0x60, 0x09 },
        { 0x50, 0x09 },
        { 0x40, 0x09 } },
      { 0, 0, 0x9a, 4, 1, 0, 0x800, 1 },
      0 },
    { "everything",
      { { 0x40, 0x01 },
        { 0x50, 0x03 },
        { 0x60, 0x05 },
        { 0x80, 0x11 },
        { 0x90, 0x10 },
        { 0xd0, 0x09 },
        { 0xe0, 0x13 },
        { 0x100, 0x01 },
        { 0x150, 0x03 } },
      { 0x62, 1, 0x82, 8, 4, 0x2000, 0x3000, 4 },
      0x44 },
};

START_TEST(test_real_chain)
{
    const struct chain *c = &chains[_i];
    const struct cfg_msi *msi;
    struct cfg_device d;
    unsigned int n = 0;

    device_open(&d, c->device);
    for (; c->caps[n].offset != 0; n++) {
        ck_assert_uint_lt(n, d.cs.ncaps);
        ck_assert_uint_eq(d.cs.caps[n].offset, c->caps[n].offset);
        ck_assert_uint_eq(d.cs.caps[n].id, c->caps[n].id);
    }
    ck_assert_uint_eq(d.cs.ncaps, n);
    msi = &d.cs.msi;
    ck_assert_uint_eq(msi->msi_control, c->msi.msi_control);
    ck_assert_uint_eq(msi->msi_messages, c->msi.msi_messages);
    ck_assert_uint_eq(msi->msix_control, c->msi.msix_control);
    ck_assert_uint_eq(msi->msix_entries, c->msi.msix_entries);
    ck_assert_uint_eq(msi->msix_bir, c->msi.msix_bir);
    ck_assert_uint_eq(msi->msix_table, c->msi.msix_table);
    ck_assert_uint_eq(msi->msix_pba_bir, c->msi.msix_pba_bir);
    ck_assert_uint_eq(msi->msix_pba, c->msi.msix_pba);
    ck_assert_uint_eq(d.cs.pm_control, c->pm_control);
}
END_TEST

/* A guest that walks a well-formed chain sees exactly the device's own. */
START_TEST(test_chain_unchanged)
{
    struct cfg_device d;

    device_open(&d, device_names[_i]);
    ck_assert_uint_eq(device_read(&d, PCI_CAPABILITY_LIST, 1),
                      d.pristine[PCI_CAPABILITY_LIST]);
    for (unsigned int i = 0; i < d.cs.ncaps; i++) {
        uint8_t size = d.cs.caps[i].extended ? 4 : 2;

        ck_assert_uint_eq(device_read(&d, d.cs.caps[i].offset, size),
                          fake_hw_get(&d.hw, d.cs.caps[i].offset, size));
    }
}
END_TEST

/* A device with nothing but a capability pointer, then some bytes. */
struct poke {
    uint16_t offset;
    uint32_t value;
};

struct hostile {
    const char *name;
    uint8_t head;
    struct poke pokes[4];
    unsigned int ncaps;
    unsigned int bound; /* capabilities that got a block of their own */
};

static const struct hostile hostiles[] = {
    { "pointer into the header", 0x3c, { { 0 } }, 0, 0 },
    { "empty chain of ones", 0x40, { { 0x40, 0xffffffff } }, 0, 0 },
    { "a loop of one", 0x40, { { 0x40, 0x00004001 } }, 1, 1 },
    { "a loop of two",
      0x40,
      { { 0x40, 0x00005001 }, { 0x50, 0x00004011 } },
      2,
      2 },
    { "reserved pointer bits", 0x43, { { 0x40, 0x00000001 } }, 1, 1 },
    { "next in the header", 0x40, { { 0x40, 0x00000401 } }, 1, 1 },
    { "twice the same id",
      0x40,
      { { 0x40, 0x00005005 }, { 0x50, 0x00000005 } },
      2,
      1 },
    { "cut off by the end of space", 0xf8, { { 0xf8, 0x00000011 } }, 1, 0 },
    { "fits exactly", 0xf4, { { 0xf4, 0x00000011 } }, 1, 1 },
    { "starts in another's body",
      0x40,
      { { 0x40, 0x00004405 }, { 0x44, 0x00000001 } },
      2,
      1 },
    { "a later one bites an earlier one",
      0x48,
      { { 0x48, 0x00004001 }, { 0x40, 0x00000005 } },
      2,
      1 },
    { "extended loop", 0x00, { { 0x100, 0x10010001 } }, 1, 1 },
    { "extended pointer below its space",
      0x00,
      { { 0x100, 0x04010001 } },
      1,
      1 },
    { "extended pointer to the last dword",
      0x00,
      { { 0x100, 0xffc10001 }, { 0xffc, 0x10010002 } },
      2,
      1 },
    { "extended header of ones", 0x00, { { 0x100, 0xffffffff } }, 0, 0 },
};

static void open_hostile(struct cfg_device *d, const struct hostile *h)
{
    memset(d, 0, sizeof(*d));
    d->hw.size = d->params.size = PCI_CONFIG_SIZE_EXT;
    fake_hw_set(&d->hw, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
    fake_hw_set(&d->hw, PCI_CAPABILITY_LIST, 1, h->head);
    for (unsigned int i = 0; i < ARRAY_LEN(h->pokes); i++)
        if (h->pokes[i].offset != 0)
            fake_hw_set(&d->hw, h->pokes[i].offset, 4, h->pokes[i].value);
    device_start(d);
}

START_TEST(test_hostile_chain)
{
    const struct hostile *h = &hostiles[_i];
    struct cfg_device d;
    unsigned int bound = 0;

    open_hostile(&d, h);
    for (unsigned int i = 0; i < d.cs.ncaps; i++) {
        const struct cfg_cap *cap = &d.cs.caps[i];

        if (cap->block->visibility == CFG_SHOWN)
            bound++;
        ck_assert_uint_le((unsigned int)(cap->offset + cap->length),
                          d.params.size);
    }
    ck_assert_msg(d.cs.ncaps == h->ncaps, "%s: %u capabilities", h->name,
                  d.cs.ncaps);
    ck_assert_msg(bound == h->bound, "%s: %u bound", h->name, bound);
}
END_TEST

/* The guest's walk ends, even if the hardware's would not. */
START_TEST(test_guest_walk_ends)
{
    struct cfg_device d;
    unsigned int steps = 0;
    uint32_t at;

    open_hostile(&d, &hostiles[_i]);
    at = device_read(&d, PCI_CAPABILITY_LIST, 1);
    for (; at != 0; at = device_read(&d, (uint16_t)(at + 1), 1))
        ck_assert_uint_lt(steps++, CFG_CAPS_MAX);
    ck_assert_uint_le(steps, d.cs.ncaps);
}
END_TEST

START_TEST(test_too_many)
{
    struct cfg_device d;

    device_open(&d, "everything");
    for (uint16_t at = 0x100; at <= 0xff8; at = (uint16_t)(at + 8))
        fake_hw_set(&d.hw, at, 4, ((uint32_t)at + 8) << 20 | 0x10000);
    device_start(&d);
    ck_assert_uint_eq(d.cs.ncaps, CFG_CAPS_MAX);
    /* The last one that we hold is the last one that the guest sees. */
    ck_assert_uint_eq(
        device_read(&d, d.cs.caps[CFG_CAPS_MAX - 1].offset, 4) >> 20, 0);
}
END_TEST

/* PCI 3.0 6.8.1.3: six logarithms, and two that mean nothing. */
START_TEST(test_msi_messages)
{
    static const uint16_t messages[] = { 1, 2, 4, 8, 16, 32, 1, 1 };
    struct cfg_device d;

    device_open(&d, "edu");
    fake_hw_set(&d.hw, 0x42, 2, 0x80 | (uint32_t)_i << 1);
    device_start(&d);
    ck_assert_uint_eq(d.cs.msi.msi_messages, messages[_i]);
}
END_TEST

START_TEST(test_no_cap_list_bit)
{
    struct cfg_device d;

    device_open(&d, "edu");
    fake_hw_set(&d.hw, PCI_STATUS, 2, 0);
    device_start(&d);
    ck_assert_uint_eq(d.cs.ncaps, 0);
    ck_assert_uint_eq(d.cs.msi.msi_control, 0);
    ck_assert_uint_eq(device_read(&d, PCI_CAPABILITY_LIST, 1), 0);
}
END_TEST

/* A 256-byte device has no extended chain, whatever lies behind it. */
START_TEST(test_small_space)
{
    struct cfg_device d;

    device_open(&d, "everything");
    d.params.size = d.hw.size = PCI_CONFIG_SIZE;
    device_start(&d);
    for (unsigned int i = 0; i < d.cs.ncaps; i++)
        ck_assert(!d.cs.caps[i].extended);
}
END_TEST

struct lie {
    const char *name;
    uint32_t table;
    uint32_t pba;
    uint16_t control;
    bool msix;
    bool pba_ok;
};

/* BAR 0: 64 KiB of memory; BAR 1: IO; BAR 3: an upper half; BAR 4: 1 MiB. */
static const struct lie lies[] = {
    { "fine", 0x2004, 0x3004, 7, true, true },
    { "BIR 6", 0x2006, 0x3004, 7, false, false },
    { "BIR 7", 0x2007, 0x3004, 7, false, false },
    { "IO BAR", 0x0001, 0x3004, 0, false, false },
    { "upper half", 0x2003, 0x3004, 7, false, false },
    { "ends with the BAR", 0x0000ff80, 0x3004, 7, true, true },
    { "reaches beyond the BAR", 0x0000ff80, 0x3004, 8, false, false },
    { "starts beyond the BAR", 0x00010000, 0x3004, 7, false, false },
    { "wraps", 0xfffffff8, 0x3004, 7, false, false },
    { "2048 entries", 0x00000004, 0x9004, 0x7ff, true, true },
    { "PBA elsewhere", 0x2004, 0x3006, 7, true, false },
    { "PBA beyond the BAR", 0x2004, 0x00100004, 7, true, false },
    { "PBA ends with the BAR", 0x2004, 0x000ffffc, 7, true, true },
    { "PBA too long for the BAR", 0x2004, 0x000ffffc, 64, true, false },
};

START_TEST(test_msix_facts)
{
    const struct lie *l = &lies[_i];
    struct cfg_device d;

    device_open(&d, "everything");
    fake_hw_set(&d.hw, EVERYTHING_MSIX + 2, 2, l->control);
    fake_hw_set(&d.hw, EVERYTHING_MSIX + 4, 4, l->table);
    fake_hw_set(&d.hw, EVERYTHING_MSIX + 8, 4, l->pba);
    device_start(&d);
    ck_assert_msg((d.cs.msi.msix_control != 0) == l->msix, "%s", l->name);
    ck_assert_msg((d.cs.msi.msix_pba_bir != CFG_BAR_NOWHERE) == l->pba_ok, "%s",
                  l->name);
    if (l->msix)
        ck_assert_uint_eq(d.cs.msi.msix_entries, l->control + 1u);
}
END_TEST

struct variant {
    uint16_t control;
    uint16_t length;
};

/* The four shapes of MSI, and the two of PCI Express. */
START_TEST(test_lengths)
{
    static const struct variant msi[] = {
        { 0x0000, 12 }, { 0x0080, 16 }, { 0x0100, 20 }, { 0x0180, 24 }
    };
    static const struct variant exp[] = { { 0x0001, 0x14 },
                                          { 0x0002, 0x3c },
                                          { 0x0092, 0x3c } };
    uint8_t snapshot[CFG_SIZE_MAX] = { 0 };

    for (unsigned int i = 0; i < ARRAY_LEN(msi); i++) {
        le16_store(&snapshot[0x42], msi[i].control);
        ck_assert_uint_eq(cfg_block_msi.length(snapshot, 0x40), msi[i].length);
    }
    for (unsigned int i = 0; i < ARRAY_LEN(exp); i++) {
        le16_store(&snapshot[0x42], exp[i].control);
        ck_assert_uint_eq(cfg_block_pcie.length(snapshot, 0x40), exp[i].length);
    }
}
END_TEST

/* A hidden capability leaves the chain, reads zero and swallows writes. */
START_TEST(test_hidden)
{
    struct cfg_device d;

    device_open(&d, "everything");
    ck_assert_ptr_eq(d.cs.caps[1].block, &cfg_block_vpd);
    d.cs.caps[1].hidden = true;
    cfg_fill(&d.cs, CFG_FRESH);
    ck_assert_uint_eq(device_read(&d, EVERYTHING_PM + 1, 1), EVERYTHING_MSI);
    d.hw.reads = 0;
    for (uint16_t i = 0; i < 8; i = (uint16_t)(i + 4)) {
        ck_assert_uint_eq(device_read(&d, EVERYTHING_VPD + i, 4), 0);
        ck_assert_int_eq(device_write(&d, EVERYTHING_VPD + i, 4, 0x00100000),
                         PCI_ERR_SUCCESS);
        ck_assert_uint_eq(d.plan.count, 0);
    }
    ck_assert_uint_eq(d.hw.reads, 0);
}
END_TEST

START_TEST(test_check_device)
{
    struct cfg_device d;
    const char *why = "untouched";

    device_open(&d, "everything"); /* its ids read as ones */
    ck_assert_int_eq(cfgspace_check_device(d.hw.bytes, 4096, &why), 0);
    ck_assert_str_eq(why, "untouched");
    ck_assert_int_eq(cfgspace_check_device(d.hw.bytes, 64, &why), -EINVAL);
    ck_assert_str_ne(why, "untouched");
    d.hw.bytes[PCI_HEADER_TYPE] = 0x81;
    ck_assert_int_eq(cfgspace_check_device(d.hw.bytes, 4096, &why), -ENOTSUP);
    memset(d.hw.bytes, 0xff, sizeof(d.hw.bytes));
    ck_assert_int_eq(cfgspace_check_device(d.hw.bytes, 256, &why), -ENODEV);
}
END_TEST

Suite *cfg_map_suite(void)
{
    Suite *suite = suite_create("config map");
    TCase *tc = tcase_create("map");

    tcase_add_loop_test(tc, test_real_chain, 0, (int)ARRAY_LEN(chains));
    tcase_add_loop_test(tc, test_chain_unchanged, 0, (int)device_count);
    tcase_add_loop_test(tc, test_hostile_chain, 0, (int)ARRAY_LEN(hostiles));
    tcase_add_loop_test(tc, test_guest_walk_ends, 0, (int)ARRAY_LEN(hostiles));
    tcase_add_test(tc, test_too_many);
    tcase_add_loop_test(tc, test_msi_messages, 0, 8);
    tcase_add_test(tc, test_no_cap_list_bit);
    tcase_add_test(tc, test_small_space);
    tcase_add_loop_test(tc, test_msix_facts, 0, (int)ARRAY_LEN(lies));
    tcase_add_test(tc, test_lengths);
    tcase_add_test(tc, test_hidden);
    tcase_add_test(tc, test_check_device);
    suite_add_tcase(suite, tc);
    return suite;
}
