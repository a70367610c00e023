/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base address registers: base, size, and never anything else. */
#include <string.h>

#include "cfg-device.h"
#include "cfg-suites.h"
#include "compiler.h"
#include "pciregs.h"

#define BAR(n) (PCI_BAR0 + 4 * (n))

/* The registers of the invented device. */
struct reg {
    const char *name;
    uint16_t offset;
    uint32_t base;
    uint32_t size; /* what sizing reads */
};

static const struct reg regs[] = {
    { "MEM32", BAR(0), 0xf0000008, 0xffff0008 },
    { "IO", BAR(1), 0x0000e001, 0xffffffc1 },
    { "MEM64 of 8 GiB, low", BAR(2), 0x0000000c, 0x0000000c },
    { "MEM64 of 8 GiB, high", BAR(3), 0x00000012, 0xfffffffe },
    { "MEM64, low", BAR(4), 0x80100004, 0xfff00004 },
    { "MEM64, high", BAR(5), 0x00000038, 0xffffffff },
    { "ROM", PCI_ROM_ADDRESS, 0xf0200000, 0xfffe0000 },
};

static void write_in(struct cfg_device *d, uint16_t offset, uint8_t width,
                     uint32_t value)
{
    for (uint8_t i = 0; i < 4; i = (uint8_t)(i + width))
        ck_assert_int_eq(
            device_write(d, (uint16_t)(offset + i), width, value >> (8 * i)),
            PCI_ERR_SUCCESS);
}

static uint32_t read_in(struct cfg_device *d, uint16_t offset, uint8_t width)
{
    uint32_t value = 0;

    for (uint8_t i = 0; i < 4; i = (uint8_t)(i + width))
        value |= device_read(d, (uint16_t)(offset + i), width) << (8 * i);
    return value;
}

/* Ones, read, base back, read: in every width, high and low halves apart. */
START_TEST(test_sizing)
{
    const struct reg *r = &regs[_i];
    struct cfg_device d;

    device_open(&d, "everything");
    for (uint8_t width = 1; width <= 4; width = (uint8_t)(width * 2)) {
        ck_assert_uint_eq(read_in(&d, r->offset, width), r->base);
        write_in(&d, r->offset, width, 0xffffffff);
        ck_assert_msg(read_in(&d, r->offset, width) == r->size, "%s by %u: %x",
                      r->name, width, read_in(&d, r->offset, width));
        write_in(&d, r->offset, width, r->base);
        ck_assert_msg(read_in(&d, r->offset, width) == r->base, "%s by %u: %x",
                      r->name, width, read_in(&d, r->offset, width));
    }
}
END_TEST

/* What systems really write to size a register: none of it is magic. */
START_TEST(test_probe_values)
{
    static const uint32_t probes[] = { 0xffffffff, 0xfffffff0, 0xfffffffe,
                                       0xfffffffc, 0xfffff800 };
    const struct reg *r = &regs[_i];
    struct cfg_device d;

    device_open(&d, "everything");
    for (unsigned int i = 0; i < ARRAY_LEN(probes); i++) {
        uint32_t needed = r->size & ~UINT32_C(0xf);

        if ((probes[i] & needed) != needed || r->size == 0xffffffff ||
            r->offset == BAR(1) || r->offset == BAR(3))
            continue;
        device_write(&d, r->offset, 4, probes[i]);
        ck_assert_msg(device_read(&d, r->offset, 4) == r->size, "%s: %x",
                      r->name, probes[i]);
        device_write(&d, r->offset, 4, r->base);
    }
}
END_TEST

/* Size view lasts until the next write, and any other address is refused. */
START_TEST(test_relocation_refused)
{
    static const uint32_t wishes[] = { 0, 0xe0000000, 0xff000000, 0x7ff80000,
                                       0x00000001 };
    const struct reg *r = &regs[_i];
    struct cfg_device d;

    device_open(&d, "everything");
    for (unsigned int i = 0; i < ARRAY_LEN(wishes); i++) {
        device_write(&d, r->offset, 4, 0xffffffff);
        device_write(&d, r->offset, 4, wishes[i]);
        ck_assert_uint_eq(d.plan.count, 0);
        ck_assert_msg(device_read(&d, r->offset, 4) == r->base, "%s: %x",
                      r->name, wishes[i]);
    }
}
END_TEST

/* After a reset the hardware gets the exact base back, and nothing else. */
START_TEST(test_restore)
{
    const struct reg *r = &regs[_i];
    struct cfg_device d;
    uint32_t type;

    device_open(&d, "everything");
    memset(&d.may[PCI_BAR0], 0xff, 0x18);
    memset(&d.may[PCI_ROM_ADDRESS], 0xff, 4);
    device_write(&d, r->offset, 4, r->base);
    ck_assert_uint_eq(d.plan.count, 0);

    type = fake_hw_get(&d.hw, r->offset, 4) &
           (r->offset == BAR(3) || r->offset == BAR(5) ? 0 : 0xf);
    fake_hw_set(&d.hw, r->offset, 4, type);
    device_write(&d, r->offset, 4, 0xdead0000);
    ck_assert_uint_eq(fake_hw_get(&d.hw, r->offset, 4), type);
    device_write(&d, r->offset, 4, r->base);
    ck_assert_uint_eq(fake_hw_get(&d.hw, r->offset, 4), r->base);
}
END_TEST

