/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/aer*.c: the steps, the worker's slot, the kernel's trace, the enables. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aer-enable.h"
#include "aer-slot.h"
#include "aer-trace.h"
#include "aer.h"
#include "back-world.h"
#include "device.h"
#include "pciregs.h"
#include "sysfs.h"
#include "temp-tree.h"

/* ---- the table ---- */

START_TEST(every_answer_has_a_consequence)
{
    for (int phase = AER_IDLE; phase < AER_PHASES; phase++) {
        for (int32_t result = -1; result <= 8; result++) {
            enum aer_phase n =
                aer_after((enum aer_phase)phase, AER_CHANNEL_NORMAL, result);
            enum aer_phase f =
                aer_after((enum aer_phase)phase, AER_CHANNEL_FROZEN, result);

            ck_assert(n > AER_DETECTED && n < AER_PHASES);
            ck_assert(f > AER_DETECTED && f < AER_PHASES);
            /* Only a front that was asked can bring it to a good end. */
            if (phase != AER_RESUME)
                ck_assert_int_ne(n, AER_RECOVERED);
            /* A frozen device is not looked at before its link was reset. */
            ck_assert_int_ne(f, AER_MMIO);
        }
    }
    ck_assert_int_eq(aer_after(AER_RESUME, AER_CHANNEL_NORMAL, INT32_MIN),
                     AER_RECOVERED);
}
END_TEST

START_TEST(requests)
{
    uint32_t cmd;

    ck_assert(aer_request(AER_DETECTED, &cmd));
    ck_assert_uint_eq(cmd, 6);
    ck_assert(aer_request(AER_MMIO, &cmd));
    ck_assert_uint_eq(cmd, 8);
    ck_assert(aer_request(AER_SLOT_RESET, &cmd));
    ck_assert_uint_eq(cmd, 9);
    ck_assert(aer_request(AER_RESUME, &cmd));
    ck_assert_uint_eq(cmd, 7);
    ck_assert(!aer_request(AER_HOST, &cmd));
    ck_assert(!aer_request(AER_RESET, &cmd));
    for (int i = 0; i < AER_PHASES; i++)
        ck_assert_ptr_nonnull(aer_phase_name((enum aer_phase)i));
    for (int32_t i = -1; i < 9; i++)
        ck_assert_ptr_nonnull(aer_result_name(i));
}
END_TEST

/* ---- the slot ---- */

static uint8_t memory[PCI_WIRE_PAGE_SIZE] __attribute__((aligned(4096)));
static struct pci_page *page;
static struct aer_slot slot;
static const struct sbdf virt = { .devfn = 0x08 };

static void slot_setup(void)
{
    page = (struct pci_page *)(void *)memory;
    ring_init(page, true);
    memset(&slot, 0, sizeof(slot));
}

static struct msg ask(uint32_t serial, uint32_t cmd, uint32_t again)
{
    struct msg m = { .type = MSG_AER, .serial = serial };

    m.u.aer.cmd = cmd;
    m.u.aer.channel = AER_CHANNEL_NORMAL;
    m.u.aer.again = again;
    return m;
}

static void front_answers(int32_t result)
{
    struct pci_aer_op aer;

    ck_assert(ring_aer_take(page, &aer));
    aer.err = result;
    ring_aer_reply(page, &aer);
}

START_TEST(slot_asks_and_collects)
{
    const struct msg m = ask(7, PCI_OP_AER_DETECTED, 0);
    struct pci_aer_op seen;
    struct msg done;

    ck_assert(!aer_slot_ask(&slot, page, &m, &virt, &done));
    ck_assert(slot.waiting);
    ck_assert(ring_aer_take(page, &seen));
    ck_assert_uint_eq(seen.cmd, PCI_OP_AER_DETECTED);
    ck_assert_int_eq(seen.err, AER_CHANNEL_NORMAL);
    ck_assert_uint_eq(seen.devfn, 0x08);
    ck_assert(!aer_slot_collect(&slot, page, &done));
    front_answers(AER_RESULT_CAN_RECOVER);
    ck_assert(aer_slot_collect(&slot, page, &done));
    ck_assert_uint_eq(done.type, MSG_AER_DONE);
    ck_assert_uint_eq(done.serial, 7);
    ck_assert_uint_eq(done.u.aer_done.status, MSG_AER_ANSWERED);
    ck_assert_int_eq(done.u.aer_done.result, AER_RESULT_CAN_RECOVER);
    ck_assert(!aer_slot_collect(&slot, page, &done));
}
END_TEST

