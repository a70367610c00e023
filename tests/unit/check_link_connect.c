/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a listed device to Connected, and back to it. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"
#include "temp-tree.h"

/* libxl makes the directory in state 1, our tools in 2. */
START_TEST(cold)
{
    static const char *const first[] = { "1", "2" };
    const struct fake_worker *w;
    const char *before;

    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state", first[_i]);
    expect_states(BACK_DOMID, "2 3");
    before = listing_before_3(BACK_DOMID);
    ck_assert_ptr_nonnull(strstr(before, "/vdev-0 = 0000:00:00.00\n"));
    ck_assert_ptr_nonnull(strstr(before, "/root-0 = 0000:00\n"));
    ck_assert_ptr_nonnull(strstr(before, "/root_num = 1\n"));
    ck_assert_ptr_nonnull(strstr(before, "/state-0 = 3\n"));
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    ck_assert_ptr_null(fake_worker(BACK_DOMID));
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_str_eq(back_node(BACK_DOMID, "state"), "4");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
    w = fake_worker(BACK_DOMID);
    ck_assert_ptr_nonnull(w);
    ck_assert(w->connected);
    ck_assert_uint_eq(w->connect.domid, BACK_DOMID);
    ck_assert_uint_eq(w->connect.gref, 8);
    ck_assert_uint_eq(w->connect.port, 9);
    ck_assert_uint_eq(w->ndevices, 1);
    ck_assert_uint_eq(w->devices[0].fresh, CFG_FRESH);
    ck_assert(sbdf_equal(w->devices[0].real, link_nvme));
}
END_TEST

START_TEST(front_first)
{
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
}
END_TEST

START_TEST(several_devices)
{
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, link_nic);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 2);
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:00:00.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0000:00:01.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "1");
}
END_TEST

/* At 3 the daemon waits for 3; nothing else moves it. */
START_TEST(states_out_of_order)
{
    static const char *const values[] = { "4", "7",  "8",    "2",
                                          "9", "-1", "3000", "three" };

    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3");
    set_front(BACK_DOMID, "state", values[_i]);
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3");
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    /* And at 4 none of these but 7 means anything. */
    if (strcmp(values[_i], "7") != 0) {
        set_front(BACK_DOMID, "state", values[_i]);
        run_due();
        ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
        ck_assert_ptr_nonnull(fake_worker(BACK_DOMID));
    }
}
END_TEST

static const struct bad_front {
    const char *leaf;
    const char *value; /* NULL: no such node */
    const char *words;
} bad_fronts[] = {
    { "magic", "6", "71 version mismatch: the front's protocol magic" },
    { "magic", "", "71 version mismatch" },
    { "magic", "7777777777777777", "71 version mismatch" },
    { "magic", NULL, "71 version mismatch" },
    { "pci-op-ref", NULL, "pci-op-ref is missing" },
    { "pci-op-ref", "", "pci-op-ref is no number" },
    { "pci-op-ref", "-1", "pci-op-ref is no number" },
    { "pci-op-ref", "4294967296", "pci-op-ref is no number" },
    { "pci-op-ref", "8 ", "pci-op-ref is no number" },
    { "event-channel", NULL, "event-channel is missing" },
    { "event-channel", "0x9", "event-channel is no number" },
};

START_TEST(bad_front_nodes)
{
    const struct bad_front *bad = &bad_fronts[_i];

    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3");
    set_front(BACK_DOMID, "pci-op-ref", "8");
    set_front(BACK_DOMID, "event-channel", "9");
    set_front(BACK_DOMID, "magic", "7");
    if (bad->value)
        set_front(BACK_DOMID, bad->leaf, bad->value);
    else
        unset_front(BACK_DOMID, bad->leaf);
    set_front(BACK_DOMID, "state", "3");
    expect_states(BACK_DOMID, "2 3 5");
    ck_assert_msg(strstr(back_error(BACK_DOMID), bad->words) != NULL,
                  "\"%s\", not \"%s\"", back_error(BACK_DOMID), bad->words);
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    /* It may try again properly. */
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 5 6");
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 5 6 3 4");
}
END_TEST

