/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How pairs end: shut down, destroyed, closed, deleted; and what stays. */
#include <stdlib.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"
#include "temp-tree.h"

static void shut_down(uint16_t domid)
{
    fake_xen_domain(domid)->shutdown = true;
    fake_store_fire("@releaseDomain");
}

static void kill_domain(uint16_t domid)
{
    fake_xen_domain(domid)->dying = true;
    fake_store_fire("@releaseDomain");
}

/* Nobody may hold a dead guest's page when its device is taken away. */
static void check_order(const char *line)
{
    if (strncmp(line, "deassign", 8) == 0)
        ck_assert_uint_eq(fake_workers_alive(), 0);
}

/* libxl takes devices from a dead PV guest only while the state is 4. */
START_TEST(shutdown_unmaps_and_waits_for_the_toolstack)
{
    connect_guest(BACK_DOMID, link_nvme);
    shut_down(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 6 4");
    ck_assert_uint_eq(fake_workers_alive(), 0);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3 4 6 4 7 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
}
END_TEST

START_TEST(shutdown_before_the_front_came)
{
    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3");
    shut_down(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 6 4");
}
END_TEST

START_TEST(shutdown_in_a_reconfiguration)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3 4 7");
    shut_down(BACK_DOMID);
    expect_back_node(BACK_DOMID, "state-0", "6");
    expect_states(BACK_DOMID, "2 3 4 7 4 6 4");
    ck_assert_uint_eq(fake_workers_alive(), 0);
}
END_TEST

START_TEST(shutdown_after_the_front_closed)
{
    connect_guest(BACK_DOMID, link_nvme);
    set_front(BACK_DOMID, "state", "5");
    expect_states(BACK_DOMID, "2 3 4 5");
    shut_down(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 5 6 4");
}
END_TEST

/* libxl forgets the directory of a guest that was dead already. */
START_TEST(a_dying_guest_is_cleared_away)
{
    char *left;

    connect_guest(BACK_DOMID, link_nvme);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    fake_store_set("/libxl/pci/0000-04-00-0/domid", "6");
    fake_store_set("/xenpci/device/0000-03-00-0/domid", "5");
    fake_xen_on_call(check_order);
    kill_domain(BACK_DOMID);
    ck_assert(run_until(no_links, NULL));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    left = fake_store_dump("/local/domain/0/backend/pci/5");
    ck_assert_str_eq(left, "");
    free(left);
    ck_assert_ptr_null(fake_store_get("/libxl/pci/0000-03-00-0/domid"));
    ck_assert_ptr_nonnull(fake_store_get("/libxl/pci/0000-04-00-0/domid"));
    /* The guest may be about to reboot: what is ours follows it. */
    ck_assert_ptr_nonnull(fake_store_get("/xenpci/device/0000-03-00-0/domid"));
}
END_TEST

START_TEST(a_vanished_guest_is_cleared_away)
{
    connect_guest(BACK_DOMID, link_nvme);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    fake_xen_domain(BACK_DOMID)->exists = false;
    fake_store_fire("@releaseDomain");
    ck_assert(run_until(no_links, NULL));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_ptr_null(fake_store_get("/libxl/pci/0000-03-00-0/domid"));
}
END_TEST

/* A device that was given to somebody else meanwhile stays his. */
START_TEST(the_next_owners_claim_is_left_alone)
{
    connect_guest(BACK_DOMID, link_nvme);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "6");
    kill_domain(BACK_DOMID);
    ck_assert(run_until(no_links, NULL));
    ck_assert_str_eq(fake_store_get("/libxl/pci/0000-03-00-0/domid"), "6");
}
END_TEST

static void assert_nothing_below(const char *path)
{
    char *left = fake_store_dump(path);

    ck_assert_str_eq(left, "");
    free(left);
}

START_TEST(a_deleted_directory_stays_deleted)
{
    connect_guest(BACK_DOMID, link_nvme);
    fake_xen_on_call(check_order);
    tool_deletes(BACK_DOMID);
    ck_assert(run_until(no_links, NULL));
    assert_nothing_below("/local/domain/0/backend/pci/5");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}
END_TEST

START_TEST(deleted_while_a_device_is_claimed)
{
    world_slow_reset(link_nvme);
    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2");
    tool_deletes(BACK_DOMID);
    expect_reset(link_nvme);
    run_due();
    /* Claimed for nobody, it is given back at once, with no second reset. */
    temp_tree_file(world_path(link_nvme, "reset_method"), "\n");
    world_end_reset(link_nvme);
    ck_assert(run_until(no_links, NULL));
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "assign 5 0000:03:00.0\n"));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    assert_nothing_below("/local/domain/0/backend/pci/5");
}
END_TEST