/* Never put to a front that has not said that it answers. */
START_TEST(slot_without_a_handler)
{
    const struct msg m = ask(7, PCI_OP_AER_DETECTED, 0);
    struct pci_aer_op seen;
    struct msg done;

    ring_init(page, false);
    ck_assert(aer_slot_ask(&slot, page, &m, &virt, &done));
    ck_assert_uint_eq(done.u.aer_done.status, MSG_AER_NO_HANDLER);
    ck_assert(!ring_aer_take(page, &seen));
    ck_assert(!slot.waiting);
}
END_TEST

START_TEST(slot_without_a_page)
{
    const struct msg m = ask(7, PCI_OP_AER_DETECTED, 0);
    struct msg done;

    ck_assert(aer_slot_ask(&slot, NULL, &m, &virt, &done));
    ck_assert_uint_eq(done.u.aer_done.status, MSG_AER_NO_PAGE);
    ck_assert(aer_slot_ask(&slot, page, &m, NULL, &done));
    ck_assert_uint_eq(done.u.aer_done.status, MSG_AER_NO_PAGE);
    ck_assert_uint_eq(done.serial, 7);
}
END_TEST

START_TEST(slot_cancel)
{
    const struct msg m = ask(7, PCI_OP_AER_DETECTED, 0);
    struct pci_aer_op seen;
    struct msg done;

    ck_assert(!aer_slot_ask(&slot, page, &m, &virt, &done));
    aer_slot_cancel(&slot, page);
    ck_assert(!ring_aer_take(page, &seen));
    /* The front was in the middle of it. */
    seen = slot.op;
    seen.err = AER_RESULT_RECOVERED;
    ring_aer_reply(page, &seen);
    ck_assert(!aer_slot_collect(&slot, page, &done));
    aer_slot_cancel(&slot, NULL);
}
END_TEST

/* The worker before us died: before it posted, while the front was at it, after
 * the front had answered. */
START_TEST(slot_again)
{
    const struct msg first = ask(7, PCI_OP_AER_DETECTED, 0);
    const struct msg again = ask(7, PCI_OP_AER_DETECTED, 1);
    struct aer_slot before = { 0 };
    struct pci_aer_op seen;
    struct msg done;

    if (_i > 0)
        ck_assert(!aer_slot_ask(&before, page, &first, &virt, &done));
    if (_i == 2)
        front_answers(AER_RESULT_NEED_RESET);
    ck_assert(!aer_slot_ask(&slot, page, &again, &virt, &done));
    if (_i == 2) {
        ck_assert(!ring_aer_take(page, &seen));
    } else {
        ck_assert(!aer_slot_collect(&slot, page, &done));
        front_answers(AER_RESULT_NEED_RESET);
    }
    ck_assert(aer_slot_collect(&slot, page, &done));
    ck_assert_int_eq(done.u.aer_done.result, AER_RESULT_NEED_RESET);
}
END_TEST

/* A worker that waits for the front has another broker, which asks again. */
START_TEST(slot_again_by_another_broker)
{
    const struct msg first = ask(7, PCI_OP_AER_DETECTED, 0);
    struct msg again = ask(8, PCI_OP_AER_DETECTED, 1);
    struct msg done;

    ck_assert(!aer_slot_ask(&slot, page, &first, &virt, &done));
    ck_assert(!aer_slot_ask(&slot, page, &again, &virt, &done));
    ck_assert(!aer_slot_collect(&slot, page, &done));
    front_answers(AER_RESULT_NEED_RESET);
    ck_assert(aer_slot_collect(&slot, page, &done));
    ck_assert_uint_eq(done.serial, 8);
    ck_assert_int_eq(done.u.aer_done.result, AER_RESULT_NEED_RESET);
}
END_TEST

/* An operation of the guest passes by a request that waits. */
START_TEST(slot_beside_operations)
{
    const struct msg m = ask(7, PCI_OP_AER_DETECTED, 0);
    struct pci_op op = { .cmd = PCI_OP_CONF_READ, .size = 4 };
    struct pci_op taken;
    struct msg done;

    ck_assert(!aer_slot_ask(&slot, page, &m, &virt, &done));
    ring_post(page, &op);
    ck_assert(ring_take(page, &taken));
    taken.value = 0x12345678;
    ck_assert(ring_reply(page, &taken));
    ck_assert(ring_collect(page, &op));
    ck_assert_uint_eq(op.value, 0x12345678);
    ck_assert(!aer_slot_collect(&slot, page, &done));
    front_answers(AER_RESULT_RECOVERED);
    ck_assert(aer_slot_collect(&slot, page, &done));
}
END_TEST

