/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What never reaches hardware, whatever a guest, or a captured worker, tries. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"

static const uint8_t sizes[] = { 1, 2, 4 };

/* One pattern to every place in every width; device_write() judges each. */
static void write_everywhere(struct cfg_device *d, uint32_t pattern)
{
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++)
        for (unsigned int at = 0; at < d->hw.size; at += sizes[s])
            device_write(d, (uint16_t)at, sizes[s], pattern);
}

/* XSA-120, XSA-128, XSA-129, XSA-131: every register, known or not. */
START_TEST(test_xsa_131_write_everywhere)
{
    static const uint32_t patterns[] = { 0xffffffff, 0, 0xaaaaaaaa, 0x55555555,
                                         0x40404040 };
    struct cfg_device d;

    for (unsigned int i = 0; i < ARRAY_LEN(patterns); i++) {
        device_open(&d, device_names[_i]);
        write_everywhere(&d, patterns[i]);
        device_judge(&d, d.pristine);
    }
}
END_TEST

START_TEST(test_xsa_120_decode_stays_on)
{
    struct cfg_device d;

    device_open(&d, device_names[_i]);
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++)
        device_write(&d, PCI_COMMAND, sizes[s], 0);
    ck_assert(!cfgspace_memory_enabled(&d.cs));
    ck_assert_uint_eq(fake_hw_get(&d.hw, PCI_COMMAND, 2) &
                          (PCI_COMMAND_IO | PCI_COMMAND_MEMORY),
                      d.pristine[PCI_COMMAND] &
                          (PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
}
END_TEST

START_TEST(test_xsa_128_129_msi_registers)
{
    struct cfg_device d;

    device_open(&d, "everything");
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++)
        for (unsigned int at = 4; at < 0x18; at += sizes[s]) {
            device_write(&d, (uint16_t)(EVERYTHING_MSI + at), sizes[s], 0xffff);
            ck_assert_uint_eq(d.plan.count, 0);
        }
    ck_assert_mem_eq(d.hw.bytes, d.pristine, sizeof(d.pristine));
}
END_TEST

struct permit {
    const char *name;
    struct cfg_write w;
    bool ok;
};

#define PM   EVERYTHING_PM
#define VPD  EVERYTHING_VPD
#define MSI  EVERYTHING_MSI
#define MSIX EVERYTHING_MSIX

static const struct permit permits[] = {
    { "bus master off", { 0x04, 2, 0x0143 }, true },
    { "MWI on", { 0x04, 2, 0x0157 }, true },
    { "command as it is", { 0x04, 2, 0x0147 }, true },
    { "memory decode off", { 0x04, 2, 0x0145 }, false },
    { "IO decode off", { 0x04, 2, 0x0146 }, false },
    { "INTx disable", { 0x04, 2, 0x0547 }, false },
    { "parity off", { 0x04, 2, 0x0107 }, false },
    { "special cycles", { 0x04, 2, 0x014f }, false },
    { "half of command", { 0x04, 1, 0x43 }, false },
    { "command and status", { 0x04, 4, 0x0143 }, false },
    { "status cleared", { 0x06, 2, 0xffff }, false },
    { "status as it reads, which clears it", { 0x06, 2, 0x3910 }, false },
    { "ids as they read", { 0x00, 2, 0xffff }, false },
    { "cache line size", { 0x0c, 1, 0x08 }, true },
    { "latency", { 0x0d, 1, 0x20 }, false },
    { "latency as it is", { 0x0d, 1, 0x40 }, false },
    { "cache line size with more", { 0x0c, 2, 0x4008 }, false },
    { "self-test", { 0x0f, 1, 0x40 }, true },
    { "self-test, other bits", { 0x0f, 1, 0xc1 }, false },
    { "BAR as it is", { 0x10, 4, 0xf0000008 }, true },
    { "BAR elsewhere", { 0x10, 4, 0xf0010008 }, false },
    { "BAR all ones", { 0x10, 4, 0xffffffff }, false },
    { "BAR type changed", { 0x10, 4, 0xf0000000 }, false },
    { "part of a BAR", { 0x12, 2, 0xf000 }, false },
    { "upper half", { 0x1c, 4, 0x12 }, true },
    { "upper half elsewhere", { 0x1c, 4, 0x13 }, false },
    { "ROM", { 0x30, 4, 0xf0200000 }, true },
    { "ROM enabled", { 0x30, 4, 0xf0200001 }, false },
    { "interrupt line", { 0x3c, 1, 23 }, false },
    { "PM header", { PM, 2, 0x5001 }, false },
    { "D3hot", { PM + 4, 2, 0x010b }, true },
    { "D3hot and PME_Status", { PM + 4, 2, 0x810b }, true },
    { "PME_En off", { PM + 4, 2, 0x0008 }, false },
    { "VPD read", { VPD + 2, 2, 0x0004 }, true },
    { "VPD write", { VPD + 2, 2, 0x8004 }, false },
    { "VPD write that changes no bit", { VPD + 2, 2, 0x8000 }, false },
    { "VPD data", { VPD + 4, 4, 0x44332211 }, false },
    { "MSI on", { MSI + 2, 2, 0x0181 }, false },
    { "MSI control as it is", { MSI + 2, 2, 0x0180 }, false },
    { "MSI data", { MSI + 12, 4, 0x4022 }, false },
    { "MSI-X on", { MSIX + 2, 2, 0x8007 }, false },
    { "MSI-X control as it is", { MSIX + 2, 2, 0x0007 }, false },
    { "function reset", { EVERYTHING_EXP + 8, 2, 0xa810 }, false },
    { "vendor's own", { EVERYTHING_VENDOR + 4, 4, 0 }, false },
    { "no capability at all", { 0xf0, 4, 0 }, false },
    { "an extended capability", { EVERYTHING_AER + 8, 4, 0 }, false },
    { "size 3", { 0x0c, 3, 0 }, false },
    { "size 0", { 0x0c, 0, 0 }, false },
    { "size 8", { 0x08, 8, 0 }, false },
    { "misaligned", { 0x05, 2, 0x4701 }, false },
    { "beyond the end", { 0x1000, 1, 0 }, false },
    { "far beyond the end", { 0xfffc, 4, 0 }, false },
    { "wider than its size", { 0x0c, 1, 0x108 }, false },
};

