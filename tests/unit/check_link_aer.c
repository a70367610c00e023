/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/recovery*.c: errors of devices, with a worker that says what fronts do. */
#include <string.h>

#include "aer-source.h"
#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "nodes.h"
#include "pciregs.h"
#include "run-until.h"
#include "temp-tree.h"

/* Deadlines of 5 and 15 s are over at once. */
#define HURRY 200

static void traced(struct sbdf sbdf, enum aer_severity severity)
{
    const struct aer_traced t = {
        .sbdf = sbdf,
        .severity = severity,
        .text = "Completion Timeout",
    };

    aer_source_traced(&t);
}

static void uevent(struct sbdf sbdf, const char *event)
{
    char name[SBDF_TEXT];

    aer_source_uevent(sbdf_format(sbdf, name), event);
}

/* As the kernel does it. */
static void error(struct sbdf sbdf, enum aer_severity severity)
{
    traced(sbdf, severity);
    uevent(sbdf, "BEGIN_RECOVERY");
}

static struct device *nic(void)
{
    return device_by_sbdf(link_nic);
}

static bool is_idle(void *unused UNUSED)
{
    return nic()->ops == NULL;
}

/* What was begun with the device's registers is over. */
static void rest(void)
{
    ck_assert(run_until(is_idle, NULL));
}

static void answer(int32_t result)
{
    fake_worker_aer(BACK_DOMID, MSG_AER_ANSWERED, result);
}

static void assert_asked(uint32_t cmd, int32_t channel)
{
    const struct fake_worker *w = fake_worker(BACK_DOMID);

    ck_assert(w->aer_waiting);
    ck_assert_uint_eq(w->aer.cmd, cmd);
    ck_assert_int_eq(w->aer.channel, channel);
    ck_assert_uint_eq(w->aer.handle, w->devices[0].handle);
}

static void assert_over(void)
{
    ck_assert(!fake_worker(BACK_DOMID)->aer_waiting);
    ck_assert_int_eq(link_find(BACK_DOMID)->recovery.phase, AER_IDLE);
}

static void assert_failed(const char *text)
{
    assert_over();
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "aerfail");
    ck_assert_msg(strstr(device_error(link_nic), text),
                  "\"%s\" is not in "
                  "\"%s\"",
                  text, device_error(link_nic));
    ck_assert_ptr_nonnull(strstr(back_error(BACK_DOMID), text));
}

static bool is_over(void *unused UNUSED)
{
    const struct link *link = link_find(BACK_DOMID);

    return link && link->recovery.phase == AER_IDLE;
}

static bool is_slot_reset(void *unused UNUSED)
{
    return fake_worker(BACK_DOMID)->aer_waiting &&
           fake_worker(BACK_DOMID)->aer.cmd == PCI_OP_AER_SLOTRESET;
}

START_TEST(non_fatal)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_NORMAL);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    answer(AER_RESULT_CAN_RECOVER);
    assert_asked(PCI_OP_AER_MMIO, AER_CHANNEL_NORMAL);
    answer(AER_RESULT_RECOVERED);
    assert_asked(PCI_OP_AER_RESUME, AER_CHANNEL_NORMAL);
    /* As Linux's front answers what has no answer. */
    answer(AER_RESULT_NONE);
    assert_over();
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "");
    ck_assert_uint_eq(nic()->aer.nonfatal, 1);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 3);
}
END_TEST

