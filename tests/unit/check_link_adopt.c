/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A broker that starts again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"
#include "state.h"
#include "version.h"

/* What an earlier broker leaves: the record, and Xen's view. */
static void leave_behind(struct sbdf dev, enum aer_channel aer)
{
    struct state_record r;

    memset(&r, 0, sizeof(r));
    r.sbdf = dev;
    r.aer = aer;
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

static bool is_connected(void *arg UNUSED)
{
    const struct fake_worker *w = fake_worker(BACK_DOMID);

    return w && w->connected;
}

/* ... while a guest is connected. */
static void a_broker_starts_after(enum aer_channel aer)
{
    leave_behind(link_nvme, aer);
    link_adopt_devices(world_hyp);
    tool_lists_with(BACK_DOMID, link_nvme, "allow_dirty=1,permissive=1");
    set_back(BACK_DOMID, "state-0", "3");
    set_back(BACK_DOMID, "state", "4");
    front_publishes(BACK_DOMID);
    set_front(BACK_DOMID, "state", "4");
    ck_assert(run_until(is_connected, NULL));
    link_release_orphans();
    run_due();
}

static void a_broker_starts(void)
{
    a_broker_starts_after(AER_CHANNEL_UNHARMED);
}

START_TEST(a_new_broker_goes_on)
{
    a_broker_starts();
    ck_assert_uint_eq(fake_workers_spawned(), 1);
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

START_TEST(a_new_broker_adopts_the_worker)
{
    fake_workers_left(BACK_DOMID, xenpci_version);
    a_broker_starts();
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    ck_assert_str_eq(states(BACK_DOMID), "");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->connect.gref, 8);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->ndevices, 1);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_CONTINUE);
    ck_assert(!link_find(BACK_DOMID)->outdated);
    /* It is a worker like any other from then on. */
    fake_worker_die(BACK_DOMID);
    ck_assert(run_until(is_connected, NULL));
    ck_assert_uint_eq(fake_workers_spawned(), 1);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "6");
}
END_TEST

static bool knows_all(void *arg UNUSED)
{
    const struct device *dev = device_by_sbdf(link_nvme);

    return is_connected(NULL) && dev->told && dev->policy.allow_dirty;
}

/* The worker does not wait for what can be read later, nor is it taken twice. */
START_TEST(a_read_that_fails_is_made_up_for)
{
    fake_workers_left(BACK_DOMID, xenpci_version);
    leave_behind(link_nvme, AER_CHANNEL_UNHARMED);
    link_adopt_devices(world_hyp);
    tool_lists_with(BACK_DOMID, link_nvme, "allow_dirty=1");
    set_back(BACK_DOMID, "state-0", "3");
    set_back(BACK_DOMID, "state", "4");
    front_publishes(BACK_DOMID);
    set_front(BACK_DOMID, "state", "4");
    fake_store_fail_read((unsigned int)_i, EIO);
    ck_assert(run_until(knows_all, NULL));
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    ck_assert_uint_eq(fake_workers_discarded(), 0);
    ck_assert_str_eq(states(BACK_DOMID), "");
    ck_assert_str_eq(fake_xen_log(), "");
}
END_TEST

static enum aer_channel recorded(void)
{
    struct state_record r;

    ck_assert_int_eq(state_load(link_nvme, &r), 0);
    return r.aer;
}

/* With the worker that has asked the front already, or with a new one. */
START_TEST(an_error_is_recovered_from_all_the_same)
{
    const struct fake_worker *w;

    if (_i == 1)
        fake_workers_left(BACK_DOMID, xenpci_version);
    a_broker_starts_after(AER_CHANNEL_NORMAL);
    w = fake_worker(BACK_DOMID);
    ck_assert(w->aer_waiting);
    ck_assert_uint_eq(w->aer.cmd, PCI_OP_AER_DETECTED);
    ck_assert_int_eq(w->aer.channel, AER_CHANNEL_NORMAL);
    ck_assert_uint_eq(w->aer.again, 1);
    ck_assert_int_eq(recorded(), AER_CHANNEL_NORMAL);
    fake_worker_aer(BACK_DOMID, MSG_AER_ANSWERED, AER_RESULT_RECOVERED);
    ck_assert_uint_eq(w->aer.cmd, PCI_OP_AER_RESUME);
    ck_assert_uint_eq(w->aer.again, 0);
    fake_worker_aer(BACK_DOMID, MSG_AER_ANSWERED, AER_RESULT_NONE);
    ck_assert(!w->aer_waiting);
    ck_assert_int_eq(recorded(), AER_CHANNEL_UNHARMED);
}
END_TEST

static bool is_replaced(void *arg UNUSED)
{
    return is_connected(NULL) && fake_workers_spawned() == 1;
}

