/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest reads of, and may do to, each register: one line a rule. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"

/* The hardware of the invented device; the guest's pirq and ids differ. */
struct view {
    const char *name;
    uint16_t offset;
    uint8_t size;
    uint32_t value;
    unsigned int reads; /* of the hardware */
};

static const struct view views[] = {
    { "ids are the host's", 0x00, 4, 0x56781234, 0 },
    { "device id alone", 0x02, 2, 0x5678, 0 },
    { "command", 0x04, 2, 0x0147, 1 },
    { "status", 0x06, 2, 0x3910, 1 },
    { "command and status are one read", 0x04, 4, 0x39100147, 1 },
    { "revision and class", 0x08, 4, 0x02000003, 0 },
    { "base class alone", 0x0b, 1, 0x02, 0 },
    { "cache line size", 0x0c, 1, 0x10, 1 },
    { "latency and header type", 0x0c, 4, 0x80804010, 1 },
    { "header type", 0x0e, 1, 0x80, 0 },
    { "BAR 0", 0x10, 4, 0xf0000008, 0 },
    { "BAR 1", 0x14, 4, 0x0000e001, 0 },
    { "BAR 2 low", 0x18, 4, 0x0000000c, 0 },
    { "BAR 2 high", 0x1c, 4, 0x00000012, 0 },
    { "BAR 4, upper 16 bits of its low half", 0x22, 2, 0x8010, 0 },
    { "subsystem", 0x2c, 4, 0xbeefcafe, 0 },
    { "ROM", 0x30, 4, 0xf0200000, 1 },
    { "capabilities pointer", 0x34, 1, EVERYTHING_PM, 0 },
    { "interrupt registers", 0x3c, 4, 0x08040117, 0 },
    { "PM header and PMC without PME", EVERYTHING_PM, 4, 0x06035001, 0 },
    { "PMCSR", EVERYTHING_PM + 4, 2, 0x8108, 1 },
    { "PM data", EVERYTHING_PM + 7, 1, 0x55, 1 },
    { "PM bridge extensions", EVERYTHING_PM + 6, 1, 0x00, 0 },
    { "VPD data", EVERYTHING_VPD + 4, 4, 0x44332211, 1 },
    { "MSI header", EVERYTHING_MSI, 2, 0x8005, 0 },
    { "MSI control", EVERYTHING_MSI + 2, 2, 0x0180, 1 },
    { "MSI-X control", EVERYTHING_MSIX + 2, 2, 0x0007, 1 },
    { "MSI-X table", EVERYTHING_MSIX + 4, 4, 0x00002004, 0 },
    { "MSI-X PBA", EVERYTHING_MSIX + 8, 4, 0x00003004, 0 },
    { "PCIe header and flags", EVERYTHING_EXP, 4, 0x0002d010, 0 },
    { "PCIe device capabilities", EVERYTHING_EXP + 4, 4, 0x00008fc1, 0 },
    { "PCIe device status", EVERYTHING_EXP + 10, 2, 0x000f, 1 },
    { "vendor's header and length", EVERYTHING_VENDOR, 2, 0xe009, 0 },
    { "AF capabilities", EVERYTHING_AF + 3, 1, 0x01, 0 },
    { "vendor's own", EVERYTHING_VENDOR + 4, 4, 0xa5a5a5a5, 1 },
    { "extended header", EVERYTHING_AER, 4, 0x15020001, 0 },
    { "AER mask", EVERYTHING_AER + 8, 4, 0x00462030, 1 },
    { "serial number", EVERYTHING_DSN + 4, 4, 0x01020304, 0 },
};

START_TEST(test_view)
{
    const struct view *v = &views[_i];
    struct cfg_device d;
    uint32_t value;

    device_open(&d, "everything");
    value = device_read(&d, v->offset, v->size);
    ck_assert_msg(value == v->value, "%s: %x", v->name, value);
    ck_assert_msg(d.hw.reads == v->reads, "%s: %u reads", v->name, d.hw.reads);
}
END_TEST