static void hang_in_a_hurry(void)
{
    link_world_hurry(1000);
    fake_workers_hang();
}

static void bad_grant(void)
{
    fake_workers_answer(-EINVAL, MSG_STEP_MAP);
}

static void bad_port(void)
{
    fake_workers_answer(-EINVAL, MSG_STEP_BIND);
}

static void no_sandbox(void)
{
    fake_workers_answer(-EPERM, MSG_STEP_CONFINE);
}

static void absurd_answer(void)
{
    fake_workers_answer(INT_MIN, 77);
}

static void no_process(void)
{
    fake_workers_fail(EAGAIN);
}

static const struct trouble {
    void (*prepare)(void);
    const char *error;
} troubles[] = {
    { bad_grant,
      "22 mapping the front's grant reference failed: Invalid argument" },
    { bad_port, "22 binding the front's event channel failed: " },
    { no_sandbox, "1 confining the guest's worker failed: " },
    { absurd_answer, "71 binding the front's event channel failed: " },
    { no_process, "11 no worker process: " },
    { fake_workers_die, "5 the worker ended while connecting" },
    { hang_in_a_hurry, "110 the worker does not connect" },
};

START_TEST(connecting_fails)
{
    tool_lists(BACK_DOMID, link_nvme);
    expect_states(BACK_DOMID, "2 3");
    troubles[_i].prepare();
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 5");
    ck_assert_msg(strncmp(back_error(BACK_DOMID), troubles[_i].error,
                          strlen(troubles[_i].error)) == 0,
                  "\"%s\", not \"%s\"", back_error(BACK_DOMID),
                  troubles[_i].error);
    run_due();
    ck_assert_uint_eq(fake_workers_alive(), 0);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
}
END_TEST

static void turn_msix_on(void)
{
    struct msg m = { .type = MSG_MSIX_ON, .serial = 1 };
    struct msg_answer a;

    m.u.msix_on.handle = fake_worker(BACK_DOMID)->devices[0].handle;
    m.u.msix_on.count = 2;
    m.u.msix_on.entry[1] = 1;
    a = fake_worker_ask(BACK_DOMID, &m);
    ck_assert_int_eq(a.err, 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 2);
}

/* How fronts leave and come back, and what they find then. */
static const struct comeback {
    const char *name;
    const char *values[4]; /* of the front, before it publishes again */
    const char *states;
} comebacks[] = {
    { "closes in order", { "5", "6", "1" }, "2 3 4 5 6 2 3 4" },
    { "a module loaded again", { "5", "6" }, "2 3 4 5 6 3 4" },
    { "closes without a word", { "6", "1" }, "2 3 4 6 2 3 4" },
    { "kexec: starts again at 1", { "1" }, "2 3 4 2 3 4" },
};

static bool front_was_seen(void *arg)
{
    const struct link *link = link_find(BACK_DOMID);

    return link->peer == xb_peer_event(arg) && link->running == XB_ACT_NONE &&
           !link->look;
}

START_TEST(fronts_that_come_back)
{
    const struct comeback *c = &comebacks[_i];

    connect_guest(BACK_DOMID, link_nvme);
    turn_msix_on();
    for (unsigned int i = 0; c->values[i]; i++) {
        char value[4];

        strcpy(value, c->values[i]);
        set_front(BACK_DOMID, "state", value);
        ck_assert(run_until(front_was_seen, value));
    }
    /* Its devices stay; its interrupts and its worker do not. */
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    ck_assert_uint_eq(fake_workers_alive(), 0);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, c->states);
    ck_assert_uint_eq(fake_workers_spawned(), 2);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_FRESH);
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