/* ---- the trace ---- */

#define OF_DEV(rest) ("aer_event: 0000:01:00.0 PCIe Bus Error: severity=" rest)
#define DEV          "aer_event: 0000:01:00.0 PCIe Bus Error: severity="

/* As Linux 6.1 prints them. */
static const struct {
    const char *line;
    enum aer_severity severity;
    const char *text;
} lines[] = {
    { DEV "Uncorrected, non-fatal, Completion Timeout, TLP Header=Not "
          "available",
      AER_SEVERITY_NONFATAL, "Completion Timeout" },
    { DEV "Fatal, , TLP Header=Not available", AER_SEVERITY_FATAL, "" },
    { "   " DEV "Corrected, Bad TLP|Bad DLLP, TLP Header=Not available",
      AER_SEVERITY_CORRECTED, "Bad TLP|Bad DLLP" },
    { DEV "Fatal, Malformed TLP, TLP Header={0x4a000001,0x1,0x2,0x3}",
      AER_SEVERITY_FATAL, "Malformed TLP" },
};

START_TEST(trace_lines)
{
    struct aer_traced t;

    ck_assert(aer_trace_parse(lines[_i].line, &t));
    ck_assert_uint_eq(t.sbdf.bus, 1);
    ck_assert_int_eq(t.severity, lines[_i].severity);
    ck_assert_str_eq(t.text, lines[_i].text);
}
END_TEST

static const char *const not_lines[] = {
    "",
    "aer_event: ",
    "aer_event: 0000:01:00.0",
    "aer_event: 0000:01:00.9 PCIe Bus Error: severity=Fatal, , TLP Header=x",
    "aer_event: zzzz:01:00.0 PCIe Bus Error: severity=Fatal, , TLP Header=x",
    "mce: 0000:01:00.0 PCIe Bus Error: severity=Fatal, , TLP Header=x",
    "evil aer_event: 0000:01:00.0 PCIe Bus Error: severity=Fatal, , TLP Header",
    OF_DEV("Harmless, , TLP Header=Not available"),
    OF_DEV("Fatal, , "),
    OF_DEV(""),
};

START_TEST(trace_lines_that_are_none)
{
    struct aer_traced t;

    ck_assert(!aer_trace_parse(not_lines[_i], &t));
}
END_TEST

START_TEST(trace_line_too_long)
{
    char line[600] = DEV "Fatal, ";
    struct aer_traced t;
    size_t len = strlen(line);

    memset(line + len, 'x', 400);
    (void)snprintf(line + len + 400, sizeof(line) - len - 400,
                   ", TLP Header=Not available");
    ck_assert(aer_trace_parse(line, &t));
    ck_assert_uint_eq(strlen(t.text), AER_TRACE_TEXT - 1);
}
END_TEST

static unsigned int heard;

static void count(void *arg, const struct aer_traced *t)
{
    ck_assert_ptr_eq(arg, &heard);
    heard += t->severity == AER_SEVERITY_FATAL ? 100 : 1;
}

#define INSTANCE "tracing/instances/xenpcid"

START_TEST(trace_instance)
{
    char root[256];
    int fd;

    (void)snprintf(root, sizeof(root), "%s/tracing", temp_tree_make());
    aer_trace_root = root;
    ck_assert_int_lt(aer_trace_open(), 0);
    temp_tree_file(INSTANCE "/options/context-info", "1");
    temp_tree_file(INSTANCE "/events/ras/aer_event/enable", "0");
    temp_tree_file(INSTANCE "/buffer_percent", "50");
    temp_tree_file(INSTANCE "/trace_pipe",
                   DEV "Fatal, , TLP Header=Not available\n\nnoise\n" DEV
                       "Corrected, Bad TLP, TLP Header=Not available\n\n");
    fd = aer_trace_open();
    ck_assert_int_ge(fd, 0);
    ck_assert_str_eq(temp_tree_text(INSTANCE "/options/context-info"), "0");
    ck_assert_str_eq(temp_tree_text(INSTANCE "/buffer_percent"), "0");
    ck_assert_str_eq(temp_tree_text(INSTANCE "/events/ras/aer_event/enable"),
                     "1");
    aer_trace_read(fd, count, &heard);
    ck_assert_uint_eq(heard, 101);
    aer_trace_close(fd);
    ck_assert_str_eq(temp_tree_text(INSTANCE "/events/ras/aer_event/enable"),
                     "0");
    temp_tree_drop();
}
END_TEST