/* XSA-337: what was true at attach stays true, whatever the device says now. */
START_TEST(test_xsa_337_frozen_survives_hardware)
{
    const struct view *v = &views[_i];
    struct cfg_device d;

    if (v->reads != 0)
        return;
    device_open(&d, "everything");
    memset(d.hw.bytes, 0xee, sizeof(d.hw.bytes));
    ck_assert_msg(device_read(&d, v->offset, v->size) == v->value, "%s",
                  v->name);
}
END_TEST

/* One write to a fresh device; what the same place reads afterwards. */
struct rule {
    const char *name;
    uint16_t offset;
    uint8_t size;
    uint32_t value;
    uint32_t hw;
    uint32_t guest;
    enum pci_wire_err err;
};

#define DENIED PCI_ERR_ACCESS_DENIED
#define PM     EVERYTHING_PM
#define VPD    EVERYTHING_VPD
#define MSI    EVERYTHING_MSI
#define MSIX   EVERYTHING_MSIX
#define EXPR   EVERYTHING_EXP
#define DROP   0

static const struct rule rules[] = {
    { "vendor", 0x00, 2, 0xdead, 0xffff, 0x1234, DROP },
    { "vendor and device", 0x00, 4, 0, 0xffffffff, 0x56781234, DROP },
    { "command all off", 0x04, 2, 0, 0x0143, 0x0000, 0 },
    { "command all on", 0x04, 2, 0xffff, 0x0157, 0x0557, 0 },
    { "command low byte", 0x04, 1, 0x00, 0x43, 0x00, 0 },
    { "command high byte", 0x05, 1, 0x04, 0x01, 0x04, 0 },
    { "bus master off", 0x04, 2, 0x0143, 0x0143, 0x0143, 0 },
    { "INTx disable is a copy", 0x04, 2, 0x0547, 0x0147, 0x0547, 0 },
    { "special cycles", 0x04, 2, 0x014f, 0x0147, 0x0147, 0 },
    { "status", 0x06, 2, 0xffff, 0x3910, 0x3910, DROP },
    { "status high byte", 0x07, 1, 0xff, 0x39, 0x39, DROP },
    { "command with status", 0x04, 4, 0xffff0010, 0x39100153, 0x39100010, 0 },
    { "class", 0x08, 4, 0, 0x02000003, 0x02000003, DROP },
    { "cache line size", 0x0c, 1, 0x20, 0x20, 0x20, 0 },
    { "latency", 0x0d, 1, 0xff, 0x40, 0x40, DROP },
    { "header type", 0x0e, 1, 0x00, 0x80, 0x80, DROP },
    { "cache line in a dword", 0x0c, 4, 0xffff08, 0x80804008, 0x80804008, 0 },
    { "BIST start alone", 0x0f, 1, 0x40, 0x40, 0x40, 0 },
    { "BIST start and capable", 0x0f, 1, 0xc0, 0xc0, 0xc0, 0 },
    { "BIST other", 0x0f, 1, 0xc1, 0x80, 0x80, DROP },
    { "BIST zero", 0x0f, 1, 0x00, 0x80, 0x80, DROP },
    { "CIS", 0x28, 4, 0, 0x12345678, 0x12345678, DROP },
    { "subsystem", 0x2e, 2, 0, 0xbeef, 0xbeef, DROP },
    { "capabilities pointer", 0x34, 1, 0x90, 0x40, 0x40, DROP },
    { "reserved", 0x38, 4, 0xffffffff, 0, 0, DROP },
    { "interrupt line", 0x3c, 1, 9, 11, 23, DROP },
    { "interrupt pin", 0x3d, 1, 2, 1, 1, DROP },
    { "Min_Gnt and Max_Lat", 0x3e, 2, 0xffff, 0x0804, 0x0804, DROP },
    { "PM header", PM, 2, 0, 0x5001, 0x5001, DROP },
    { "PMC", PM + 2, 2, 0xffff, 0xfe03, 0x0603, DROP },
    { "D3hot", PM + 4, 2, 0x0003, 0x810b, 0x810b, 0 },
    { "D3hot, low byte", PM + 4, 1, 0x03, 0x0b, 0x0b, 0 },
    { "D2, which PMC has", PM + 4, 1, 0x02, 0x0a, 0x0a, 0 },
    { "PME_Status cleared", PM + 4, 2, 0x8000, 0x0108, 0x0108, 0 },
    { "PME_En kept, data select", PM + 4, 2, 0x0400, 0x8508, 0x8508, 0 },
    { "PM data", PM + 7, 1, 0, 0x55, 0x55, DROP },
    { "VPD read", VPD + 2, 2, 0x0010, 0x0010, 0x0010, 0 },
    { "VPD write", VPD + 2, 2, 0x8010, 0x8000, 0x8000, DENIED },
    { "VPD write, high byte", VPD + 3, 1, 0x80, 0x80, 0x80, DENIED },
    { "VPD write in a dword", VPD, 4, 0x80100000, 0x80006003, 0x80006003,
      DENIED },
    { "VPD data", VPD + 4, 4, 0, 0x44332211, 0x44332211, DROP },
    { "MSI control equal", MSI + 2, 2, 0x0180, 0x0180, 0x0180, 0 },
    { "MSI enable", MSI + 2, 2, 0x0181, 0x0180, 0x0180, DENIED },
    { "MSI enable, byte", MSI + 2, 1, 0x81, 0x80, 0x80, DENIED },
    { "MSI enable, dword", MSI, 4, 0x01818005, 0x01808005, 0x01808005, DENIED },
    { "MSI equal, dword", MSI, 4, 0x0180ffff, 0x01808005, 0x01808005, 0 },
    { "MSI address", MSI + 4, 4, 0, 0xfee00000, 0xfee00000, DROP },
    { "MSI data", MSI + 12, 2, 0, 0x4021, 0x4021, DROP },
    { "MSI mask", MSI + 16, 4, 0, 1, 1, DROP },
    { "MSI-X control equal", MSIX + 2, 2, 0x0007, 0x0007, 0x0007, 0 },
    { "MSI-X enable", MSIX + 2, 2, 0x8007, 0x0007, 0x0007, DENIED },
    { "MSI-X mask all", MSIX + 3, 1, 0x40, 0x00, 0x00, DENIED },
    { "MSI-X table", MSIX + 4, 4, 0, 0x2004, 0x2004, DROP },
    { "device reset", EXPR + 8, 2, 0x8000, 0x2810, 0x2810, DROP },
    { "device status", EXPR + 10, 2, 0xffff, 0x000f, 0x000f, DROP },
    { "link control", EXPR + 16, 2, 0, 0x0040, 0x0040, DROP },
    { "vendor capability", 0xd4, 4, 0, 0xa5a5a5a5, 0xa5a5a5a5, DROP },
    { "AF reset", EVERYTHING_AF + 4, 1, 1, 0, 0, DROP },
    { "AER header", EVERYTHING_AER, 4, 0, 0x15020001, 0x15020001, DROP },
    { "AER mask", EVERYTHING_AER + 8, 4, 0, 0x00462030, 0x00462030, DROP },
    { "no capability", 0xf0, 4, 0xffffffff, 0, 0, DROP },
    { "the last byte", 0xfff, 1, 0xff, 0, 0, DROP },
};