START_TEST(deleted_while_a_device_is_released)
{
    connect_guest(BACK_DOMID, link_nvme);
    world_slow_reset(link_nvme);
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_owner(link_nvme, HYP_DOMID_IO);
    tool_deletes(BACK_DOMID);
    world_end_reset(link_nvme);
    ck_assert(run_until(no_links, NULL));
    assert_nothing_below("/local/domain/0/backend/pci/5");
}
END_TEST

/* Deleted and made again before we looked, as when the last device changes. */
START_TEST(deleted_and_made_again)
{
    const struct sbdf next = _i == 0 ? link_nic : link_nvme;

    connect_guest(BACK_DOMID, link_nvme);
    tool_deletes(BACK_DOMID);
    tool_lists(BACK_DOMID, next);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 2 3 4");
    ck_assert_uint_eq(fake_xen_owner(link_nvme),
                      _i == 0 ? HYP_DOMID_IO : BACK_DOMID);
    ck_assert_uint_eq(fake_xen_owner(next), BACK_DOMID);
    ck_assert_uint_eq(fake_workers_alive(), 1);
}
END_TEST

START_TEST(the_toolstack_closes)
{
    connect_guest(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "online", "0");
    set_back(BACK_DOMID, "state", "5");
    expect_states(BACK_DOMID, "2 3 4 5");
    ck_assert_uint_eq(fake_workers_alive(), 0);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 5 6 6");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    /* A front that comes back finds nothing to connect to. */
    front_publishes(BACK_DOMID);
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 5 6 6");
}
END_TEST

/* Found at start, of a time when somebody else served. */
START_TEST(directories_from_before_our_time)
{
    static const char *const values[] = { "3", "4", "5", "6", "7", "8" };

    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", values[_i]);
    set_front(BACK_DOMID, "state", "4");
    expect_states(BACK_DOMID, "6");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    /* The toolstack starts it afresh. */
    set_back(BACK_DOMID, "state", "1");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "6 2 3 4");
}
END_TEST

START_TEST(a_stale_directory_of_a_dead_guest)
{
    fake_xen_domain(BACK_DOMID)->exists = false;
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", "4");
    ck_assert(run_until(no_links, NULL));
    run_due();
    assert_nothing_below("/local/domain/0/backend/pci/5");
}
END_TEST

/* Nobody waits for it longer than the deadline, and nobody else gets it. */
START_TEST(a_reset_that_does_not_end)
{
    link_world_hurry(20);
    connect_guest(BACK_DOMID, link_nvme);
    memset(fake_xen_domain(OTHER_DOMID)->uuid, 6, 16);
    world_slow_reset(link_nvme);
    tool_deletes(BACK_DOMID);
    ck_assert(run_until(no_links, NULL));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    temp_tree_remove(world_path(link_nvme, "reset"));
    temp_tree_dir(world_path(link_nvme, "reset"));
    tool_lists(OTHER_DOMID, link_nvme);
    expect_back_node(OTHER_DOMID, "state-0", "6");
    ck_assert_ptr_nonnull(strstr(device_error(link_nvme), "is dirty"));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
}
END_TEST

TCase *link_end_tests(void)
{
    TCase *tc = tcase_create("end");

    tcase_add_test(tc, shutdown_unmaps_and_waits_for_the_toolstack);
    tcase_add_test(tc, shutdown_before_the_front_came);
    tcase_add_test(tc, shutdown_in_a_reconfiguration);
    tcase_add_test(tc, shutdown_after_the_front_closed);
    tcase_add_test(tc, a_dying_guest_is_cleared_away);
    tcase_add_test(tc, a_vanished_guest_is_cleared_away);
    tcase_add_test(tc, the_next_owners_claim_is_left_alone);
    tcase_add_test(tc, a_deleted_directory_stays_deleted);
    tcase_add_test(tc, deleted_while_a_device_is_claimed);
    tcase_add_test(tc, deleted_while_a_device_is_released);
    tcase_add_loop_test(tc, deleted_and_made_again, 0, 2);
    tcase_add_test(tc, the_toolstack_closes);
    tcase_add_loop_test(tc, directories_from_before_our_time, 0, 6);
    tcase_add_test(tc, a_stale_directory_of_a_dead_guest);
    tcase_add_test(tc, a_reset_that_does_not_end);
    return tc;
}