/* ---- the enables ---- */

static const struct sbdf nic = { .bus = 4 };

/* The recorded e1000e: PCIe at e0, AER at 100, Device Control as given. */
static struct device *reporter(uint16_t control)
{
    struct device_claim claim = { .sbdf = nic, .domid = BACK_DOMID };
    struct device *dev;
    struct cfg_hw hw = { .read = device_read_config };
    struct cfg_params params = { 0 };
    uint8_t snapshot[CFG_SIZE_MAX];

    world_add(nic, &back_e1000e);
    world_set(nic, 0xe0 + PCI_EXP_DEVCTL, 2, control);
    dev = device_new(world_hyp, &claim);
    ck_assert_int_eq(device_open(dev), 0);
    for (uint16_t at = 0; at < CFG_SIZE_MAX; at++)
        snapshot[at] = (uint8_t)world_get(nic, at, 1);
    params.size = sizeof(snapshot);
    hw.ctx = dev;
    cfgspace_init(&dev->cs, &params, snapshot, dev->shadow, hw, CFG_FRESH);
    return dev;
}

#define BELOW "devices/pci0000:00/0000:00:1c.0/0000:04:00.0"

/* Below a port, as sysfs shows it. */
static void put_below_a_port(void)
{
    char from[256], to[256];

    temp_tree_dir("sys/devices/pci0000:00/0000:00:1c.0");
    (void)snprintf(from, sizeof(from), "%s/bus/pci/devices/0000:04:00.0",
                   sysfs_root);
    (void)snprintf(to, sizeof(to), "%s/" BELOW, sysfs_root);
    ck_assert_int_eq(rename(from, to), 0);
    temp_tree_link("sys/bus/pci/devices/0000:04:00.0", "../../../" BELOW);
}

static uint32_t control_after(struct device *dev)
{
    if (aer_is_heard(nic))
        ck_assert_int_eq(aer_enable(dev->config_fd, &dev->cs), 0);
    return world_get(nic, 0xe0 + PCI_EXP_DEVCTL, 2);
}

#define SERVICES "sys/bus/pci_express/drivers/aer/"

/* Not without a port, not below one that firmware looks after. */
START_TEST(enabled_where_the_kernel_listens)
{
    struct device *dev = reporter(0x2810);

    ck_assert_uint_eq(control_after(dev), 0x2810);
    put_below_a_port();
    ck_assert_uint_eq(control_after(dev), 0x2810);
    temp_tree_link(SERVICES "0000:00:1d.0:pcie002", "../../devices/x");
    ck_assert_uint_eq(control_after(dev), 0x2810);
    temp_tree_link(SERVICES "0000:00:1c.0:pcie002", "../../devices/y");
    ck_assert_uint_eq(control_after(dev), 0x281f);
    ck_assert_uint_eq(control_after(dev), 0x281f);
    device_free(dev);
}
END_TEST

static TCase *with(const char *name, void (*setup)(void),
                   void (*teardown)(void))
{
    TCase *tc = tcase_create(name);

    if (setup)
        tcase_add_checked_fixture(tc, setup, teardown);
    return tc;
}

static TCase *slot_tests(void)
{
    TCase *tc = with("slot", slot_setup, NULL);

    tcase_add_test(tc, slot_asks_and_collects);
    tcase_add_test(tc, slot_without_a_handler);
    tcase_add_test(tc, slot_without_a_page);
    tcase_add_test(tc, slot_cancel);
    tcase_add_loop_test(tc, slot_again, 0, 3);
    tcase_add_test(tc, slot_again_by_another_broker);
    tcase_add_test(tc, slot_beside_operations);
    return tc;
}

static Suite *suite(void)
{
    Suite *s = suite_create("aer");
    TCase *table = with("table", NULL, NULL);
    TCase *trace = with("trace", NULL, NULL);
    TCase *enables = with("enables", world_setup, world_teardown);

    tcase_add_test(table, every_answer_has_a_consequence);
    tcase_add_test(table, requests);
    tcase_add_loop_test(trace, trace_lines, 0, (int)ARRAY_LEN(lines));
    tcase_add_loop_test(trace, trace_lines_that_are_none, 0,
                        (int)ARRAY_LEN(not_lines));
    tcase_add_test(trace, trace_line_too_long);
    tcase_add_test(trace, trace_instance);
    tcase_add_test(enables, enabled_where_the_kernel_listens);
    suite_add_tcase(s, table);
    suite_add_tcase(s, slot_tests());
    suite_add_tcase(s, trace);
    suite_add_tcase(s, enables);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
