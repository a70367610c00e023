/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two devices in one 4 KiB page, or on one line (XSA-461). */
#include <errno.h>
#include <string.h>

#include "device-case.h"
#include "run-until.h"

#define OTHER_DOMID 6
#define EMPTY       "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

static const struct sbdf near = { .bus = 6 };

/* 256 bytes behind the nvme's, in its last page, and on its line. */
static const struct back_model neighbour = {
    .dump = "edu",
    .resource =
        "0x00000000feb33f00 0x00000000feb33fff 0x0000000000040200\n" EMPTY EMPTY
            EMPTY EMPTY EMPTY EMPTY,
    .class_code = "0x00ff00\n",
    .irq = 10,
};

static void setup(void)
{
    device_case_setup();
    fake_xen_domain(OTHER_DOMID)->exists = true;
    world_add(near, &neighbour);
}

START_TEST(xsa_461_two_guests_never_share_a_page)
{
    struct device *dev = claim_ok(case_nvme);

    fake_xen_clear_log();
    ck_assert_ptr_nonnull(start_claim(near, OTHER_DOMID));
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, -EBUSY);
    ck_assert_ptr_nonnull(strstr(
        case_seen.why, "0000:06:00.0 has registers in one 4 KiB page with "
                       "0000:03:00.0, which domain 5 has"));
    ck_assert_ptr_nonnull(
        strstr(case_seen.why, "pci=resource_alignment=0000:06:00.0"));
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_ptr_null(device_by_sbdf(near));
    ck_assert_int_eq(release_device(dev), 0);
    /* It is free now. */
    ck_assert_ptr_nonnull(start_claim(near, OTHER_DOMID));
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, 0);
    ck_assert_int_eq(release_device(device_by_sbdf(near)), 0);
}
END_TEST

/* Whoever goes first leaves the other its page and its line. */
START_TEST(xsa_461_one_guest_keeps_the_page_until_the_last_is_gone)
{
    struct device *devs[2] = { claim_ok(case_nvme), claim_ok(near) };
    struct device *first = devs[_i], *last = devs[1 - _i];

    fake_xen_clear_log();
    ck_assert_int_eq(release_device(first), 0);
    ck_assert_ptr_null(strstr(fake_xen_log(), "feb33+1 take"));
    ck_assert_ptr_null(strstr(fake_xen_log(), "irq"));
    ck_assert_ptr_null(strstr(fake_xen_log(), "unmap"));
    if (_i == 0)
        ck_assert_ptr_nonnull(strstr(fake_xen_log(), "iomem 5 feb30+3 take\n"));
    ck_assert_uint_gt(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_int_eq(release_device(last), 0);
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "irq 5 10 take"));
}
END_TEST

/* A claim that fails leaves the other device of its guest alone, too. */
START_TEST(xsa_461_a_failed_claim_takes_nothing_from_the_other)
{
    struct device *dev = claim_ok(case_nvme);
    unsigned int before = fake_xen_holdings(BACK_DOMID);

    fake_xen_fail("assign 5 0000:06", 0, -EPERM);
    ck_assert_ptr_nonnull(start_claim(near, BACK_DOMID));
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, -EPERM);
    ck_assert_ptr_null(strstr(fake_xen_log(), "take"));
    ck_assert_uint_ge(fake_xen_holdings(BACK_DOMID), before);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

TCase *device_share_tests(void)
{
    TCase *tc = tcase_create("share");

    tcase_add_checked_fixture(tc, setup, world_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, xsa_461_two_guests_never_share_a_page);
    tcase_add_loop_test(
        tc, xsa_461_one_guest_keeps_the_page_until_the_last_is_gone, 0, 2);
    tcase_add_test(tc, xsa_461_a_failed_claim_takes_nothing_from_the_other);
    return tc;
}
