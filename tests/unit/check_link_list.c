/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory's list, and toolstacks that do not wait for us. */
#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"

static const struct sbdf absent = { .bus = 9 };

/* The failure of one device and the listing of another cross each other. */
START_TEST(listed_while_another_one_fails)
{
    tool_lists(BACK_DOMID, absent);
    expect_states(BACK_DOMID, "2 5");
    set_back(BACK_DOMID, "state", "2");
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", "5");
    expect_states(BACK_DOMID, "2 5 2 3");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 5 2 3 4");
}
END_TEST

/* The toolstack saw 3 and asked for no change; by then the back is at 4. */
START_TEST(listed_while_the_front_connects)
{
    connect_guest(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", "3");
    tool_lists(BACK_DOMID, link_nic);
    set_back(BACK_DOMID, "state", "4");
    expect_states(BACK_DOMID, "2 3 4 7");
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    expect_owner(link_nic, BACK_DOMID);
}
END_TEST

/* Some toolstacks just delete the nodes. */
START_TEST(unlisted_without_a_word)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    tool_unlists(BACK_DOMID, link_nic);
    set_back(BACK_DOMID, "state", "7");
    front_reconfigures(BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
}
END_TEST

static void connect_two(void)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
}

/* Nor told us of it: the guest does not keep what xl calls detached. */
START_TEST(unlisted_while_connected)
{
    connect_two();
    tool_unlists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
}
END_TEST

START_TEST(unlisted_and_the_front_does_not_care)
{
    link_world_hurry(1000);
    connect_two();
    tool_unlists(BACK_DOMID, link_nic);
    expect_states(BACK_DOMID, "2 3 4 7 8 4 7 4");
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
}
END_TEST

START_TEST(unreadable_is_not_unlisted)
{
    connect_two();
    set_back(BACK_DOMID, "dev-1", "0000:04:00.9");
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 8 4");
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
}
END_TEST

/* Removed and listed once more before we have looked: a new device. */
START_TEST(listed_anew)
{
    uint32_t before;

    connect_two();
    before = fake_worker(BACK_DOMID)->devices[1].handle;
    tool_unlists(BACK_DOMID, link_nic);
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
    ck_assert_uint_ne(fake_worker(BACK_DOMID)->devices[1].handle, before);
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

static void asked_back_and_answered(void)
{
    tool_asks_back(BACK_DOMID, link_nic);
    set_front(BACK_DOMID, "state", "7");
}

/* What the toolstack wrote is not overwritten, however fast the front is. */
START_TEST(asked_back_within_a_look)
{
    connect_two();
    link_world_in_look(asked_back_and_answered);
    set_front(BACK_DOMID, "state", "4");
    expect_back_node(BACK_DOMID, "state", "8");
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    set_front(BACK_DOMID, "state", "4");
    expect_states(BACK_DOMID, "2 3 4 7 8 4 7 8 4");
}
END_TEST

TCase *link_list_tests(void)
{
    TCase *tc = tcase_create("list");

    tcase_add_test(tc, listed_while_another_one_fails);
    tcase_add_test(tc, listed_while_the_front_connects);
    tcase_add_test(tc, unlisted_without_a_word);
    tcase_add_test(tc, unlisted_while_connected);
    tcase_add_test(tc, unlisted_and_the_front_does_not_care);
    tcase_add_test(tc, unreadable_is_not_unlisted);
    tcase_add_test(tc, listed_anew);
    tcase_add_test(tc, asked_back_within_a_look);
    return tc;
}
