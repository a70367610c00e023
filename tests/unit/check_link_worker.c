/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker's requests, its death, and a broker that starts again. */
#include <errno.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"

static uint32_t handle_of(uint16_t domid)
{
    return fake_worker(domid)->devices[0].handle;
}

static struct msg_answer ask(uint32_t type, uint32_t handle)
{
    struct msg m = { .type = type, .serial = 42 };

    m.u.handle.handle = handle;
    if (type == MSG_CONFIG_WRITE) {
        m.u.config_write.plan.count = 1;
        m.u.config_write.plan.writes[0] = (struct cfg_write){
            .offset = PCI_COMMAND,
            .size = 2,
            .value = world_get(link_nic, PCI_COMMAND, 2) | PCI_COMMAND_MASTER,
        };
    } else if (type == MSG_MSI_ON) {
        m.u.msi_on.count = 1;
    } else if (type == MSG_MSIX_ON) {
        m.u.msix_on.count = 3;
        m.u.msix_on.entry[1] = 1;
        m.u.msix_on.entry[2] = 2;
    }
    return fake_worker_ask(BACK_DOMID, &m);
}

START_TEST(requests_are_served)
{
    struct msg_answer a;
    uint32_t handle;

    connect_guest(BACK_DOMID, link_nic);
    handle = handle_of(BACK_DOMID);
    ck_assert_int_eq(ask(MSG_CONFIG_WRITE, handle).err, 0);
    ck_assert_uint_ne(world_get(link_nic, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    a = ask(MSG_MSI_ON, handle);
    ck_assert_int_eq(a.err, 0);
    ck_assert_uint_eq(a.pirq[0], 100);
    ck_assert_int_eq(ask(MSG_MSIX_ON, handle).err, -ENXIO);
    ck_assert_int_eq(ask(MSG_MSI_OFF, handle).err, 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    a = ask(MSG_MSIX_ON, handle);
    ck_assert_int_eq(a.err, 0);
    ck_assert_uint_eq(a.count, 3);
    ck_assert_uint_eq(a.pirq[0], 101);
    ck_assert_uint_eq(a.pirq[2], 103);
    ck_assert_int_eq(ask(MSG_MSI_ON, handle).err, PCI_ERR_OP_FAILED);
    fake_xen_budget(2);
    a = ask(MSG_MSIX_ON, handle);
    ck_assert_int_eq(a.err, 0);
    ck_assert_uint_eq(a.count, 2);
    ck_assert_uint_eq(a.pirq[0], 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
}
END_TEST

static const uint32_t request_types[] = { MSG_CONFIG_WRITE, MSG_MSI_ON,
                                          MSG_MSIX_ON, MSG_MSI_OFF };

/* A worker is the guest's: it may lie about whose device it means. */
START_TEST(requests_for_devices_of_others)
{
    uint32_t handle;

    connect_guest(BACK_DOMID, link_nvme);
    connect_guest(OTHER_DOMID, link_nic);
    handle = handle_of(OTHER_DOMID);
    fake_xen_clear_log();
    ck_assert_int_eq(ask(request_types[_i], handle).err, PCI_ERR_DEV_NOT_FOUND);
    ck_assert_int_eq(ask(request_types[_i], 0).err, PCI_ERR_DEV_NOT_FOUND);
    ck_assert_int_eq(ask(request_types[_i], handle + 1).err,
                     PCI_ERR_DEV_NOT_FOUND);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
}
END_TEST

START_TEST(requests_for_a_device_that_is_leaving)
{
    uint32_t handle;

    connect_guest(BACK_DOMID, link_nic);
    handle = handle_of(BACK_DOMID);
    world_slow_reset(link_nic);
    tool_asks_back(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_owner(link_nic, HYP_DOMID_IO);
    fake_xen_clear_log();
    for (size_t i = 0; i < ARRAY_LEN(request_types); i++)
        (void)ask(request_types[i], handle);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    world_end_reset(link_nic);
    expect_back_node(BACK_DOMID, "state", "8");
}
END_TEST

/* One guest's device takes its time; another guest's all happens meanwhile. */
START_TEST(a_slow_reset_delays_nobody_else)
{
    connect_guest(BACK_DOMID, link_nic);
    world_slow_reset(link_nvme);
    tool_lists(OTHER_DOMID, link_nvme);
    front_publishes(OTHER_DOMID);
    expect_states(OTHER_DOMID, "2");
    ck_assert_int_eq(ask(MSG_CONFIG_WRITE, handle_of(BACK_DOMID)).err, 0);
    ck_assert_int_eq(ask(MSG_MSI_ON, handle_of(BACK_DOMID)).err, 0);
    tool_lists(BACK_DOMID, link_edu);
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_back_node(BACK_DOMID, "state", "8");
    ck_assert_uint_eq(fake_xen_owner(link_edu), BACK_DOMID);
    ck_assert_str_eq(states(OTHER_DOMID), "2");
    world_end_reset(link_nvme);
    expect_states(OTHER_DOMID, "2 3 4");
}
END_TEST

static bool has_spawned(void *arg)
{
    const unsigned int *n = arg;
    const struct fake_worker *w = fake_worker(BACK_DOMID);

    return fake_workers_spawned() == *n && w && w->connected;
}

static void expect_spawned(unsigned int n)
{
    ck_assert_msg(run_until(has_spawned, &n), "%u workers so far",
                  fake_workers_spawned());
}

START_TEST(a_dead_worker_is_replaced)
{
    uint32_t handle;

    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
    handle = handle_of(BACK_DOMID);
    ck_assert_int_eq(ask(MSG_MSIX_ON, handle).err, 0);
    fake_worker_die(BACK_DOMID);
    expect_spawned(3);
    /* The same page, port and device, as they were; the guest sees nothing. */
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->connect.gref, 8);
    ck_assert_uint_eq(handle_of(BACK_DOMID), handle);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_CONTINUE);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 3);
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
    ck_assert_str_eq(states(OTHER_DOMID), "2 3 4");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

static bool has_error(void *arg)
{
    return strstr(back_error(BACK_DOMID), arg) != NULL;
}

START_TEST(a_worker_that_keeps_dying_is_given_up)
{
    char words[] = "worker keeps dying";

    connect_guest(BACK_DOMID, link_nvme);
    for (unsigned int i = 1; i <= 5; i++) {
        fake_worker_die(BACK_DOMID);
        expect_spawned(1 + i);
    }
    fake_worker_die(BACK_DOMID);
    ck_assert(run_until(has_error, words));
    run_due();
    ck_assert_uint_eq(fake_workers_spawned(), 6);
    ck_assert_uint_eq(fake_workers_alive(), 0);
    /* A front that starts over gets another chance. */
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 6 3 4");
    ck_assert_uint_eq(fake_workers_spawned(), 7);
}
END_TEST

/* The guest of a captured worker has to connect again; others notice nothing. */
START_TEST(a_captured_worker_closes_its_link)
{
    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
    ck_assert_int_eq(ask(MSG_MSI_ON, handle_of(BACK_DOMID)).err, 0);
    fake_worker_capture(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 5");
    ck_assert_msg(strstr(back_error(BACK_DOMID), "it did wrong for a test"),
                  "\"%s\"", back_error(BACK_DOMID));
    ck_assert_uint_eq(fake_workers_spawned(), 2);
    ck_assert_uint_eq(fake_workers_alive(), 1);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    /* The device stays its guest's. */
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 5 6");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 5 6 3 4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_FRESH);
    ck_assert_str_eq(back_error(BACK_DOMID), "");
    ck_assert_str_eq(states(OTHER_DOMID), "2 3 4");
    ck_assert_str_eq(back_error(OTHER_DOMID), "");
}
END_TEST

START_TEST(captured_while_devices_change)
{
    connect_guest(BACK_DOMID, link_nic);
    tool_lists(BACK_DOMID, link_nvme);
    expect_back_node(BACK_DOMID, "state", "7");
    fake_worker_capture(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 7 5");
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "took its worker"));
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 7 5 6");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 7 5 6 3 4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
}
END_TEST

START_TEST(captured_while_connecting)
{
    fake_workers_hang();
    tool_lists(BACK_DOMID, link_nic);
    expect_states(BACK_DOMID, "2 3");
    front_publishes(BACK_DOMID);
    run_due();
    fake_worker_capture(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 5");
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "took its worker"));
}
END_TEST

static bool is_calm(void *arg UNUSED)
{
    const struct link *link = link_find(BACK_DOMID);

    return link->restarts == 0 && !link->calm;
}

/* A death now and then is none in a row. */
START_TEST(deaths_far_apart_do_not_count)
{
    link_world_hurry(1000);
    connect_guest(BACK_DOMID, link_nvme);
    for (unsigned int i = 1; i <= 8; i++) {
        ck_assert(run_until(is_calm, NULL));
        fake_worker_die(BACK_DOMID);
        expect_spawned(1 + i);
    }
}
END_TEST

/* Service between two deaths must last for them to be far apart. */
START_TEST(a_death_stops_the_clock)
{
    connect_guest(BACK_DOMID, link_nvme);
    ck_assert_ptr_nonnull(link_find(BACK_DOMID)->calm);
    fake_workers_hang();
    fake_worker_die(BACK_DOMID);
    run_due();
    ck_assert_uint_eq(fake_workers_spawned(), 2);
    ck_assert_ptr_null(link_find(BACK_DOMID)->calm);
    ck_assert_uint_eq(link_find(BACK_DOMID)->restarts, 1);
}
END_TEST

/* Interrupts are turned off even when no worker is left to ask for it. */
START_TEST(a_front_closes_without_a_worker)
{
    connect_guest(BACK_DOMID, link_nic);
    ck_assert_int_eq(ask(MSG_MSI_ON, handle_of(BACK_DOMID)).err, 0);
    fake_workers_fail(EAGAIN);
    fake_worker_die(BACK_DOMID);
    run_due();
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "no worker process"));
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 1);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
}
END_TEST

