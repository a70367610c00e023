/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/ops.c: every operation of the wire, before a scripted broker. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake-hw.h"
#include "ops.h"
#include "pciregs.h"

#define ECHO 0xdeadbeefu

/* Virtual addresses of the two devices; the nvme has only MSI-X. */
#define NVME_DEVFN  0x00u
#define NIC_DEVFN   0x11u
#define NVME_HANDLE 7u
#define NIC_HANDLE  8u

static struct fake_hw nvme_hw, nic_hw;
static struct cfg_shadow nvme_shadow, nic_shadow;
static struct vdev nvme, nic;
static struct ops ops;

/* The broker: what it was asked last, and whether it can be reached. */
static struct {
    unsigned int asked;
    int send_err;
    struct msg last;
} broker;

static int ask(void *ctx UNUSED, const struct msg *request)
{
    if (broker.send_err < 0)
        return broker.send_err;
    broker.asked++;
    broker.last = *request;
    return 0;
}

static void make(struct vdev *dev, struct fake_hw *hw,
                 struct cfg_shadow *shadow, const char *dump)
{
    struct cfg_params params = { .irq_line = 11 };

    ck_assert(fake_hw_load(hw, dump));
    params.size = hw->size;
    params.vendor = (uint16_t)fake_hw_get(hw, 0, 2);
    params.device = (uint16_t)fake_hw_get(hw, 2, 2);
    params.bars[0].kind = CFG_BAR_MEM32;
    params.bars[0].base = 0xfe000000;
    params.bars[0].size = 0x20000;
    params.bars[3] = params.bars[0];
    cfgspace_init(&dev->cs, &params, hw->bytes, shadow, fake_hw_ops(hw),
                  CFG_FRESH);
}

static void request(uint32_t cmd, uint32_t devfn)
{
    memset(&ops.op, 0, sizeof(ops.op));
    ops.op.cmd = cmd;
    ops.op.err = 99;
    ops.op.devfn = devfn;
    ops.op.value = ECHO;
    ops.op.size = 4;
}

static void write_command(uint32_t value)
{
    request(PCI_OP_CONF_WRITE, NVME_DEVFN);
    ops.op.offset = PCI_COMMAND;
    ops.op.size = 2;
    ops.op.value = value;
}

/* ... whether or not the broker has a part in it. */
static void set_command(uint32_t value)
{
    write_command(value);
    if (!ops_start(&ops))
        ck_assert(ops_abandon(&ops));
    memset(&broker, 0, sizeof(broker));
}

static void setup(void)
{
    memset(&ops, 0, sizeof(ops));
    memset(&broker, 0, sizeof(broker));
    memset(&nvme, 0, sizeof(nvme));
    memset(&nic, 0, sizeof(nic));
    make(&nvme, &nvme_hw, &nvme_shadow, "nvme");
    make(&nic, &nic_hw, &nic_shadow, "e1000e");
    nvme.handle = NVME_HANDLE;
    nvme.virt.devfn = NVME_DEVFN;
    nic.handle = NIC_HANDLE;
    nic.virt.devfn = NIC_DEVFN;
    nvme.next = &nic;
    ops.devices = &nvme;
    ops.ask = ask;
    /* The guest has turned memory decoding on: MSI-X needs it. */
    set_command(PCI_COMMAND_MEMORY);
}

/* Answered at once, without the broker. */
static void assert_refused(int32_t err)
{
    ck_assert(ops_start(&ops));
    ck_assert_int_eq(ops.op.err, err);
    ck_assert_uint_eq(broker.asked, 0);
    ck_assert(!ops.waiting);
}

static void assert_asks(uint32_t type, uint32_t handle)
{
    ck_assert(!ops_start(&ops));
    ck_assert(ops.waiting);
    ck_assert_uint_eq(broker.asked, 1);
    ck_assert_uint_eq(broker.last.type, type);
    ck_assert_uint_eq(broker.last.u.handle.handle, handle);
}

static struct msg answer(int32_t err)
{
    struct msg m = { .type = MSG_ANSWER, .serial = broker.last.serial };

    m.u.answer.err = err;
    return m;
}