START_TEST(the_front_directory_disappears)
{
    connect_guest(BACK_DOMID, link_nvme);
    unset_front(BACK_DOMID, "state");
    expect_states(BACK_DOMID, "2 3 4 6");
    expect_owner(link_nvme, HYP_DOMID_IO);
    ck_assert_uint_eq(fake_workers_alive(), 0);
    /* It gave its device back for good: there is no bus to come back to. */
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 6 6");
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4 6 6");
    ck_assert_uint_eq(fake_workers_alive(), 0);
}
END_TEST

START_TEST(two_guests_do_not_notice_each_other)
{
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(OTHER_DOMID, link_nic);
    front_publishes(OTHER_DOMID);
    expect_states(OTHER_DOMID, "2 3 4");
    /* One front is broken; the other guest goes on. */
    set_front(BACK_DOMID, "magic", "0");
    set_front(BACK_DOMID, "state", "3");
    expect_states(BACK_DOMID, "2 3 5");
    ck_assert_str_eq(states(OTHER_DOMID), "2 3 4");
    ck_assert_str_eq(back_error(OTHER_DOMID), "");
    tool_deletes(BACK_DOMID);
    expect_owner(link_nvme, HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nic), OTHER_DOMID);
    ck_assert_uint_eq(fake_workers_alive(), 1);
}
END_TEST

/* The kernel's backend has the directory: two would answer one guest. */
START_TEST(the_kernel_got_there_first)
{
    temp_tree_dir("sys/bus/xen-backend/devices/pci-5-0/driver");
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "");
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_ptr_nonnull(
        strstr(back_error(BACK_DOMID),
               "16 the kernel's xen-pciback answers this guest; shut the guest "
               "down and start it again while xenpcid runs"));
    ck_assert_ptr_nonnull(link_find(BACK_DOMID));
    /* Other guests have nothing to do with it. */
    tool_lists(OTHER_DOMID, link_nic);
    front_publishes(OTHER_DOMID);
    expect_states(OTHER_DOMID, "2 3 4");
    /* Once the kernel lets go we take over. */
    temp_tree_remove("sys/bus/xen-backend/devices/pci-5-0/driver");
    set_back(BACK_DOMID, "state", "1");
    expect_states(BACK_DOMID, "2 3 4");
}
END_TEST

static bool has_looked(void *link)
{
    return ((const struct link *)link)->look == NULL;
}

static void stop(void *unused UNUSED)
{
    loop_stop();
}

/* XSA-349: looks are made late, not never, when they are wanted without end. */
START_TEST(xsa_349_a_front_that_never_rests)
{
    struct link *link;
    bool put_off = false;

    connect_guest(BACK_DOMID, link_nvme);
    link = link_find(BACK_DOMID);
    for (unsigned int i = 0; i < 2000 && !put_off; i++) {
        link_touch(link);
        (void)loop_after(0, stop, NULL);
        loop_run();
        put_off = link->look != NULL;
    }
    ck_assert(put_off);
    ck_assert(run_until(has_looked, link));
}
END_TEST

TCase *link_connect_tests(void)
{
    TCase *tc = tcase_create("connect");

    tcase_add_loop_test(tc, cold, 0, 2);
    tcase_add_test(tc, front_first);
    tcase_add_test(tc, several_devices);
    tcase_add_loop_test(tc, states_out_of_order, 0, 8);
    tcase_add_loop_test(tc, bad_front_nodes, 0, (int)ARRAY_LEN(bad_fronts));
    tcase_add_loop_test(tc, connecting_fails, 0, (int)ARRAY_LEN(troubles));
    tcase_add_loop_test(tc, fronts_that_come_back, 0,
                        (int)ARRAY_LEN(comebacks));
    tcase_add_test(tc, the_front_directory_disappears);
    tcase_add_test(tc, two_guests_do_not_notice_each_other);
    tcase_add_test(tc, the_kernel_got_there_first);
    tcase_add_test(tc, xsa_349_a_front_that_never_rests);
    return tc;
}
