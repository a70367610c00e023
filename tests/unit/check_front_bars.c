/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: decoding BARs. */
#include <string.h>

#include "bytes.h"
#include "front-case.h"
#include "pciregs.h"

#define NONE  PCIFRONT_BAR_NONE
#define IO    PCIFRONT_BAR_IO
#define MEM32 PCIFRONT_BAR_MEM32
#define MEM64 PCIFRONT_BAR_MEM64
#define ROM   PCIFRONT_BAR_ROM

/* As the machines the dumps were taken from had them (their sysfs). */
static const struct known {
    const char *dump;
    struct pcifront_bar bars[PCIFRONT_BARS];
} known[] = {
    { "nvme", { { MEM64, false, 0xfeb30000, 0x4000 } } },
    { "edu", { { MEM32, false, 0xfe900000, 0x100000 } } },
    { "e1000",
      { [0] = { MEM32, false, 0xfeb00000, 0x20000 },
        [1] = { IO, false, 0xc000, 0x40 },
        [6] = { ROM, false, 0xfea80000, 0x40000 } } },
    { "e1000e",
      { [0] = { MEM32, false, 0xfeac0000, 0x20000 },
        [1] = { MEM32, false, 0xfeae0000, 0x20000 },
        [2] = { IO, false, 0xc080, 0x20 },
        [3] = { MEM32, false, 0xfeb34000, 0x4000 },
        [6] = { ROM, false, 0xfea00000, 0x40000 } } },
    { "virtio-net",
      { [1] = { MEM32, false, 0xfeb39000, 0x1000 },
        [4] = { MEM64, true, 0xfe000000, 0x4000 },
        [6] = { ROM, false, 0xfea40000, 0x40000 } } },
};

static struct fake_function *dev(void)
{
    return fw.be->functions[0];
}

static void assert_bar(const struct pcifront_bar *got,
                       const struct pcifront_bar *want, unsigned int i)
{
    ck_assert_msg(got->kind == want->kind, "BAR %u: kind %d, not %d", i,
                  (int)got->kind, (int)want->kind);
    if (want->kind == NONE)
        return;
    ck_assert_msg(got->prefetchable == want->prefetchable, "BAR %u", i);
    ck_assert_msg(got->address == want->address && got->size == want->size,
                  "BAR %u: %llx+%llx", i, (unsigned long long)got->address,
                  (unsigned long long)got->size);
}

/* While a BAR holds something else than its address, nothing may decode it. */
static bool decoded_while_sizing;

static void watch_sizing(struct fake_backend *be, struct pci_op *op)
{
    const uint32_t command = fake_hw_get(&be->functions[0]->hw, PCI_COMMAND, 2);

    if (op->cmd == PCI_OP_CONF_WRITE && op->offset >= (int32_t)PCI_BAR0 &&
        op->offset < 0x3c && (command & 3) != 0)
        decoded_while_sizing = true;
}

START_TEST(of_real_devices)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    uint8_t before[CFG_SIZE_MAX];

    front_case_connect(known[_i].dump);
    memcpy(before, dev()->hw.bytes, sizeof(before));
    decoded_while_sizing = false;
    fw.be->twist = watch_sizing;
    assert_err(pcifront_bars(fw.pf, AT(0, 0), bars), 0);
    for (unsigned int i = 0; i < PCIFRONT_BARS; i++)
        assert_bar(&bars[i], &known[_i].bars[i], i);
    ck_assert(memcmp(before, dev()->hw.bytes, sizeof(before)) == 0);
    ck_assert(!decoded_while_sizing);
}
END_TEST

/* A register of invented devices: what it holds and what may change. */
static const struct invented {
    const char *words;
    uint16_t slot;
    uint32_t low, low_mask, high, high_mask;
    struct pcifront_bar want;
} invented[] = {
    { "256 bytes",
      0,
      0xfe000100,
      0xffffff00,
      0,
      0,
      { MEM32, false, 0xfe000100, 0x100 } },
    { "the smallest",
      0,
      0xfe000010,
      0xfffffff0,
      0,
      0,
      { MEM32, false, 0xfe000010, 0x10 } },
    { "2 GiB",
      0,
      0x80000000,
      0x80000000,
      0,
      0,
      { MEM32, false, 0x80000000, 0x80000000 } },
    { "prefetchable",
      0,
      0xe0000008,
      0xf0000000,
      0,
      0,
      { MEM32, true, 0xe0000000, 0x10000000 } },
    { "beyond 4 GiB",
      0,
      0x0000000c,
      0xffff0000,
      0x38,
      0xffffffff,
      { MEM64, true, 0x3800000000, 0x10000 } },
    { "of 8 GiB",
      0,
      0x0000000c,
      0,
      0x38,
      0xfffffffe,
      { MEM64, true, 0x3800000000, 0x200000000 } },
    { "of 4 GiB",
      0,
      0x00000004,
      0,
      0x7,
      0xffffffff,
      { MEM64, false, 0x700000000, 0x100000000 } },
    { "ports", 0, 0xc001, 0xfffffff0, 0, 0, { IO, false, 0xc000, 0x10 } },
    { "ports of 16 bits",
      0,
      0xc001,
      0x0000ffe0,
      0,
      0,
      { IO, false, 0xc000, 0x20 } },
    { "unassigned",
      0,
      0x00000000,
      0xffff0000,
      0,
      0,
      { MEM32, false, 0, 0x10000 } },
    { "no bits", 0, 0, 0, 0, 0, { NONE, false, 0, 0 } },
    { "a hole in the mask",
      0,
      0xfe000000,
      0xff0f0000,
      0,
      0,
      { NONE, false, 0, 0 } },
    { "an address off its size",
      0,
      0xfe001000,
      0xffff0000,
      0,
      0,
      { NONE, false, 0, 0 } },
    { "64 bits without an upper half",
      5,
      0xfe000004,
      0xffff0000,
      0,
      0,
      { NONE, false, 0, 0 } },
    { "a hole in the upper mask",
      0,
      0x00000004,
      0xffff0000,
      0x1,
      0xfffffff5,
      { NONE, false, 0, 0 } },
    { "below 1 MiB",
      0,
      0x000c0002,
      0xffff0000,
      0,
      0,
      { MEM32, false, 0xc0000, 0x10000 } },
    { "a reserved type",
      0,
      0xfe000006,
      0xffff0000,
      0,
      0,
      { NONE, false, 0, 0 } },
    { "all ones", 0, 0xffffffff, 0, 0, 0, { NONE, false, 0, 0 } },
};