static const uint32_t all_commands[] = { PCI_OP_CONF_READ,
                                         PCI_OP_CONF_WRITE,
                                         PCI_OP_ENABLE_MSI,
                                         PCI_OP_DISABLE_MSI,
                                         PCI_OP_ENABLE_MSIX,
                                         PCI_OP_DISABLE_MSIX,
                                         6,
                                         7,
                                         8,
                                         9,
                                         10,
                                         99,
                                         0xffffffff };

static const struct address {
    const char *name;
    uint32_t domain, bus, devfn;
} nowhere[] = {
    { "an empty slot", 0, 0, 0x08 },
    { "another function", 0, 0, NIC_DEVFN + 1 },
    { "another domain", 1, 0, NVME_DEVFN },
    { "a domain that would be cut", 0x10000, 0, NVME_DEVFN },
    { "another bus", 0, 1, NVME_DEVFN },
    { "a bus that would be cut", 0, 0x100, NVME_DEVFN },
    { "a devfn that would be cut", 0, 0, 0x100 | NVME_DEVFN },
    { "the last devfn", 0, 0, 0xffffffff },
};

START_TEST(unknown_devices)
{
    for (size_t i = 0; i < ARRAY_LEN(all_commands); i++) {
        request(all_commands[i], nowhere[_i].devfn);
        ops.op.domain = nowhere[_i].domain;
        ops.op.bus = nowhere[_i].bus;
        assert_refused(PCI_ERR_DEV_NOT_FOUND);
        ck_assert_uint_eq(ops.op.value, ECHO);
    }
}
END_TEST

START_TEST(unknown_commands)
{
    request(all_commands[_i], NVME_DEVFN);
    assert_refused(PCI_ERR_NOT_IMPLEMENTED);
    ck_assert_uint_eq(ops.op.value, ECHO);
}
END_TEST

START_TEST(config_reads)
{
    request(PCI_OP_CONF_READ, NVME_DEVFN);
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(ops.op.value, 0x00101b36);
    request(PCI_OP_CONF_READ, NIC_DEVFN);
    ops.op.size = 2;
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(ops.op.value, 0x8086);
}
END_TEST

static const struct access {
    const char *name;
    int32_t offset, size;
} bad_accesses[] = {
    { "size 0", 0, 0 },
    { "size 3", 0, 3 },
    { "size 8", 0, 8 },
    { "size -1", 0, -1 },
    { "size that would be cut", 0, 0x104 },
    { "unaligned word", 1, 2 },
    { "unaligned long", 2, 4 },
    { "negative", -4, 4 },
    { "most negative", INT32_MIN, 4 },
    { "at the end", 4096, 1 },
    { "far beyond", 0x10000, 4 },
    { "largest", INT32_MAX, 1 },
};

START_TEST(bad_config_accesses)
{
    static const uint32_t commands[] = { PCI_OP_CONF_READ, PCI_OP_CONF_WRITE };

    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        request(commands[i], NVME_DEVFN);
        ops.op.offset = bad_accesses[_i].offset;
        ops.op.size = bad_accesses[_i].size;
        assert_refused(PCI_ERR_INVALID_OFFSET);
    }
}
END_TEST

START_TEST(a_write_that_stays_here)
{
    request(PCI_OP_CONF_WRITE, NVME_DEVFN);
    ops.op.offset = PCI_VENDOR_ID;
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(ops.op.value, ECHO);
}
END_TEST

static const int32_t write_errors[] = {
    PCI_ERR_SUCCESS,
    PCI_ERR_OP_FAILED,
    PCI_ERR_ACCESS_DENIED,
};

START_TEST(a_write_that_the_broker_makes)
{
    struct msg m;

    fake_hw_set(&nvme_hw, PCI_COMMAND, 2, 0);
    write_command(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_asks(MSG_CONFIG_WRITE, NVME_HANDLE);
    ck_assert_uint_eq(broker.last.u.config_write.plan.count, 1);
    ck_assert_uint_eq(broker.last.u.config_write.plan.writes[0].offset,
                      PCI_COMMAND);
    m = answer(write_errors[_i]);
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, write_errors[_i]);
    ck_assert(!ops.waiting);
    /* The value of a write stays as taken. */
    ck_assert_uint_eq(ops.op.value, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}
END_TEST

START_TEST(msi)
{
    struct msg m;

    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(0);
    m.u.answer.pirq[0] = 123;
    m.u.answer.count = 1;
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, 0);
    ck_assert_uint_eq(ops.op.value, 123);
}
END_TEST