/* What an earlier broker leaves: the record, and Xen's view. */
static void leave_behind(struct sbdf dev)
{
    struct state_record r;

    memset(&r, 0, sizeof(r));
    r.sbdf = dev;
    r.domid = BACK_DOMID;
    r.params.size = 256;
    r.grants.domid = BACK_DOMID;
    r.grants.nranges = 1;
    r.grants.ranges[0] = (struct grant_range){ SYSFS_MEM, 0xfeb30, 4 };
    for (uint16_t i = 0; i < 256; i = (uint16_t)(i + 4)) {
        uint32_t value = world_get(dev, i, 4);

        memcpy(r.snapshot + i, &value, 4);
    }
    ck_assert_int_eq(state_save(&r), 0);
    ck_assert_int_eq(hyp_iomem(world_hyp, BACK_DOMID, 0xfeb30, 4, true), 0);
    fake_xen_set_owner(dev, BACK_DOMID);
    fake_xen_clear_log();
}

START_TEST(a_new_broker_goes_on)
{
    unsigned int one = 1;

    leave_behind(link_nvme);
    link_adopt_devices(world_hyp);
    tool_lists_with(BACK_DOMID, link_nvme, "allow_dirty=1,permissive=1");
    set_back(BACK_DOMID, "state-0", "3");
    set_back(BACK_DOMID, "state", "4");
    front_publishes(BACK_DOMID);
    set_front(BACK_DOMID, "state", "4");
    ck_assert(run_until(has_spawned, &one));
    link_release_orphans();
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "");
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_CONTINUE);
    /* The policy is asked for again, but the registers stay as they were. */
    ck_assert(device_by_sbdf(link_nvme)->policy.allow_dirty);
    ck_assert(!device_by_sbdf(link_nvme)->policy.knobs.permissive);
    ck_assert(!device_by_sbdf(link_nvme)->cs.params.knobs.permissive);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "6");
}
END_TEST