START_TEST(an_adopted_worker_of_another_version_is_replaced)
{
    fake_workers_left(BACK_DOMID, "0.0.1");
    a_broker_starts();
    ck_assert(link_find(BACK_DOMID)->outdated);
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    ck_assert(run_until(is_replaced, NULL));
    ck_assert(!link_find(BACK_DOMID)->outdated);
    /* That was no death. */
    ck_assert_uint_eq(link_find(BACK_DOMID)->quota.paid_us[QUOTA_DEATH], 0);
    ck_assert_uint_eq(link_find(BACK_DOMID)->unsettled, 0);
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

/* Its page and port are another worker's next. */
START_TEST(the_worker_of_a_pair_that_cannot_go_on_is_ended)
{
    fake_workers_left(BACK_DOMID, xenpci_version);
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_uint_eq(fake_workers_discarded(), 1);
}
END_TEST

/* Asked back from a guest whose front has not come: there is no page yet. */
START_TEST(a_new_broker_in_a_change_before_the_front)
{
    leave_behind(link_nvme, AER_CHANNEL_UNHARMED);
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
    leave_behind(link_nvme, AER_CHANNEL_UNHARMED);
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

/* Let the record look like one of another version. */
static void rewrite_version(char digit)
{
    char path[256], text[16384];
    char *version;
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/0000-03-00-0.json", state_dir());
    f = fopen(path, "r+");
    ck_assert_ptr_nonnull(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    text[n] = '\0';
    version = strstr(text, "\"version\"");
    ck_assert_ptr_nonnull(version);
    version[strcspn(version, "0123456789")] = digit;
    rewind(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static bool says_newer(void *arg UNUSED)
{
    return strstr(back_error(BACK_DOMID), "a newer xenpcid") != NULL;
}

/* The guest and its worker go on as they are, until the right one is back. */
START_TEST(a_newer_brokers_guest_is_left_alone)
{
    fake_workers_left(BACK_DOMID, xenpci_version);
    leave_behind(link_nvme, AER_CHANNEL_UNHARMED);
    rewrite_version('9');
    link_adopt_devices(world_hyp);
    ck_assert_ptr_null(device_by_sbdf(link_nvme));
    tool_lists(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "state-0", "3");
    set_back(BACK_DOMID, "state", "4");
    front_publishes(BACK_DOMID);
    set_front(BACK_DOMID, "state", "4");
    ck_assert(run_until(says_newer, NULL));
    link_release_orphans();
    run_due();
    ck_assert_str_eq(states(BACK_DOMID), "");
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(fake_workers_discarded(), 0);
    ck_assert_uint_eq(fake_workers_spawned(), 0);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
    rewrite_version('1');
    tool_deletes(BACK_DOMID);
    run_due();
    ck_assert_ptr_null(link_find(BACK_DOMID));
    link_adopt_devices(world_hyp);
    link_release_orphans();
    expect_owner(link_nvme, HYP_DOMID_IO);
}
END_TEST

START_TEST(a_new_broker_releases_orphans)
{
    fake_workers_left(BACK_DOMID, xenpci_version);
    leave_behind(link_nvme, AER_CHANNEL_UNHARMED);
    link_adopt_devices(world_hyp);
    ck_assert_ptr_nonnull(device_by_sbdf(link_nvme));
    link_release_orphans();
    ck_assert_uint_eq(fake_workers_discarded(), 1);
    expect_owner(link_nvme, HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert(run_until(no_links, NULL));
}
END_TEST

/* Its directory was deleted while no broker ran, or it was found half-way. */
START_TEST(a_new_broker_starts_afresh_what_had_not_connected)
{
    leave_behind(link_nvme, AER_CHANNEL_FROZEN);
    link_adopt_devices(world_hyp);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    tool_lists(BACK_DOMID, link_nvme);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    /* Nor does its front hear of what was before it. */
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 0);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->devices[0].fresh, CFG_FRESH);
    ck_assert_uint_eq(fake_xen_owner(link_nvme), BACK_DOMID);
}
END_TEST

TCase *link_adopt_tests(void)
{
    TCase *tc = tcase_create("adopt");

    tcase_add_test(tc, a_new_broker_goes_on);
    tcase_add_test(tc, a_new_broker_adopts_the_worker);
    tcase_add_loop_test(tc, a_read_that_fails_is_made_up_for, 0, 16);
    tcase_add_loop_test(tc, an_error_is_recovered_from_all_the_same, 0, 2);
    tcase_add_test(tc, an_adopted_worker_of_another_version_is_replaced);
    tcase_add_test(tc, the_worker_of_a_pair_that_cannot_go_on_is_ended);
    tcase_add_test(tc, a_new_broker_in_a_change_before_the_front);
    tcase_add_test(tc, a_new_broker_tells_what_was_claimed);
    tcase_add_test(tc, a_newer_brokers_guest_is_left_alone);
    tcase_add_test(tc, a_new_broker_releases_orphans);
    tcase_add_test(tc, a_new_broker_starts_afresh_what_had_not_connected);
    return tc;
}
