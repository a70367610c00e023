/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that take their time: claiming them, taking them back, the next broker;
 * and what a hand has of this one. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hand.h"
#include "job.h"
#include "pciregs.h"
#include "run-until.h"
#include "slow-case.h"
#include "temp-tree.h"

static bool has_said(void *words)
{
    return strstr(device_error(link_nic), words) != NULL;
}

static bool is_gone(void *arg UNUSED)
{
    return !slow_nic();
}

/* Its guest dies: Xen takes the device away whatever the device does, and nobody
 * gets it before the kernel has let go of it. */
START_TEST(a_stuck_device_is_taken_back)
{
    slow_guests();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_ON, 1), 0);
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    slow_in_the_kernel = true;
    tool_deletes(BACK_DOMID);
    expect_owner(link_nic, HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert(run_until(is_gone, NULL));
    ck_assert(hand_is_stuck(link_nic) && job_is_running(link_nic));
    tool_lists(BACK_DOMID, link_nic);
    front_publishes(BACK_DOMID);
    run_due();
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 4),
                     PCI_ERR_SUCCESS);
    slow_wake();
    expect_owner(link_nic, BACK_DOMID);
}
END_TEST

static bool waits_no_more(void *arg UNUSED)
{
    const struct link *link = link_find(BACK_DOMID);

    return !link || link->pending == 0;
}

static bool has_its_methods(void *arg UNUSED)
{
    return strcmp(temp_tree_text(world_path(link_nic, "reset_method")),
                  "flr pm") == 0;
}

/* One was chosen, and its reset did not end. */
START_TEST(methods_come_back_after_a_reset_that_was_too_late)
{
    temp_tree_file(world_path(link_nic, "reset_method"), "flr pm\n");
    slow_guests();
    link_world_hurry(HURRY);
    world_slow_reset(link_nic);
    tool_deletes(BACK_DOMID);
    ck_assert(run_until(is_gone, NULL));
    ck_assert(run_until(has_its_methods, NULL));
}
END_TEST

/* A guest that died does not keep waiting for a device that it wanted. */
START_TEST(waiting_for_a_stuck_device_ends_with_the_guest)
{
    slow_guests();
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    slow_in_the_kernel = true;
    tool_deletes(BACK_DOMID);
    ck_assert(run_until(is_gone, NULL));
    tool_lists(BACK_DOMID, link_nic);
    run_due();
    ck_assert_uint_eq(link_find(BACK_DOMID)->pending, 1);
    fake_xen_domain(BACK_DOMID)->dying = true;
    ck_assert(run_until(waits_no_more, NULL));
    fake_xen_domain(BACK_DOMID)->dying = false;
}
END_TEST

START_TEST(a_front_leaves_a_silent_device)
{
    slow_guests();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_ON, 1), 0);
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    slow_wake();
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 6 3 4");
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_ON, 1), 0);
}
END_TEST

/* A thousand reads, of a device that does not answer one. */
START_TEST(a_silent_device_is_not_given_away)
{
    char words[] = "cannot be read in time";

    connect_guest(OTHER_DOMID, link_nvme);
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    tool_lists(BACK_DOMID, link_nic);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_SUCCESS);
    ck_assert(run_until(has_said, words));
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(slow_nic());
}
END_TEST

/* Pulled out in the middle of a write. */
START_TEST(a_device_that_vanishes_under_a_write)
{
    slow_guests();
    slow_sleep(link_nic);
    slow_start(MSG_CONFIG_WRITE, 1);
    run_due();
    temp_tree_file(world_path(link_nic, "config"), "");
    slow_wake();
    ck_assert(run_until(slow_idle, NULL));
    ck_assert(slow_answered(1));
    ck_assert_int_ne(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 2),
                     PCI_ERR_SUCCESS);
    tool_deletes(BACK_DOMID);
    expect_owner(link_nic, HYP_DOMID_IO);
    ck_assert(run_until(is_gone, NULL));
}
END_TEST

/* An adopted device of which an earlier broker left a change half-way. */
START_TEST(a_new_broker_does_not_wait_either)
{
    slow_guests();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_ON, 1), 0);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_MSIX_ON, 2), 0);
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    slow_nic()->irq.changing = true;
    device_irq_settle(slow_nic());
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 3),
                     PCI_ERR_SUCCESS);
    ck_assert(slow_nic()->irq.changing);
    ck_assert(run_until(slow_idle, NULL));
    ck_assert(!slow_nic()->irq.changing);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
}
END_TEST

static unsigned int open_fds(pid_t pid)
{
    char path[64];
    struct dirent *entry;
    unsigned int n = 0;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    dir = opendir(path);
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)))
        n += entry->d_name[0] != '.';
    (void)closedir(dir);
    return n;
}

/* Its mask of this name in its status, 64 bits. */
static uint64_t signal_mask(pid_t pid, const char *name)
{
    char path[64], line[256];
    uint64_t mask = 0;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            mask = strtoull(line + strlen(name) + 1, NULL, 16);
    (void)fclose(file);
    return mask;
}

static void nothing(int signo UNUSED)
{
}

/* Neither the broker's descriptors nor its signal handlers; and it outlives what
 * a service manager sends to the whole group. */
START_TEST(a_hand_has_nothing_of_the_broker)
{
    slow_guests();
    (void)signal(SIGUSR1, nothing);
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_SUCCESS);
    (void)signal(SIGUSR1, SIG_DFL);
    /* Standard input, output, error; the registers, the socket. */
    ck_assert_uint_eq(open_fds(slow_hand), 5);
    ck_assert_uint_eq(signal_mask(slow_hand, "SigCgt"), 0);
    ck_assert_uint_eq(signal_mask(slow_hand, "SigBlk"), 0);
    slow_kill(slow_hand, SIGTERM);
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 2),
                     PCI_ERR_SUCCESS);
}
END_TEST

TCase *slow_end_tests(void)
{
    TCase *tc = tcase_create("end");

    tcase_add_checked_fixture(tc, slow_setup, slow_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_stuck_device_is_taken_back);
    tcase_add_test(tc, waiting_for_a_stuck_device_ends_with_the_guest);
    tcase_add_test(tc, methods_come_back_after_a_reset_that_was_too_late);
    tcase_add_test(tc, a_front_leaves_a_silent_device);
    tcase_add_test(tc, a_silent_device_is_not_given_away);
    tcase_add_test(tc, a_device_that_vanishes_under_a_write);
    tcase_add_test(tc, a_new_broker_does_not_wait_either);
    tcase_add_test(tc, a_hand_has_nothing_of_the_broker);
    return tc;
}