/* Asked back from a guest whose front has not come: there is no page yet. */
START_TEST(a_new_broker_in_a_change_before_the_front)
{
    leave_behind(link_nvme);
    link_adopt_devices(world_hyp);
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state-0", "5");
    set_back(BACK_DOMID, "state", "7");
    expect_owner(link_nvme, HYP_DOMID_IO);
    expect_states(BACK_DOMID, "3");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
    ck_assert_uint_eq(fake_workers_spawned(), 0);
}
END_TEST

/* Claimed while the guest waits in 7, and the broker ends before it says so. */
START_TEST(a_new_broker_tells_what_was_claimed)
{
    leave_behind(link_nvme);
    link_adopt_devices(world_hyp);
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state-0", "1");
    set_back(BACK_DOMID, "state", "7");
    front_publishes(BACK_DOMID);
    set_front(BACK_DOMID, "state", "7");
    expect_states(BACK_DOMID, "7 8");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "3");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:00:00.00");
}
END_TEST

START_TEST(a_new_broker_releases_orphans)
{
    leave_behind(link_nvme);
    link_adopt_devices(world_hyp);
    ck_assert_ptr_nonnull(device_by_sbdf(link_nvme));
    link_release_orphans();
    expect_owner(link_nvme, HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert(run_until(no_links, NULL));
}
END_TEST

/* Its directory was deleted while no broker ran, or it was found half-way. */
START_TEST(a_new_broker_starts_afresh_what_had_not_connected)
{
    leave_behind(link_nvme);
    link_adopt_devices(world_hyp);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_FRESH);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
}
END_TEST

TCase *link_worker_tests(void)
{
    TCase *tc = tcase_create("worker");

    tcase_add_test(tc, requests_are_served);
    tcase_add_loop_test(tc, requests_for_devices_of_others, 0,
                        (int)ARRAY_LEN(request_types));
    tcase_add_test(tc, requests_for_a_device_that_is_leaving);
    tcase_add_test(tc, a_slow_reset_delays_nobody_else);
    tcase_add_test(tc, a_dead_worker_is_replaced);
    tcase_add_test(tc, a_worker_that_keeps_dying_is_given_up);
    tcase_add_test(tc, a_captured_worker_closes_its_link);
    tcase_add_test(tc, captured_while_devices_change);
    tcase_add_test(tc, captured_while_connecting);
    tcase_add_test(tc, deaths_far_apart_do_not_count);
    tcase_add_test(tc, a_death_stops_the_clock);
    tcase_add_test(tc, a_front_closes_without_a_worker);
    tcase_add_test(tc, a_new_broker_goes_on);
    tcase_add_test(tc, a_new_broker_in_a_change_before_the_front);
    tcase_add_test(tc, a_new_broker_tells_what_was_claimed);
    tcase_add_test(tc, a_new_broker_releases_orphans);
    tcase_add_test(tc, a_new_broker_starts_afresh_what_had_not_connected);
    return tc;
}