START_TEST(test_rule)
{
    const struct rule *r = &rules[_i];
    struct cfg_device d;
    enum pci_wire_err err;
    uint32_t hw, guest;

    device_open(&d, "everything");
    err = device_write(&d, r->offset, r->size, r->value);
    hw = fake_hw_get(&d.hw, r->offset, r->size);
    guest = device_read(&d, r->offset, r->size);
    ck_assert_msg(err == r->err, "%s: %d", r->name, (int)err);
    ck_assert_msg(hw == r->hw, "%s: hardware has %x", r->name, hw);
    ck_assert_msg(guest == r->guest, "%s: guest reads %x", r->name, guest);
}
END_TEST

struct invalid {
    int32_t offset;
    int32_t size;
};

static const struct invalid invalid[] = {
    { 0, 0 },         { 0, 3 },
    { 0, 8 },         { 0, -1 },
    { 0, INT32_MIN }, { 1, 2 },
    { 2, 4 },         { -1, 1 },
    { -4, 4 },        { INT32_MIN, 4 },
    { 0x1000, 1 },    { 256, 4 },
    { 0x102, 2 },     { INT32_MAX - 3, 4 },
};

START_TEST(test_invalid_access)
{
    struct cfg_device d;
    uint32_t value = 1;
    enum pci_wire_err err;

    device_open(&d, "edu"); /* 256 bytes */
    err = cfgspace_read(&d.cs, invalid[_i].offset, invalid[_i].size, &value);
    ck_assert_int_eq(err, PCI_ERR_INVALID_OFFSET);
    ck_assert_uint_eq(value, 0);
    err =
        cfgspace_write(&d.cs, invalid[_i].offset, invalid[_i].size, 0, &d.plan);
    ck_assert_int_eq(err, PCI_ERR_INVALID_OFFSET);
    ck_assert_uint_eq(d.plan.count, 0);
    ck_assert_uint_eq(d.hw.reads, 0);
}
END_TEST