START_TEST(with_a_reset)
{
    connect_guest(BACK_DOMID, link_nic);
    temp_tree_file(world_path(link_nic, "reset"), "");
    nic()->irq.mode = IRQ_MSIX;
    world_set(link_nic, PCI_COMMAND, 2, 0x0407);
    error(link_nic, AER_SEVERITY_NONFATAL);
    fake_xen_clear_log();
    /* What a reset does, before the child that resets begins to look. */
    world_set(link_nic, PCI_COMMAND, 2, 0);
    world_set(link_nic, PCI_BAR0, 4, 0);
    answer(AER_RESULT_NEED_RESET);
    ck_assert(!fake_worker(BACK_DOMID)->aer_waiting);
    ck_assert(run_until(is_slot_reset, NULL));
    ck_assert(world_was_reset(link_nic));
    assert_asked(PCI_OP_AER_SLOTRESET, AER_CHANNEL_NORMAL);
    ck_assert_uint_eq(world_get(link_nic, PCI_BAR0, 4), 0xfeac0000);
    /* Decodes, no DMA before its driver is ready, no line beside MSI-X. */
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2),
                      PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_SERR |
                          PCI_COMMAND_INTX_DISABLE);
    ck_assert_str_eq(fake_xen_log(), "restore-msi 0000:04:00.0\n");
    nic()->irq.mode = IRQ_INTX;
    answer(AER_RESULT_RECOVERED);
    answer(AER_RESULT_NONE);
    assert_over();
}
END_TEST

static int32_t ask(struct msg *m)
{
    m->serial++;
    m->u.handle.handle = nic()->handle;
    return fake_worker_ask(BACK_DOMID, m).err;
}

/* A guest that writes registers during a reset does not stop the broker. */
START_TEST(writes_during_a_reset)
{
    struct msg write = { .type = MSG_CONFIG_WRITE },
               on = { .type = MSG_MSI_ON };

    connect_guest(BACK_DOMID, link_nic);
    world_slow_reset(link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NEED_RESET);
    write.u.config_write.plan.count = 1;
    write.u.config_write.plan.writes[0] =
        (struct cfg_write){ .offset = PCI_COMMAND, .size = 2 };
    on.u.msi_on.count = 1;
    ck_assert_int_eq(ask(&write), PCI_ERR_OP_FAILED);
    ck_assert_int_eq(ask(&on), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    world_end_reset(link_nic);
    ck_assert(run_until(is_slot_reset, NULL));
    ck_assert_int_ne(ask(&write), PCI_ERR_OP_FAILED);
    answer(AER_RESULT_DISCONNECT);
    assert_failed("\"disconnect\" to \"device was reset\"");
}
END_TEST

START_TEST(no_reset_to_be_had)
{
    connect_guest(BACK_DOMID, link_nic);
    temp_tree_file(world_path(link_nic, "reset_method"), "\n");
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NEED_RESET);
    assert_failed("the kernel has none for it");
}
END_TEST

/* Answers to "detected" that end it. */
static const int32_t refusals[] = {
    AER_RESULT_NONE,
    AER_RESULT_DISCONNECT,
    AER_RESULT_NO_DRIVER,
    0,
    7,
    -1,
    INT32_MAX,
    INT32_MIN,
};

START_TEST(refused)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, _i % 2 ? AER_SEVERITY_FATAL : AER_SEVERITY_NONFATAL);
    answer(refusals[_i]);
    assert_failed("to \"error detected\"");
}
END_TEST

START_TEST(no_handler)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    fake_worker_aer(BACK_DOMID, MSG_AER_NO_HANDLER, AER_RESULT_RECOVERED);
    assert_failed("no handler");
}
END_TEST

/* A later error that is recovered from is the better news. */
START_TEST(news_get_better)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NONE);
    assert_failed("none");
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_RECOVERED);
    answer(AER_RESULT_RECOVERED);
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "");
    ck_assert_str_eq(device_error(link_nic), "");
}
END_TEST

