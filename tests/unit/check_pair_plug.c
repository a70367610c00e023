/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front and back: devices and guests that come and go. */
#include "pair-suites.h"
#include "pair-world.h"

START_TEST(hot_add_and_remove)
{
    uint32_t pirqs[2];

    connect_pair(&five, link_nvme);
    for (unsigned int i = 0; i < 3; i++) {
        tool_lists(BACK_DOMID, link_nic);
        expect_told(&five, "+01.0");
        expect_settled(&five);
        ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
        ck_assert_uint_eq(read_config(&five, AT(1, 0), 0, 2), 0x8086);
        ck_assert_int_eq(
            pcifront_msix_enable(five.pf, AT(1, 0), NULL, 2, 2, pirqs), 2);
        tool_asks_back(BACK_DOMID, link_nic);
        expect_told(&five, "-01.0u");
        expect_settled(&five);
        expect_owner(link_nic, HYP_DOMID_IO);
        tool_unlists(BACK_DOMID, link_nic);
        ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    }
    ck_assert_uint_eq(pcifront_devices(five.pf, NULL, 0), 1);
    ck_assert_uint_eq(read_config(&five, AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

START_TEST(closes_and_comes_back)
{
    connect_pair(&five, link_nvme);
    for (unsigned int i = 0; i < 2; i++) {
        assert_ok(pcifront_close(five.pf, 5000));
        ck_assert_str_eq(front_world_told(&five), "-00.0u");
        ck_assert_uint_eq(fake_kernel_given_up(five.k), 0);
        assert_ok(pcifront_restart(five.pf));
        assert_ok(pcifront_connect(five.pf, 10000));
        ck_assert_str_eq(front_world_told(&five), "+00.0");
        ck_assert_uint_eq(read_config(&five, AT(0, 0), 0, 2), 0x1b36);
    }
}
END_TEST

/* The toolstack ends the pair: back at 5, page given back, front at 6. */
START_TEST(the_toolstack_ends_it)
{
    connect_pair(&five, link_nvme);
    set_back(BACK_DOMID, "online", "0");
    set_back(BACK_DOMID, "state", "5");
    for (unsigned int i = 0;
         i < 200 && pcifront_state(five.pf) != PCIFRONT_CLOSED; i++) {
        assert_ok(pcifront_wait(five.pf, 50));
        (void)pcifront_step(five.pf);
    }
    ck_assert_int_eq(pcifront_state(five.pf), PCIFRONT_CLOSED);
    ck_assert_uint_eq(fake_kernel_given_up(five.k), 0);
    expect_owner(link_nvme, HYP_DOMID_IO);
}
END_TEST

START_TEST(two_at_a_time)
{
    connect_pair(&five, link_nvme);
    connect_pair(&six, link_nic);
    ck_assert_uint_eq(read_config(&five, AT(0, 0), 0, 2), 0x1b36);
    ck_assert_uint_eq(read_config(&six, AT(0, 0), 0, 2), 0x8086);
    tool_lists(OTHER_DOMID, link_edu);
    expect_told(&six, "+01.0");
    assert_ok(pcifront_close(five.pf, 5000));
    ck_assert_uint_eq(read_config(&six, AT(1, 0), 0, 2), 0x1b36);
}
END_TEST

TCase *pair_plug_tests(void)
{
    TCase *tc = tcase_create("plug");

    tcase_add_test(tc, hot_add_and_remove);
    tcase_add_test(tc, closes_and_comes_back);
    tcase_add_test(tc, the_toolstack_ends_it);
    tcase_add_test(tc, two_at_a_time);
    return tc;
}
