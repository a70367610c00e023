/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worker's requests and its death. */
#include <errno.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "pciregs.h"
#include "run-until.h"

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

/* Six in a row that die of the first request they find. */
START_TEST(a_worker_that_keeps_dying_is_given_up)
{
    connect_guest(BACK_DOMID, link_nvme);
    for (unsigned int i = 1; i <= 5; i++) {
        fake_worker_die(BACK_DOMID);
        expect_spawned(1 + i);
    }
    fake_worker_die(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 5");
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), "dies of each"));
    ck_assert_uint_eq(fake_workers_spawned(), 6);
    ck_assert_uint_eq(fake_workers_alive(), 0);
    /* A front that starts over gets another chance. */
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 5 6");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 5 6 3 4");
    ck_assert_uint_eq(fake_workers_spawned(), 7);
    fake_worker_die(BACK_DOMID);
    expect_spawned(8);
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

/* One that has served may die as often as it likes; only not too fast. */
START_TEST(a_worker_that_serves_is_replaced_without_an_end)
{
    link_world_hurry(1000);
    connect_guest(BACK_DOMID, link_nvme);
    for (unsigned int i = 1; i <= 30; i++) {
        fake_worker_settle(BACK_DOMID);
        fake_worker_die(BACK_DOMID);
        expect_spawned(1 + i);
    }
    ck_assert_str_eq(back_error(BACK_DOMID), "");
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
}
END_TEST

static void die_at_once(unsigned int times)
{
    for (unsigned int i = 1; i <= times; i++) {
        fake_worker_settle(BACK_DOMID);
        fake_worker_die(BACK_DOMID);
        expect_spawned(1 + i);
    }
}

/* As after any number of them. */
static void owe_deaths(void)
{
    const uint64_t far = 1000000000u;
    struct link *link = link_find(BACK_DOMID);

    (void)quota_take(&link->quota, QUOTA_DEATH, loop_now_us(), far);
}

START_TEST(one_too_many_in_a_row_waits)
{
    connect_guest(BACK_DOMID, link_nvme);
    die_at_once(10);
    owe_deaths();
    fake_worker_settle(BACK_DOMID);
    fake_worker_die(BACK_DOMID);
    run_due();
    ck_assert_uint_eq(fake_workers_spawned(), 11);
    ck_assert_ptr_nonnull(link_find(BACK_DOMID)->soon);
    expect_spawned(12);
    ck_assert_ptr_null(link_find(BACK_DOMID)->soon);
}
END_TEST

/* The guest goes while the next worker is being waited for. */
START_TEST(a_front_closes_before_the_next_worker)
{
    connect_guest(BACK_DOMID, link_nvme);
    die_at_once(10);
    owe_deaths();
    fake_worker_settle(BACK_DOMID);
    fake_worker_die(BACK_DOMID);
    run_due();
    ck_assert_ptr_nonnull(link_find(BACK_DOMID)->soon);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
    ck_assert_ptr_null(link_find(BACK_DOMID)->soon);
    ck_assert_uint_eq(fake_workers_alive(), 0);
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
    tcase_add_test(tc, a_worker_that_serves_is_replaced_without_an_end);
    tcase_add_test(tc, one_too_many_in_a_row_waits);
    tcase_add_test(tc, a_front_closes_before_the_next_worker);
    tcase_add_test(tc, a_front_closes_without_a_worker);
    return tc;
}