START_TEST(test_permit)
{
    const struct permit *p = &permits[_i];
    struct cfg_device d;

    device_open(&d, "everything");
    ck_assert_msg(cfgspace_permits(&d.broker, &p->w) == p->ok, "%s", p->name);
}
END_TEST

/* The BAR's only other value: what the device had, when it lost it. */
START_TEST(test_permit_restore)
{
    const struct cfg_write back = { 0x10, 4, 0xf0000008 };
    const struct cfg_write other = { 0x10, 4, 0xf0100008 };
    struct cfg_device d;

    device_open(&d, "everything");
    fake_hw_set(&d.hw, 0x10, 4, 0x00000008);
    ck_assert(cfgspace_permits(&d.broker, &back));
    ck_assert(!cfgspace_permits(&d.broker, &other));
}
END_TEST

/* Without an answer from the hardware there is no permission. */
START_TEST(test_permit_needs_hardware)
{
    const struct cfg_write w = { 0x0c, 1, 0x08 };
    struct cfg_device d;

    device_open(&d, "everything");
    d.hw.error = -EIO;
    ck_assert(!cfgspace_permits(&d.broker, &w));
}
END_TEST

/* Every bit of every row and every gap, flipped alone. */
START_TEST(test_permit_every_bit)
{
    struct cfg_device d;

    device_open(&d, device_names[_i]);
    for (unsigned int s = 0; s < ARRAY_LEN(sizes); s++)
        for (unsigned int at = 0; at < d.hw.size; at += sizes[s])
            for (unsigned int bit = 0; bit < 8u * sizes[s]; bit++) {
                struct cfg_write w = { (uint16_t)at, sizes[s], 0 };
                unsigned int byte = at + bit / 8;

                w.value = fake_hw_get(&d.hw, w.offset, w.size) ^ (uint32_t)1
                                                                     << bit;
                if ((d.may[byte] & 1u << bit % 8) == 0 &&
                    cfgspace_permits(&d.broker, &w))
                    ck_abort_msg("%s: %03x/%u bit %u", device_names[_i], at,
                                 sizes[s], bit);
            }
}
END_TEST

Suite *cfg_guard_suite(void)
{
    Suite *suite = suite_create("config guard");
    TCase *tc = tcase_create("guard");
    const int ndevices = (int)device_count;

    tcase_add_loop_test(tc, test_xsa_131_write_everywhere, 0, ndevices);
    tcase_add_loop_test(tc, test_xsa_120_decode_stays_on, 0, ndevices);
    tcase_add_test(tc, test_xsa_128_129_msi_registers);
    tcase_add_loop_test(tc, test_permit, 0, (int)ARRAY_LEN(permits));
    tcase_add_test(tc, test_permit_restore);
    tcase_add_test(tc, test_permit_needs_hardware);
    tcase_add_loop_test(tc, test_permit_every_bit, 0, ndevices);
    suite_add_tcase(suite, tc);
    return suite;
}
