/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that come and go, one by one, good and bad. */
#include <stdio.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"
#include "temp-tree.h"

static const struct sbdf absent = { .bus = 9 };

START_TEST(hot_add)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    run_due();
    /* Nothing happens before the front is ready. */
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 8 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0000:00:01.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[1].fresh, CFG_FRESH);
    ck_assert_uint_eq(fake_workers_spawned(), 1);
}
END_TEST

/* As the state 7 may be written while the daemon is still exporting. */
START_TEST(added_before_the_front_connects)
{
    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3");
    tool_lists(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state-1", "3");
    front_publishes(BACK_DOMID);
    expect_back_node(BACK_DOMID, "state", "4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
}
END_TEST

START_TEST(hot_remove_and_the_list_closes_up)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    tool_asks_back(BACK_DOMID, link_nvme);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    tool_unlists(BACK_DOMID, link_nvme);
    run_due();
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:00:01.00");
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 8 4 7 8 4");
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
    /* The slot and the place in the list are free again. */
    tool_lists(BACK_DOMID, link_edu);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0000:00:00.00");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

static void unlist_nvme(void)
{
    tool_unlists(BACK_DOMID, link_nvme); /* out of turn */
}

/* ... at two bad moments: before its place is looked up, and after. */
START_TEST(the_list_closes_up_while_a_device_is_released)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    tool_lists(BACK_DOMID, link_edu);
    front_reconfigures(BACK_DOMID);
    world_slow_reset(link_nic);
    tool_asks_back(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_owner(link_nic, HYP_DOMID_IO);
    if (_i == 0)
        unlist_nvme();
    else
        link_world_after_find(unlist_nvme);
    world_end_reset(link_nic);
    expect_back_node(BACK_DOMID, "state", "8");
    ck_assert_str_eq(back_node(BACK_DOMID, "dev-0"), "0000:04:00.0");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_str_eq(back_node(BACK_DOMID, "dev-1"), "0000:05:00.0");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
}
END_TEST

START_TEST(the_list_closes_up_while_a_device_is_claimed)
{
    connect_guest(BACK_DOMID, link_nvme);
    world_slow_reset(link_nic);
    tool_lists(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_reset(link_nic);
    temp_tree_file(world_path(link_nic, "reset_method"), "\n");
    link_world_after_find(unlist_nvme);
    world_end_reset(link_nic);
    expect_back_node(BACK_DOMID, "state", "8");
    ck_assert_str_eq(back_node(BACK_DOMID, "dev-0"), "0000:04:00.0");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:00:01.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "3");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "");
}
END_TEST

START_TEST(removed_before_the_front_connects)
{
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    expect_states(BACK_DOMID, "2 3");
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_back_node(BACK_DOMID, "state-0", "6");
    expect_states(BACK_DOMID, "2 3 3");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
}
END_TEST

/* xl has taken the device away already; waiting for the guest helps nobody. */
START_TEST(a_front_that_does_not_let_go)
{
    link_world_hurry(1000);
    connect_guest(BACK_DOMID, link_nvme);
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_back_node(BACK_DOMID, "state-0", "6");
    expect_states(BACK_DOMID, "2 3 4 7 4");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 0);
}
END_TEST

/* Our own tools leave it to the guest, until somebody says "force". */
START_TEST(a_front_that_is_asked_politely)
{
    link_world_hurry(1000);
    fake_store_set("/xenpci/device/0000-03-00-0/domid", "5");
    connect_guest(BACK_DOMID, link_nvme);
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3 4 7");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    fake_store_set("/xenpci/device/0000-03-00-0/force", "");
    set_back(BACK_DOMID, "state", "7");
    expect_states(BACK_DOMID, "2 3 4 7 4");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
}
END_TEST

/* At 8 the front is gone: the pair must not stay there. */
START_TEST(a_front_that_stays_at_7)
{
    link_world_hurry(1000);
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_states(BACK_DOMID, "2 3 4 7 8 4");
    set_front(BACK_DOMID, "state", "4");
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 8 4");
}
END_TEST

