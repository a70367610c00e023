/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that did not come out of their reset clean, and hardware that lies. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device-case.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"
#include "temp-tree.h"

#define OTHER_DOMID 6
#define NVME_UUID   "05050505-0505-0505-0505-050505050505"

static void setup(void)
{
    device_case_setup();
    fake_xen_domain(OTHER_DOMID)->exists = true;
    memset(fake_xen_domain(BACK_DOMID)->uuid, 5, 16);
    memset(fake_xen_domain(OTHER_DOMID)->uuid, 6, 16);
}

/* The file is there, the kernel offers a method, and each attempt fails. */
static void break_reset(void)
{
    temp_tree_remove(world_path(case_nvme, "reset"));
    temp_tree_dir(world_path(case_nvme, "reset"));
}

static void mend_reset(void)
{
    temp_tree_remove(world_path(case_nvme, "reset"));
    temp_tree_file(world_path(case_nvme, "reset"), "");
}

static struct reset_record record(void)
{
    struct reset_record r;

    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nvme, 0x1b36, 0x0010, &r), 0);
    return r;
}

static int claim_for(uint16_t domid, bool allow_dirty, struct device **dev)
{
    const struct policy policy = { .allow_dirty = allow_dirty };
    struct device_claim claim = {
        .sbdf = case_nvme,
        .domid = domid,
        .policy = &policy,
        .done = case_on_done,
    };

    memset(&case_seen, 0, sizeof(case_seen));
    *dev = device_claim(world_hyp, world_store, &claim, case_seen.why);
    if (!*dev)
        return -errno;
    ck_assert(run_until(case_done, NULL));
    return case_seen.err;
}

static void make_dirty(void)
{
    struct device *dev = claim_ok(case_nvme);

    break_reset();
    ck_assert_int_lt(release_device(dev), 0);
}

START_TEST(a_failed_reset_is_recorded)
{
    struct reset_record r;
    struct device *dev = claim_ok(case_nvme);

    r = record();
    ck_assert(r.clean);
    ck_assert_str_eq(r.method, "flr");
    ck_assert_str_eq(r.reason, "");
    ck_assert_str_eq(r.uuid, "");
    ck_assert_int_gt(r.time, 0);
    break_reset();
    ck_assert_int_eq(release_device(dev), -EISDIR);
    r = record();
    ck_assert(!r.clean);
    ck_assert_str_eq(r.method, "flr");
    ck_assert_str_eq(r.reason, "flr: the kernel says: Is a directory");
    ck_assert_str_eq(r.uuid, NVME_UUID);
    /* Xen has it in quarantine all the same. */
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}
END_TEST

START_TEST(a_dirty_device_is_refused_in_words)
{
    struct device *dev;

    make_dirty();
    fake_xen_clear_log();
    ck_assert_int_eq(claim_for(OTHER_DOMID, false, &dev), -EBUSY);
    ck_assert_ptr_nonnull(strstr(case_seen.why, "0000:03:00.0 is dirty"));
    ck_assert_ptr_nonnull(strstr(case_seen.why, "Is a directory"));
    ck_assert_ptr_nonnull(strstr(case_seen.why, "allow_dirty=1"));
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
    /* The refusal does not make the refused one its last guest. */
    ck_assert_str_eq(record().uuid, NVME_UUID);
    ck_assert_int_eq(claim_for(OTHER_DOMID, false, &dev), -EBUSY);
}
END_TEST

START_TEST(a_dirty_device_may_be_forced)
{
    struct device *dev;

    make_dirty();
    ck_assert_int_eq(claim_for(OTHER_DOMID, true, &dev), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), OTHER_DOMID);
    ck_assert(!record().clean);
    ck_assert_int_lt(release_device(dev), 0);
    ck_assert_str_eq(record().uuid, "06060606-0606-0606-0606-060606060606");
}
END_TEST

START_TEST(its_last_guest_gets_it_back)
{
    struct device *dev;

    make_dirty();
    ck_assert_int_eq(claim_for(BACK_DOMID, false, &dev), 0);
    ck_assert_int_lt(release_device(dev), 0);
}
END_TEST

START_TEST(a_reset_that_works_makes_it_clean)
{
    struct device *dev;

    make_dirty();
    mend_reset();
    ck_assert_int_eq(claim_for(OTHER_DOMID, false, &dev), 0);
    ck_assert(record().clean);
    ck_assert_str_eq(record().reason, "");
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert(record().clean);
}
END_TEST