START_TEST(test_failing_hardware)
{
    struct cfg_device d;
    uint32_t value = 1;

    device_open(&d, "everything");
    d.hw.error = -EIO;
    ck_assert_int_eq(cfgspace_read(&d.cs, 0x04, 4, &value), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(value, 0);
    ck_assert_int_eq(device_write(&d, 0x04, 2, 0), PCI_ERR_OP_FAILED);
    d.hw.error = -ENODEV;
    ck_assert_int_eq(cfgspace_read(&d.cs, 0x04, 4, &value),
                     PCI_ERR_DEV_NOT_FOUND);
    /* A refused write has no half effects. */
    ck_assert_int_eq(device_write(&d, 0x04, 2, 0), PCI_ERR_DEV_NOT_FOUND);
    ck_assert(cfgspace_memory_enabled(&d.cs));
    ck_assert_uint_eq(device_read(&d, 0x00, 4), 0x56781234);
}
END_TEST

START_TEST(test_memory_enabled)
{
    struct cfg_device d;

    device_open(&d, "everything");
    ck_assert(cfgspace_memory_enabled(&d.cs));
    device_write(&d, PCI_COMMAND, 1, 0x04);
    ck_assert(!cfgspace_memory_enabled(&d.cs));
    device_write(&d, PCI_COMMAND, 4, 0x06);
    ck_assert(cfgspace_memory_enabled(&d.cs));
}
END_TEST

/* A write that would change nothing does not bother the hardware ... */
START_TEST(test_no_needless_write)
{
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, PCI_COMMAND, 2, 0x0544);
    ck_assert_uint_eq(d.plan.count, 0);
    /* ... except where the write itself is the message. */
    device_write(&d, VPD + 2, 2, 0x0004);
    ck_assert_uint_eq(d.plan.count, 1);
    device_write(&d, VPD + 2, 2, 0x0004);
    ck_assert_uint_eq(d.plan.count, 1);
}
END_TEST