START_TEST(of_invented_devices)
{
    const struct invented *t = &invented[_i];
    const uint16_t at = (uint16_t)(PCI_BAR0 + 4 * t->slot);
    struct pcifront_bar bars[PCIFRONT_BARS];
    struct fake_function *f;

    front_case_connect("edu");
    f = dev();
    for (uint16_t i = 0; i < 24; i++)
        f->hw.bytes[PCI_BAR0 + i] = f->writable[PCI_BAR0 + i] = 0;
    fake_hw_set(&f->hw, at, 4, t->low);
    le32_store(&f->writable[at], t->low_mask);
    if (t->slot < 5) {
        fake_hw_set(&f->hw, (uint16_t)(at + 4), 4, t->high);
        le32_store(&f->writable[at + 4], t->high_mask);
    }
    assert_err(pcifront_bars(fw.pf, AT(0, 0), bars), 0);
    ck_assert_msg(bars[t->slot].kind == t->want.kind, "%s: kind %d", t->words,
                  (int)bars[t->slot].kind);
    assert_bar(&bars[t->slot], &t->want, (unsigned int)_i);
    ck_assert_uint_eq(fake_hw_get(&f->hw, at, 4), t->low);
}
END_TEST

START_TEST(of_a_bridge)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    struct fake_function *f;

    front_case_connect("e1000e");
    f = dev();
    fake_hw_set(&f->hw, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_BRIDGE);
    fake_hw_set(&f->hw, 0x38, 4, 0xfeb00000); /* its ROM */
    le32_store(&f->writable[0x38], 0xfffff801);
    assert_err(pcifront_bars(fw.pf, AT(0, 0), bars), 0);
    ck_assert_int_eq(bars[0].kind, MEM32);
    ck_assert_int_eq(bars[1].kind, MEM32);
    for (unsigned int i = 2; i < 6; i++)
        ck_assert_int_eq(bars[i].kind, NONE);
    ck_assert_int_eq(bars[6].kind, ROM);
    ck_assert_uint_eq(bars[6].address, 0xfeb00000);
    ck_assert_uint_eq(bars[6].size, 0x800);
}
END_TEST

static unsigned int fail_after;
static int32_t fail_with;

static void fail_one(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (fail_after > 0 && --fail_after == 0)
        op->err = fail_with;
}

/* An operation that fails in the middle leaves the device as it was. */
START_TEST(put_back_after_an_error)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    uint8_t before[CFG_SIZE_MAX];
    unsigned int failures = 0;

    front_case_connect("e1000e");
    memcpy(before, dev()->hw.bytes, sizeof(before));
    fw.be->twist = fail_one;
    for (unsigned int i = 1; i < 80; i++) {
        int err;

        /* A write that fails did reach the device here: the worst case. */
        fail_with = i % 2 ? -5 : -2;
        fail_after = i;
        err = pcifront_bars(fw.pf, AT(0, 0), bars);
        failures += err < 0;
        ck_assert_int_le(err, 0);
        fail_after = 0;
        ck_assert_msg(memcmp(before, dev()->hw.bytes, sizeof(before)) == 0,
                      "not put back after operation %u failed", i);
    }
    ck_assert_uint_ge(failures, 5);
    assert_err(pcifront_bars(fw.pf, AT(3, 0), bars), PCIFRONT_ERR_NODEV);
}
END_TEST

TCase *front_bars_tests(void)
{
    TCase *tc = tcase_create("bars");

    tcase_add_loop_test(tc, of_real_devices, 0, (int)ARRAY_LEN(known));
    tcase_add_loop_test(tc, of_invented_devices, 0, (int)ARRAY_LEN(invented));
    tcase_add_test(tc, of_a_bridge);
    tcase_add_test(tc, put_back_after_an_error);
    return tc;
}