/* Nobody's fault, and as with any other backend. */
START_TEST(without_a_method_it_is_not_dirty)
{
    struct device *dev;

    temp_tree_file(world_path(case_nvme, "reset_method"), "\n");
    dev = claim_ok(case_nvme);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert(record().clean);
    ck_assert_str_eq(record().method, "");
    ck_assert_int_eq(claim_for(OTHER_DOMID, false, &dev), 0);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(a_record_of_another_device_is_none)
{
    struct reset_record r;

    make_dirty();
    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nvme, 0x8086, 0x0010, &r), -ENOENT);
    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nvme, 0x1b36, 0x0011, &r), -ENOENT);
    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nic, 0x8086, 0x10d3, &r), -ENOENT);
    temp_tree_file("run/0000-03-00-0.reset.json", "{ \"clean\": true }");
    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nvme, 0x1b36, 0x0010, &r), -EPROTO);
    temp_tree_file("run/0000-03-00-0.reset.json", "{");
    ck_assert_int_eq(
        reset_record_load(state_dir(), case_nvme, 0x1b36, 0x0010, &r), -EPROTO);
}
END_TEST

/* It is no record of a guest's device for the next broker. */
START_TEST(a_record_is_not_taken_for_a_device)
{
    struct sbdf *list = NULL;
    unsigned int count = 1;

    make_dirty();
    ck_assert_int_eq(state_list(&list, &count), 0);
    ck_assert_uint_eq(count, 0);
    free(list);
}
END_TEST

/* Hardware that is something else after its guest than before. */
static const struct {
    uint16_t offset;
    uint8_t size;
    uint32_t value;
    int err;
    bool usable; /* as far as can be told from the outside */
    const char *reason;
} lies[] = {
    { PCI_VENDOR_ID, 4, UINT32_MAX, -ENODEV, false,
      "needs a device that answers" },
    { PCI_VENDOR_ID, 4, 0x100e8086, -ESTALE, false, "another device answers" },
    { PCI_REVISION_ID, 4, 0x02000003, -ESTALE, true, "another device answers" },
    { PCI_HEADER_TYPE, 1, 0x01, -ESTALE, false, "another device answers" },
};

START_TEST(xsa_337_a_device_that_turned_into_another_is_dirty)
{
    struct device *dev = claim_ok(case_nvme);

    world_set(case_nvme, lies[_i].offset, lies[_i].size, lies[_i].value);
    ck_assert_int_eq(release_device(dev), lies[_i].err);
    ck_assert(!record().clean);
    ck_assert_msg(strstr(record().reason, lies[_i].reason) != NULL, "%s",
                  record().reason);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    /* Force is no help with a device that is not the one the kernel knows. */
    ck_assert_int_eq(claim_for(OTHER_DOMID, true, &dev) == 0, lies[_i].usable);
    if (lies[_i].usable)
        ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* The table's place was read when the device was attached. */
START_TEST(xsa_337_interrupts_use_what_was_read_at_attach)
{
    static const uint16_t entries[] = { 0 };
    struct device *dev = claim_ok(case_nvme);
    char before[512];
    unsigned int granted;

    fake_xen_clear_log();
    fake_xen_next_pirq(100);
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    strcpy(before, fake_xen_log());
    case_msi_off(dev);
    world_set(case_nvme, MSIX_CONTROL + 2, 4, 0x7ffffff5);
    world_set(case_nvme, 0x34, 1, 0xfc);
    world_set(case_nvme, PCI_BAR0, 4, 0x10000004);
    fake_xen_clear_log();
    fake_xen_next_pirq(100);
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    ck_assert_str_eq(fake_xen_log(), before);
    (void)release_device(dev);
}
END_TEST

/* All its registers are gone, as when it was pulled out. */
START_TEST(a_device_that_vanished_is_let_go_and_dirty)
{
    struct device *dev = claim_ok(case_nvme);

    temp_tree_remove(world_path(case_nvme, "reset_method"));
    temp_tree_remove(world_path(case_nvme, "reset"));
    temp_tree_file(world_path(case_nvme, "config"), "");
    ck_assert_int_lt(release_device(dev), 0);
    ck_assert(!record().clean);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
}
END_TEST

TCase *device_dirty_tests(void)
{
    TCase *tc = tcase_create("dirty");

    tcase_add_checked_fixture(tc, setup, world_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_failed_reset_is_recorded);
    tcase_add_test(tc, a_dirty_device_is_refused_in_words);
    tcase_add_test(tc, a_dirty_device_may_be_forced);
    tcase_add_test(tc, its_last_guest_gets_it_back);
    tcase_add_test(tc, a_reset_that_works_makes_it_clean);
    tcase_add_test(tc, without_a_method_it_is_not_dirty);
    tcase_add_test(tc, a_record_of_another_device_is_none);
    tcase_add_test(tc, a_record_is_not_taken_for_a_device);
    tcase_add_loop_test(tc, xsa_337_a_device_that_turned_into_another_is_dirty,
                        0, (int)ARRAY_LEN(lies));
    tcase_add_test(tc, xsa_337_interrupts_use_what_was_read_at_attach);
    tcase_add_test(tc, a_device_that_vanished_is_let_go_and_dirty);
    return tc;
}