START_TEST(msi_that_fails)
{
    struct msg m;

    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(PCI_ERR_OP_FAILED);
    m.u.answer.pirq[0] = 123;
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(ops.op.value, 0);
}
END_TEST

START_TEST(msi_of_a_device_without)
{
    request(PCI_OP_ENABLE_MSI, NVME_DEVFN);
    assert_refused(PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(ops.op.value, 0);
}
END_TEST

/* Linux since 5.17 sends the one when it means the other. */
START_TEST(either_disable_turns_off_whichever_is_on)
{
    static const uint32_t commands[] = { PCI_OP_DISABLE_MSI,
                                         PCI_OP_DISABLE_MSIX };
    struct msg m;

    request(commands[_i], NVME_DEVFN);
    assert_asks(MSG_MSI_OFF, NVME_HANDLE);
    m = answer(0);
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, 0);
    ck_assert_uint_eq(ops.op.value, 11); /* INTx is what remains */
}
END_TEST

static void want_msix(uint32_t count)
{
    request(PCI_OP_ENABLE_MSIX, NVME_DEVFN);
    ops.op.value = count;
    for (uint32_t i = 0; i < count && i < PCI_WIRE_MSIX_MAX; i++)
        ops.op.msix[i].entry = (uint16_t)i;
}

START_TEST(msix)
{
    struct msg m;

    want_msix(3);
    ops.op.msix[1].entry = 64; /* the last of the table */
    assert_asks(MSG_MSIX_ON, NVME_HANDLE);
    ck_assert_uint_eq(broker.last.u.msix_on.count, 3);
    ck_assert_uint_eq(broker.last.u.msix_on.entry[1], 64);
    m = answer(0);
    m.u.answer.count = 3;
    m.u.answer.pirq[0] = 100;
    m.u.answer.pirq[1] = 101;
    m.u.answer.pirq[2] = 102;
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, 0);
    ck_assert_uint_eq(ops.op.value, 0);
    ck_assert_uint_eq(ops.op.msix[0].vector, 100);
    ck_assert_uint_eq(ops.op.msix[2].vector, 102);
    ck_assert_uint_eq(ops.op.msix[1].entry, 64);
}
END_TEST

START_TEST(msix_of_which_only_some_can_be_had)
{
    struct msg m;

    want_msix(8);
    assert_asks(MSG_MSIX_ON, NVME_HANDLE);
    m = answer(0);
    m.u.answer.count = 5;
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, 0);
    ck_assert_uint_eq(ops.op.value, 5);
    ck_assert_uint_eq(ops.op.msix[0].vector, 0);
}
END_TEST

/* Here alone the wire carries an errno. */
START_TEST(msix_that_fails)
{
    static const int32_t errs[] = { -ENOSPC, -ENODEV, -ENXIO };
    struct msg m;

    want_msix(2);
    assert_asks(MSG_MSIX_ON, NVME_HANDLE);
    m = answer(errs[_i]);
    m.u.answer.pirq[0] = 100;
    ck_assert(ops_answer(&ops, &m));
    ck_assert_int_eq(ops.op.err, errs[_i]);
    ck_assert_uint_eq(ops.op.msix[0].vector, 0);
}
END_TEST

static const struct bad_msix {
    const char *name;
    uint32_t count;
    uint16_t first; /* the index of the first entry */
} bad_msix[] = {
    { "none", 0, 0 },
    { "129", 129, 0 },
    { "200", 200, 0 },
    { "as many as there are", 0xffffffff, 0 },
    { "beyond the table", 2, 65 },
    { "the largest index", 2, 0xffff },
    { "twice the same", 2, 1 },
    { "more than the table has", 66, 0 },
};

START_TEST(bad_msix_requests)
{
    want_msix(bad_msix[_i].count);
    ops.op.msix[0].entry = bad_msix[_i].first;
    assert_refused(-EINVAL);
}
END_TEST

START_TEST(msix_without_memory_decode)
{
    set_command(0);
    want_msix(1);
    assert_refused(-ENXIO); /* -6 on the wire, as from the kernel's backend */
}
END_TEST

static const struct unreachable {
    uint32_t cmd;
    int32_t err;
} unreachables[] = {
    { PCI_OP_CONF_WRITE, PCI_ERR_OP_FAILED },
    { PCI_OP_ENABLE_MSI, PCI_ERR_OP_FAILED },
    { PCI_OP_ENABLE_MSIX, -EIO },
    { PCI_OP_DISABLE_MSI, PCI_ERR_SUCCESS },
    { PCI_OP_DISABLE_MSIX, PCI_ERR_SUCCESS },
};