/* The enable bit of the ROM stays as it was found. */
START_TEST(test_rom_enable)
{
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, PCI_ROM_ADDRESS, 4, 0xf0200001);
    ck_assert_uint_eq(d.plan.count, 0);
    ck_assert_uint_eq(device_read(&d, PCI_ROM_ADDRESS, 4), 0xf0200000);
    fake_hw_set(&d.hw, PCI_ROM_ADDRESS, 4, 0xf0200001);
    device_start(&d);
    ck_assert_uint_eq(device_read(&d, PCI_ROM_ADDRESS, 4), 0xf0200001);
    device_write(&d, PCI_ROM_ADDRESS, 4, 0xf0200000);
    ck_assert_uint_eq(d.plan.count, 0);
    ck_assert_uint_eq(device_read(&d, PCI_ROM_ADDRESS, 4), 0xf0200001);
}
END_TEST

/* A BAR that the host did not assign, or got wrong, is not there. */
START_TEST(test_absent)
{
    static const struct cfg_bar nothing[] = {
        { .kind = CFG_BAR_NONE, .base = 0xf0000000, .size = 0x1000 },
        { .kind = CFG_BAR_MEM32, .base = 0xf0000000, .size = 0 },
        { .kind = CFG_BAR_MEM32, .base = 0xf0000000, .size = 0x3000 },
        { .kind = CFG_BAR_MEM64, .base = 0xf0000000, .size = 0 },
    };
    struct cfg_device d;

    device_open(&d, "everything");
    d.params.bars[0] = nothing[_i];
    d.params.bars[1].kind = CFG_BAR_NONE;
    device_start(&d);
    for (unsigned int n = 0; n < 2; n++) {
        uint16_t at = (uint16_t)BAR(n);

        ck_assert_uint_eq(device_read(&d, at, 4), 0);
        device_write(&d, at, 4, 0xffffffff);
        ck_assert_uint_eq(device_read(&d, at, 4), 0);
        device_write(&d, at, 4, 0xf0000000);
        ck_assert_uint_eq(d.plan.count, 0);
        ck_assert_uint_eq(device_read(&d, at, 4), 0);
    }
}
END_TEST

/* The upper half of a BAR follows the lower one, whatever is listed there. */
START_TEST(test_high_half_wins)
{
    struct cfg_device d;

    device_open(&d, "everything");
    d.params.bars[3] = (struct cfg_bar){ .kind = CFG_BAR_MEM64,
                                         .base = 0xe0000000,
                                         .size = 0x1000 };
    d.params.bars[5] = d.params.bars[3];
    device_start(&d);
    ck_assert_uint_eq(device_read(&d, BAR(3), 4), 0x12);
    ck_assert_uint_eq(device_read(&d, BAR(4), 4), 0x80100004);
    ck_assert_uint_eq(device_read(&d, BAR(5), 4), 0x38);
}
END_TEST

/* NetBSD knows 4-byte accesses only: decode off, size all, decode on. */
START_TEST(test_netbsd_probe)
{
    struct cfg_device d;
    uint32_t csr;

    device_open(&d, "everything");
    csr = device_read(&d, PCI_COMMAND, 4);
    for (unsigned int i = 0; i < ARRAY_LEN(regs); i++) {
        const struct reg *r = &regs[i];
        uint32_t base = device_read(&d, r->offset, 4);

        device_write(&d, PCI_COMMAND, 4, csr & ~UINT32_C(3));
        device_write(&d, r->offset, 4, 0xffffffff);
        ck_assert_uint_eq(device_read(&d, r->offset, 4), r->size);
        device_write(&d, r->offset, 4, base);
        device_write(&d, PCI_COMMAND, 4, csr);
        ck_assert_uint_eq(device_read(&d, r->offset, 4), r->base);
    }
    ck_assert_uint_eq(device_read(&d, PCI_COMMAND, 4), csr);
    ck_assert_mem_eq(d.hw.bytes, d.pristine, sizeof(d.pristine));
}
END_TEST

/* Sizing a recorded device finds exactly what the host recorded. */
START_TEST(test_recorded_sizes)
{
    struct cfg_device d;

    device_open(&d, device_names[_i]);
    for (unsigned int n = 0; n < CFG_BARS; n++) {
        const struct cfg_bar *bar = &d.params.bars[n];
        uint16_t at = (uint16_t)(n == 6 ? PCI_ROM_ADDRESS : BAR(n));
        uint32_t mask = bar->kind == CFG_BAR_IO    ? PCI_BAR_IO_MASK
                        : bar->kind == CFG_BAR_ROM ? PCI_ROM_MASK
                                                   : PCI_BAR_MEM_MASK;
        uint64_t size;

        if (bar->kind == CFG_BAR_NONE)
            continue;
        device_write(&d, at, 4, 0xffffffff);
        size = device_read(&d, at, 4) & mask;
        if (bar->kind == CFG_BAR_MEM64) {
            device_write(&d, (uint16_t)(at + 4), 4, 0xffffffff);
            size |= (uint64_t)device_read(&d, (uint16_t)(at + 4), 4) << 32;
        } else {
            size |= UINT64_C(0xffffffff) << 32;
        }
        ck_assert_uint_eq(-size, bar->size);
    }
}
END_TEST

Suite *cfg_bar_suite(void)
{
    Suite *suite = suite_create("config BARs");
    TCase *tc = tcase_create("bars");
    const int nregs = (int)ARRAY_LEN(regs);

    tcase_add_loop_test(tc, test_sizing, 0, nregs);
    tcase_add_loop_test(tc, test_probe_values, 0, nregs);
    tcase_add_loop_test(tc, test_relocation_refused, 0, nregs);
    tcase_add_loop_test(tc, test_restore, 0, nregs);
    tcase_add_test(tc, test_rom_enable);
    tcase_add_loop_test(tc, test_absent, 0, 4);
    tcase_add_test(tc, test_high_half_wins);
    tcase_add_test(tc, test_netbsd_probe);
    tcase_add_loop_test(tc, test_recorded_sizes, 0, (int)device_count);
    suite_add_tcase(suite, tc);
    return suite;
}