/* The front is asked first; it may answer before the link is back, or after. */
START_TEST(frozen)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_FATAL);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_FROZEN);
    world_set(link_nic, PCI_COMMAND, 2, 0);
    world_set(link_nic, PCI_BAR0, 4, 0);
    if (_i == 1)
        uevent(link_nic, "SUCCESSFUL_RECOVERY");
    answer(AER_RESULT_NEED_RESET);
    if (_i == 0) {
        ck_assert(!fake_worker(BACK_DOMID)->aer_waiting);
        uevent(link_nic, "SUCCESSFUL_RECOVERY");
    }
    rest();
    assert_asked(PCI_OP_AER_SLOTRESET, AER_CHANNEL_FROZEN);
    ck_assert_uint_eq(world_get(link_nic, PCI_BAR0, 4), 0xfeac0000);
    answer(AER_RESULT_RECOVERED);
    assert_asked(PCI_OP_AER_RESUME, AER_CHANNEL_FROZEN);
    answer(AER_RESULT_RECOVERED);
    assert_over();
    ck_assert_uint_eq(nic()->aer.fatal, 1);
}
END_TEST

START_TEST(fatal_for_the_host)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_FATAL);
    if (_i == 1)
        uevent(link_nic, "FAILED_RECOVERY");
    answer(AER_RESULT_CAN_RECOVER);
    if (_i == 0)
        uevent(link_nic, "FAILED_RECOVERY");
    assert_failed("could not bring its link back");
}
END_TEST

START_TEST(the_host_never_finishes)
{
    link_world_hurry(HURRY);
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_FATAL);
    answer(AER_RESULT_NEED_RESET);
    ck_assert(run_until(is_over, NULL));
    assert_failed("did not bring its link back");
}
END_TEST

/* The device is not left without its decodes because its front gave up. */
START_TEST(mended_all_the_same)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_FATAL);
    if (_i == 0)
        answer(AER_RESULT_NONE);
    world_set(link_nic, PCI_COMMAND, 2, 0);
    world_set(link_nic, PCI_BAR0, 4, 0);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    if (_i == 1)
        answer(AER_RESULT_NONE);
    rest();
    ck_assert_uint_eq(world_get(link_nic, PCI_BAR0, 4), 0xfeac0000);
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2),
                      PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
}
END_TEST

/* The host is through with a second, graver error before the front has
 * answered to the first. */
START_TEST(fatal_in_the_middle)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    error(link_nic, AER_SEVERITY_FATAL);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    answer(AER_RESULT_RECOVERED);
    answer(AER_RESULT_NONE);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_FROZEN);
    answer(AER_RESULT_NEED_RESET);
    rest();
    assert_asked(PCI_OP_AER_SLOTRESET, AER_CHANNEL_FROZEN);
    answer(AER_RESULT_RECOVERED);
    answer(AER_RESULT_NONE);
    assert_over();
}
END_TEST

/* A running device is not touched when nothing was reset. */
START_TEST(nothing_to_mend)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    world_set(link_nic, PCI_COMMAND, 2, 0x0507);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    answer(AER_RESULT_NONE);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    rest();
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2), 0x0507);
}
END_TEST

START_TEST(deadline)
{
    uint32_t serial;

    link_world_hurry(HURRY);
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    serial = fake_worker(BACK_DOMID)->aer_serial;
    ck_assert(run_until(is_over, NULL));
    assert_failed("did not answer in time");
    /* Late, and without a meaning. */
    fake_worker_aer_stray(BACK_DOMID, serial, AER_RESULT_CAN_RECOVER);
    assert_over();
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 1);
}
END_TEST

START_TEST(stray_answers)
{
    uint32_t serial;

    connect_guest(BACK_DOMID, link_nic);
    fake_worker_aer_stray(BACK_DOMID, 0, AER_RESULT_CAN_RECOVER);
    assert_over();
    error(link_nic, AER_SEVERITY_NONFATAL);
    serial = fake_worker(BACK_DOMID)->aer_serial;
    fake_worker_aer_stray(BACK_DOMID, serial - 1, AER_RESULT_RECOVERED);
    fake_worker_aer_stray(BACK_DOMID, serial + 1, AER_RESULT_RECOVERED);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_NORMAL);
    answer(AER_RESULT_NONE);
}
END_TEST