/* The next guest does not inherit the last one's view; a restart does. */
START_TEST(test_owners)
{
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, PCI_COMMAND, 2, 0x0400);
    device_write(&d, PCI_BAR0, 4, 0xffffffff);
    d.params.irq_line = 42;
    cfgspace_init(&d.cs, &d.params, d.pristine, &d.shadow, fake_hw_ops(&d.hw),
                  CFG_CONTINUE);
    ck_assert_uint_eq(device_read(&d, PCI_COMMAND, 2), 0x0400);
    ck_assert_uint_eq(device_read(&d, PCI_BAR0, 4), 0xffff0008);
    ck_assert_uint_eq(device_read(&d, PCI_INTERRUPT_LINE, 1), 42);
    cfgspace_init(&d.cs, &d.params, d.pristine, &d.shadow, fake_hw_ops(&d.hw),
                  CFG_FRESH);
    ck_assert_uint_eq(device_read(&d, PCI_COMMAND, 2), 0x0143);
    ck_assert_uint_eq(device_read(&d, PCI_BAR0, 4), 0xf0000008);
}
END_TEST

/* A fresh owner's copies hold nothing of the last one's, not even unseen. */
START_TEST(test_fresh_is_clean)
{
    struct cfg_device d;
    struct cfg_shadow clean;

    device_open(&d, device_names[_i]);
    clean = d.shadow;
    memset(&d.shadow, 0xa5, sizeof(d.shadow));
    device_start(&d);
    ck_assert_mem_eq(&d.shadow, &clean, sizeof(clean));
}
END_TEST

/* Rows that this version of a capability does not have are not copied. */
START_TEST(test_copies_stay_inside)
{
    struct cfg_device d;

    device_open(&d, "e1000e"); /* PCI Express version 1 at e0 */
    ck_assert_uint_ne(fake_hw_get(&d.hw, 0xe0 + PCI_EXP_LNKCAP2, 4), 0);
    ck_assert_uint_eq(le32_load(&d.shadow.bytes[0xe0 + PCI_EXP_LNKCAP2]), 0);
}
END_TEST

/* XSA-337: half of this register is status, the table size is not. */
START_TEST(test_msix_size_is_frozen)
{
    struct cfg_device d;

    device_open(&d, "everything");
    fake_hw_set(&d.hw, MSIX + 2, 2, 0xc7ff);
    ck_assert_uint_eq(device_read(&d, MSIX + 2, 2), 0xc007);
}
END_TEST

/* Bytes that the guest does not write clear no status bits beside them. */
START_TEST(test_clear_only_what_is_written)
{
    struct cfg_device d;

    device_open(&d, "everything");
    device_write(&d, PM + 4, 1, 0x03);
    ck_assert_uint_eq(fake_hw_get(&d.hw, PM + 4, 2), 0x810b);
    device_write(&d, PM + 5, 1, 0x80);
    ck_assert_uint_eq(fake_hw_get(&d.hw, PM + 4, 2), 0x010b);
}
END_TEST

Suite *cfg_rules_suite(void)
{
    Suite *suite = suite_create("config rules");
    TCase *tc = tcase_create("rules");

    tcase_add_loop_test(tc, test_view, 0, (int)ARRAY_LEN(views));
    tcase_add_loop_test(tc, test_xsa_337_frozen_survives_hardware, 0,
                        (int)ARRAY_LEN(views));
    tcase_add_loop_test(tc, test_rule, 0, (int)ARRAY_LEN(rules));
    tcase_add_loop_test(tc, test_invalid_access, 0, (int)ARRAY_LEN(invalid));
    tcase_add_test(tc, test_failing_hardware);
    tcase_add_test(tc, test_memory_enabled);
    tcase_add_test(tc, test_no_needless_write);
    tcase_add_test(tc, test_owners);
    tcase_add_loop_test(tc, test_fresh_is_clean, 0, (int)device_count);
    tcase_add_test(tc, test_copies_stay_inside);
    tcase_add_test(tc, test_msix_size_is_frozen);
    tcase_add_test(tc, test_clear_only_what_is_written);
    suite_add_tcase(suite, tc);
    return suite;
}