START_TEST(a_broker_out_of_reach)
{
    request(unreachables[_i].cmd, NIC_DEVFN);
    ops.op.offset = PCI_COMMAND;
    ops.op.size = 2;
    ops.op.value = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    if (unreachables[_i].cmd == PCI_OP_CONF_WRITE) {
        fake_hw_set(&nic_hw, PCI_COMMAND, 2, 0);
    } else if (unreachables[_i].cmd == PCI_OP_ENABLE_MSIX) {
        want_msix(1);
    }
    broker.send_err = -EPIPE;
    assert_refused(unreachables[_i].err);
}
END_TEST

START_TEST(answers_to_other_questions_are_ignored)
{
    struct msg m = { .type = MSG_ANSWER };

    ck_assert(!ops_answer(&ops, &m)); /* nothing was asked */
    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(0);
    m.serial--;
    ck_assert(!ops_answer(&ops, &m));
    ck_assert(ops.waiting);
    m.serial++;
    ck_assert(ops_answer(&ops, &m));
    ck_assert(!ops_answer(&ops, &m)); /* twice */
}
END_TEST

START_TEST(a_device_removed_while_it_is_asked_about)
{
    struct msg m;

    ck_assert(!ops_abandon(&ops));
    request(PCI_OP_DISABLE_MSIX, NVME_DEVFN);
    assert_asks(MSG_MSI_OFF, NVME_HANDLE);
    ck_assert_uint_eq(ops.waiting_for, NVME_HANDLE);
    m = answer(0);
    ck_assert(ops_abandon(&ops));
    ck_assert_int_eq(ops.op.err, PCI_ERR_DEV_NOT_FOUND);
    ck_assert(!ops.waiting);
    ops.devices = &nic;
    /* The answer comes all the same, perhaps to the next question. */
    ck_assert(!ops_answer(&ops, &m));
    broker.asked = 0;
    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    ck_assert(!ops_answer(&ops, &m));
    ck_assert(ops.waiting);
}
END_TEST

START_TEST(an_answer_about_a_device_that_left)
{
    struct msg m;

    request(PCI_OP_DISABLE_MSI, NVME_DEVFN);
    assert_asks(MSG_MSI_OFF, NVME_HANDLE);
    ops.devices = &nic;
    m = answer(0);
    ck_assert(ops_answer(&ops, &m));
    ck_assert_uint_eq(ops.op.value, 0);
    ck_assert_ptr_null(ops_find(&ops, NVME_HANDLE));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("ops");
    TCase *tc = tcase_create("ops");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_loop_test(tc, unknown_devices, 0, (int)ARRAY_LEN(nowhere));
    tcase_add_loop_test(tc, unknown_commands, 6, (int)ARRAY_LEN(all_commands));
    tcase_add_test(tc, config_reads);
    tcase_add_loop_test(tc, bad_config_accesses, 0,
                        (int)ARRAY_LEN(bad_accesses));
    tcase_add_test(tc, a_write_that_stays_here);
    tcase_add_loop_test(tc, a_write_that_the_broker_makes, 0,
                        (int)ARRAY_LEN(write_errors));
    tcase_add_test(tc, msi);
    tcase_add_test(tc, msi_that_fails);
    tcase_add_test(tc, msi_of_a_device_without);
    tcase_add_loop_test(tc, either_disable_turns_off_whichever_is_on, 0, 2);
    tcase_add_test(tc, msix);
    tcase_add_test(tc, msix_of_which_only_some_can_be_had);
    tcase_add_loop_test(tc, msix_that_fails, 0, 3);
    tcase_add_loop_test(tc, bad_msix_requests, 0, (int)ARRAY_LEN(bad_msix));
    tcase_add_test(tc, msix_without_memory_decode);
    tcase_add_loop_test(tc, a_broker_out_of_reach, 0,
                        (int)ARRAY_LEN(unreachables));
    tcase_add_test(tc, answers_to_other_questions_are_ignored);
    tcase_add_test(tc, a_device_removed_while_it_is_asked_about);
    tcase_add_test(tc, an_answer_about_a_device_that_left);
    suite_add_tcase(s, tc);
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