/* One at a time; the graver error is the one that is told next, once. */
START_TEST(one_outstanding)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    error(link_nic, AER_SEVERITY_FATAL);
    error(link_nic, AER_SEVERITY_NONFATAL);
    error(link_nic, AER_SEVERITY_NONFATAL);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 1);
    answer(AER_RESULT_NONE);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 2);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_FROZEN);
    answer(AER_RESULT_NONE);
    assert_over();
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 2);
}
END_TEST

/* Requests are served while the front thinks about an error. */
START_TEST(operations_meanwhile)
{
    struct msg m = { .type = MSG_MSI_ON, .serial = 42 };

    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    m.u.msi_on.handle = nic()->handle;
    m.u.msi_on.count = 1;
    ck_assert_int_eq(fake_worker_ask(BACK_DOMID, &m).err, 0);
    m.type = MSG_MSI_OFF;
    ck_assert_int_eq(fake_worker_ask(BACK_DOMID, &m).err, 0);
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_NORMAL);
    answer(AER_RESULT_NONE);
}
END_TEST

static bool has_two_workers(void *unused UNUSED)
{
    return fake_workers_spawned() == 2 && fake_worker(BACK_DOMID) &&
           fake_worker(BACK_DOMID)->aer_waiting;
}

START_TEST(worker_dies)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aer.again, 0);
    fake_worker_die(BACK_DOMID);
    ck_assert(run_until(has_two_workers, NULL));
    assert_asked(PCI_OP_AER_DETECTED, AER_CHANNEL_NORMAL);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aer.again, 1);
    answer(AER_RESULT_RECOVERED);
    assert_asked(PCI_OP_AER_RESUME, AER_CHANNEL_NORMAL);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aer.again, 0);
    answer(AER_RESULT_NONE);
    assert_over();
}
END_TEST

static bool nic_is_back(void *unused UNUSED)
{
    return !nic();
}

START_TEST(detached_meanwhile)
{
    connect_guest(BACK_DOMID, link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    error(link_nic, AER_SEVERITY_FATAL);
    tool_asks_back(BACK_DOMID, link_nic);
    set_front(BACK_DOMID, "state", "7");
    ck_assert(run_until(nic_is_back, NULL));
    assert_over();
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 1);
    uevent(link_nic, "SUCCESSFUL_RECOVERY");
    error(link_nic, AER_SEVERITY_FATAL);
    assert_over();
}
END_TEST

START_TEST(destroyed_meanwhile)
{
    connect_guest(BACK_DOMID, link_nic);
    world_slow_reset(link_nic);
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NEED_RESET);
    fake_xen_domain(BACK_DOMID)->exists = false;
    tool_deletes(BACK_DOMID);
    fake_store_fire(XS_WATCH_RELEASE);
    run_due();
    world_end_reset(link_nic);
    temp_tree_remove(world_path(link_nic, "reset"));
    temp_tree_file(world_path(link_nic, "reset"), "");
}
END_TEST

/* Corrected errors, devices that nobody has, names that are none. */
START_TEST(not_told)
{
    connect_guest(BACK_DOMID, link_nic);
    traced(link_nic, AER_SEVERITY_CORRECTED);
    traced(link_nic, AER_SEVERITY_CORRECTED);
    ck_assert_uint_eq(nic()->aer.corrected, 2);
    error(link_edu, AER_SEVERITY_FATAL);
    aer_source_uevent("0000:00:1c.0", "BEGIN_RECOVERY");
    aer_source_uevent("ttyS0", "BEGIN_RECOVERY");
    uevent(link_nic, "ODD_RECOVERY");
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->aers, 0);
}
END_TEST

/* Of an error nobody explained the worst is assumed; and a device below the
 * port that reported takes the port's severity. */