static void make_bridge(void)
{
    temp_tree_file(world_path(link_nic, "class"), "0x060400\n");
}

static void make_bound(void)
{
    world_bind(link_nic, "e1000e");
}

static void make_taken(void)
{
    fake_store_set("/libxl/pci/0000-04-00-0/domid", "6");
}

static void make_unassignable(void)
{
    fake_xen_fail("assign 5 0000:04:00.0", 0, -1);
}

static const struct bad_device {
    void (*prepare)(void);
    const char *words;
} bad_devices[] = {
    { make_bridge, "0000:04:00.0 is a bridge" },
    { make_bound, "0000:04:00.0 is bound to e1000e" },
    { make_taken, "0000:04:00.0 is recorded as domain 6's" },
    { make_unassignable, "Xen refused to assign the device" },
};

START_TEST(a_bad_device_beside_a_good_one)
{
    const struct bad_device *bad = &bad_devices[_i];

    bad->prepare();
    tool_lists(BACK_DOMID, link_nic);
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    ck_assert_msg(strstr(back_error(BACK_DOMID), bad->words) != NULL, "\"%s\"",
                  back_error(BACK_DOMID));
    ck_assert_msg(strstr(device_error(link_nic), bad->words) != NULL, "\"%s\"",
                  device_error(link_nic));
    ck_assert_str_eq(device_error(link_nvme), "");
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
}
END_TEST

START_TEST(a_bad_device_plugged_hot)
{
    connect_guest(BACK_DOMID, link_nvme);
    make_bridge();
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "6");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    /* It is not tried again with the next one, even if it is fine by now. */
    temp_tree_file(world_path(link_nic, "class"), "0x020000\n");
    tool_lists(BACK_DOMID, link_edu);
    front_reconfigures(BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(link_edu), BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    tool_asks_back(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    tool_unlists(BACK_DOMID, link_nic);
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 8 4 7 8 4 7 8 4");
    /* What was said of it is taken back with the success. */
    ck_assert_str_ne(device_error(link_nic), "");
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    expect_owner(link_nic, BACK_DOMID);
    ck_assert_str_eq(device_error(link_nic), "");
}
END_TEST

START_TEST(no_good_device_at_all)
{
    tool_lists(BACK_DOMID, absent);
    expect_states(BACK_DOMID, "2 5");
    ck_assert_ptr_nonnull(strstr(
        back_error(BACK_DOMID),
        "19 0000:09:00.0: 0000:09:00.0 does not exist on this host; see lspci"));
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
}
END_TEST

START_TEST(more_devices_than_slots)
{
    char last[16];

    for (unsigned int i = 0; i < 33; i++) {
        const struct sbdf dev = { .bus = 0x20, .devfn = (uint8_t)(i << 3) };
        const struct sbdf next_bus = { .bus = 0x21 };

        world_add(i < 32 ? dev : next_bus, &back_nvme);
        tool_lists(BACK_DOMID, i < 32 ? dev : next_bus);
    }
    expect_states(BACK_DOMID, "2 3");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-31"), "0000:00:1f.00");
    (void)snprintf(last, sizeof(last), "state-%u", 32u);
    ck_assert_str_eq(back_node(BACK_DOMID, last), "6");
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "32 slots"));
}
END_TEST

/* The last owner's reset goes on: the next one waits, and gets it. */
START_TEST(a_device_on_its_way_back_is_waited_for)
{
    connect_guest(BACK_DOMID, link_nvme);
    world_slow_reset(link_nvme);
    tool_deletes(BACK_DOMID);
    expect_owner(link_nvme, HYP_DOMID_IO);
    tool_lists(OTHER_DOMID, link_nvme);
    front_publishes(OTHER_DOMID);
    expect_states(OTHER_DOMID, "2");
    ck_assert_str_eq(back_error(OTHER_DOMID), "");
    world_end_reset(link_nvme);
    temp_tree_remove(world_path(link_nvme, "reset"));
    temp_tree_file(world_path(link_nvme, "reset"), "");
    expect_states(OTHER_DOMID, "2 3 4");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), OTHER_DOMID);
    ck_assert_str_eq(back_error(OTHER_DOMID), "");
}
END_TEST

