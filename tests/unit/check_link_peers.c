/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fronts of other systems, by what their sources show: NetBSD's
 * (sys/arch/xen/xen/xpci_xenbus.c, sys/arch/xen/xenbus/xenbus_probe.c) and
 * Mini-OS's (pcifront.c). The same two play against the daemon on real Xen.
 */
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"

static const struct sbdf absent = { .bus = 9 };

/*
 * ---- NetBSD ----
 *
 * It panics when the back is at 6, 7 or 8, and answers 5 with 6, to which our
 * answer is 6. So none of the four may come without somebody's asking.
 */

/* Cuts a root at the fifth character; -1 when it would not take it. */
static long netbsd_bus(const char *root)
{
    char text[32], *end;
    unsigned long bus;

    if (strlen(root) < 6 || strlen(root) >= sizeof(text))
        return -1;
    strcpy(text, root);
    text[4] = '\0';
    bus = strtoul(text + 5, &end, 16);
    return strcmp(text, "0000") == 0 && *end == '\0' ? (long)bus : -1;
}

START_TEST(netbsd_lives_and_dies_at_4)
{
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "1");
    ck_assert_int_eq(netbsd_bus(back_node(BACK_DOMID, "root-0")), 0);
    /* It scans first, and is connected then. */
    set_front(BACK_DOMID, "state", "4");
    run_due();
    /* A worker that is replaced is no reason to tell it anything. */
    fake_worker_die(BACK_DOMID);
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
    /* It does not close: what comes now it will not see. */
    fake_xen_domain(BACK_DOMID)->shutdown = true;
    fake_store_fire("@releaseDomain");
    expect_states(BACK_DOMID, "2 3 4 6 4");
}
END_TEST

START_TEST(netbsd_survives_a_device_that_cannot_be_had)
{
    tool_lists(BACK_DOMID, absent);
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_str_eq(back_node(BACK_DOMID, "state-1"), "3");
}
END_TEST

/* With no device at all it is told, and that is its end. */
START_TEST(netbsd_does_not_survive_having_no_device)
{
    tool_lists(BACK_DOMID, absent);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 5");
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 5 6");
}
END_TEST

/* ---- Mini-OS ---- */

static void minios_reconfigures(void)
{
    expect_back_node(BACK_DOMID, "state", "7");
    set_front(BACK_DOMID, "state", "7");
    expect_back_node(BACK_DOMID, "state", "8");
    set_front(BACK_DOMID, "state", "4");
    expect_back_node(BACK_DOMID, "state", "4");
}

/* Each step waits for the back, for ever; the page is its own again after 6. */
static void minios_closes(void)
{
    set_front(BACK_DOMID, "state", "5");
    expect_back_node(BACK_DOMID, "state", "5");
    ck_assert_uint_eq(fake_workers_alive(), 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    set_front(BACK_DOMID, "state", "6");
    expect_back_node(BACK_DOMID, "state", "6");
    set_front(BACK_DOMID, "state", "1");
    expect_back_node(BACK_DOMID, "state", "3");
    unset_front(BACK_DOMID, "event-channel");
    run_due();
    ck_assert_str_eq(back_node(BACK_DOMID, "state"), "3");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}

static void minios_returns(void)
{
    set_front(BACK_DOMID, "pci-op-ref", "18");
    set_front(BACK_DOMID, "event-channel", "19");
    set_front(BACK_DOMID, "magic", "7");
    set_front(BACK_DOMID, "state", "3");
    expect_back_node(BACK_DOMID, "state", "4");
    set_front(BACK_DOMID, "state", "4");
    run_due();
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->connect.gref, 18);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->connect.port, 19);
}

static void turn_msi_on(void)
{
    struct msg m = { .type = MSG_MSI_ON, .serial = 1 };

    m.u.msi_on.count = 1;
    m.u.handle.handle = fake_worker(BACK_DOMID)->devices[0].handle;
    ck_assert_int_eq(fake_worker_ask(BACK_DOMID, &m).err, 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 1);
}

START_TEST(minios_lives_twice)
{
    connect_guest(BACK_DOMID, link_nic);
    turn_msi_on();
    minios_closes();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 5 6 2 3");
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
    minios_returns();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 5 6 2 3 4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_FRESH);
}
END_TEST

/* It has no other way to a device's address than vdev-N beside dev-N. */
START_TEST(minios_finds_every_device_by_vdev)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    minios_reconfigures();
    tool_lists(BACK_DOMID, link_edu);
    minios_reconfigures();
    tool_asks_back(BACK_DOMID, link_nvme);
    minios_reconfigures();
    tool_unlists(BACK_DOMID, link_nvme);
    minios_closes();
    minios_returns();
    ck_assert_str_eq(back_node(BACK_DOMID, "num_devs"), "2");
    ck_assert_str_eq(back_node(BACK_DOMID, "dev-0"), "0000:04:00.0");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:00:01.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "dev-1"), "0000:05:00.0");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0000:00:02.00");
}
END_TEST

/* Its user closes just as a device is being added. */
START_TEST(minios_closes_in_a_reconfiguration)
{
    connect_guest(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    expect_back_node(BACK_DOMID, "state", "7");
    minios_closes();
    minios_returns();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 7 5 6 2 3 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0000:00:01.00");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
}
END_TEST

/* Closed, waiting for its next life, it is shut down. */
START_TEST(minios_ends_between_two_lives)
{
    connect_guest(BACK_DOMID, link_nvme);
    minios_closes();
    fake_xen_domain(BACK_DOMID)->shutdown = true;
    fake_store_fire("@releaseDomain");
    expect_states(BACK_DOMID, "2 3 4 5 6 2 3 6 4");
    tool_asks_back(BACK_DOMID, link_nvme);
    expect_back_node(BACK_DOMID, "state-0", "6");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
}
END_TEST

/* Asked to leave it waits at 1 for what will not come, until the directory goes. */
START_TEST(minios_is_not_called_back_by_force)
{
    connect_guest(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "online", "0");
    set_back(BACK_DOMID, "state", "5");
    expect_back_node(BACK_DOMID, "state", "5");
    set_front(BACK_DOMID, "state", "5");
    set_front(BACK_DOMID, "state", "6");
    expect_owner(link_nvme, HYP_DOMID_IO);
    expect_back_node(BACK_DOMID, "state", "6");
    set_front(BACK_DOMID, "state", "1");
    run_due();
    ck_assert_str_eq(back_node(BACK_DOMID, "state"), "6");
}
END_TEST

TCase *link_peers_tests(void)
{
    TCase *tc = tcase_create("peers");

    tcase_add_test(tc, netbsd_lives_and_dies_at_4);
    tcase_add_test(tc, netbsd_survives_a_device_that_cannot_be_had);
    tcase_add_test(tc, netbsd_does_not_survive_having_no_device);
    tcase_add_test(tc, minios_lives_twice);
    tcase_add_test(tc, minios_finds_every_device_by_vdev);
    tcase_add_test(tc, minios_closes_in_a_reconfiguration);
    tcase_add_test(tc, minios_ends_between_two_lives);
    tcase_add_test(tc, minios_is_not_called_back_by_force);
    return tc;
}