START_TEST(severity)
{
    aer_source_close(); /* what earlier tests told is forgotten */
    connect_guest(BACK_DOMID, link_nic);
    if (_i == 1)
        traced(link_edu, AER_SEVERITY_NONFATAL);
    uevent(link_nic, "BEGIN_RECOVERY");
    assert_asked(PCI_OP_AER_DETECTED,
                 _i == 1 ? AER_CHANNEL_NORMAL : AER_CHANNEL_FROZEN);
    answer(AER_RESULT_NONE);
}
END_TEST

START_TEST(front_not_connected)
{
    tool_lists(BACK_DOMID, link_nic);
    expect_states(BACK_DOMID, "2 3");
    error(link_nic, AER_SEVERITY_FATAL);
    ck_assert_int_eq(link_find(BACK_DOMID)->recovery.phase, AER_IDLE);
}
END_TEST

START_TEST(policy_pause)
{
    connect_guest(BACK_DOMID, link_nic);
    nic()->policy.aer = POLICY_AER_PAUSE;
    fake_xen_clear_log();
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NONE);
    assert_failed("the guest is paused");
    ck_assert_str_eq(fake_xen_log(), "pause 5\n");
}
END_TEST

START_TEST(policy_destroy)
{
    connect_guest(BACK_DOMID, link_nic);
    nic()->policy.aer = POLICY_AER_DESTROY;
    fake_xen_clear_log();
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NONE);
    assert_failed("the guest is ended");
    ck_assert_str_eq(fake_xen_log(), "crash 5\n");
}
END_TEST

/* Whether its front takes part in that or not. */
START_TEST(policy_detach)
{
    link_world_hurry(HURRY);
    connect_guest(BACK_DOMID, link_nic);
    nic()->policy.aer = POLICY_AER_DETACH;
    world_set(link_nic, PCI_COMMAND, 2, 0x0007);
    error(link_nic, AER_SEVERITY_NONFATAL);
    answer(AER_RESULT_NONE);
    rest();
    ck_assert_uint_eq(world_get(link_nic, PCI_COMMAND, 2), 0x0003);
    ck_assert(run_until(nic_is_back, NULL));
    ck_assert_uint_eq(fake_xen_owner(link_nic), HYP_DOMID_IO);
    expect_back_node(BACK_DOMID, "state-0", "6");
}
END_TEST

static void add_fatal(TCase *tc)
{
    tcase_add_loop_test(tc, frozen, 0, 2);
    tcase_add_loop_test(tc, fatal_for_the_host, 0, 2);
    tcase_add_test(tc, the_host_never_finishes);
    tcase_add_loop_test(tc, mended_all_the_same, 0, 2);
    tcase_add_test(tc, fatal_in_the_middle);
    tcase_add_test(tc, nothing_to_mend);
    tcase_add_loop_test(tc, severity, 0, 2);
}

static void add_policies(TCase *tc)
{
    tcase_add_test(tc, policy_pause);
    tcase_add_test(tc, policy_destroy);
    tcase_add_test(tc, policy_detach);
}

TCase *link_aer_tests(void)
{
    TCase *tc = tcase_create("aer");

    tcase_add_test(tc, non_fatal);
    tcase_add_test(tc, with_a_reset);
    tcase_add_test(tc, writes_during_a_reset);
    tcase_add_test(tc, no_reset_to_be_had);
    tcase_add_loop_test(tc, refused, 0, (int)ARRAY_LEN(refusals));
    tcase_add_test(tc, no_handler);
    tcase_add_test(tc, news_get_better);
    tcase_add_test(tc, deadline);
    tcase_add_test(tc, stray_answers);
    tcase_add_test(tc, one_outstanding);
    tcase_add_test(tc, operations_meanwhile);
    tcase_add_test(tc, worker_dies);
    tcase_add_test(tc, detached_meanwhile);
    tcase_add_test(tc, destroyed_meanwhile);
    tcase_add_test(tc, not_told);
    tcase_add_test(tc, front_not_connected);
    add_fatal(tc);
    add_policies(tc);
    return tc;
}