/* Its last owner is dead, but we have not noticed yet: both at once. */
START_TEST(a_dead_guests_device_is_waited_for)
{
    connect_guest(BACK_DOMID, link_nvme);
    fake_xen_domain(BACK_DOMID)->dying = true;
    tool_lists(OTHER_DOMID, link_nvme);
    front_publishes(OTHER_DOMID);
    expect_states(OTHER_DOMID, "2");
    fake_store_fire("@releaseDomain");
    expect_states(OTHER_DOMID, "2 3 4");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), OTHER_DOMID);
}
END_TEST

START_TEST(a_living_guests_device_is_not)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(OTHER_DOMID, link_nvme);
    expect_states(OTHER_DOMID, "2 5");
    ck_assert_ptr_nonnull(
        strstr(back_error(OTHER_DOMID), "belongs to domain 5"));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
}
END_TEST

/* Damage in the directory is explained, and costs nobody a device. */
static const struct damage {
    const char *leaf;
    const char *value;
    const char *words;
} damages[] = {
    { "num_devs", "many", "num_devs of the backend directory" },
    { "num_devs", "100000", "num_devs of the backend directory" },
    { "dev-1", "0000:04:00.9", "without a readable address" },
    { "dev-1", "", "without a readable address" },
};

START_TEST(a_damaged_list_while_connected)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    set_back(BACK_DOMID, damages[_i].leaf, damages[_i].value);
    front_reconfigures(BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    ck_assert_ptr_nonnull(back_error(BACK_DOMID));
    ck_assert_str_ne(back_error(BACK_DOMID), "");
}
END_TEST

START_TEST(a_damaged_list_from_the_start)
{
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    set_back(BACK_DOMID, damages[_i].leaf, damages[_i].value);
    run_due();
    ck_assert_msg(strstr(back_error(BACK_DOMID), damages[_i].words) != NULL,
                  "\"%s\"", back_error(BACK_DOMID));
    set_back(BACK_DOMID, "num_devs", "2");
    set_back(BACK_DOMID, "dev-1", "0000:04:00.0");
    front_publishes(BACK_DOMID);
    expect_back_node(BACK_DOMID, "state", "4");
    expect_owner(link_nic, BACK_DOMID);
}
END_TEST

START_TEST(a_state_that_is_none)
{
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", "banana");
    expect_states(BACK_DOMID, "6");
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "holds no state"));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
}
END_TEST

TCase *link_plug_tests(void)
{
    TCase *tc = tcase_create("plug");

    tcase_add_test(tc, hot_add);
    tcase_add_test(tc, added_before_the_front_connects);
    tcase_add_test(tc, hot_remove_and_the_list_closes_up);
    tcase_add_loop_test(tc, the_list_closes_up_while_a_device_is_released, 0,
                        2);
    tcase_add_test(tc, the_list_closes_up_while_a_device_is_claimed);
    tcase_add_test(tc, removed_before_the_front_connects);
    tcase_add_test(tc, a_front_that_does_not_let_go);
    tcase_add_test(tc, a_front_that_is_asked_politely);
    tcase_add_test(tc, a_front_that_stays_at_7);
    tcase_add_loop_test(tc, a_bad_device_beside_a_good_one, 0,
                        (int)ARRAY_LEN(bad_devices));
    tcase_add_test(tc, a_bad_device_plugged_hot);
    tcase_add_test(tc, no_good_device_at_all);
    tcase_add_test(tc, more_devices_than_slots);
    tcase_add_test(tc, a_device_on_its_way_back_is_waited_for);
    tcase_add_test(tc, a_dead_guests_device_is_waited_for);
    tcase_add_test(tc, a_living_guests_device_is_not);
    tcase_add_loop_test(tc, a_damaged_list_while_connected, 0,
                        (int)ARRAY_LEN(damages));
    tcase_add_loop_test(tc, a_damaged_list_from_the_start, 0,
                        (int)ARRAY_LEN(damages));
    tcase_add_test(tc, a_state_that_is_none);
    return tc;
}
