/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, commands, config accesses, and whose answer is whose. */
#include <errno.h>

#include "ops-case.h"
#include "pciregs.h"

/* The first seven are the operations there are. */
static const uint32_t all_commands[] = {
    PCI_OP_CONF_READ,
    PCI_OP_CONF_WRITE,
    PCI_OP_ENABLE_MSI,
    PCI_OP_DISABLE_MSI,
    PCI_OP_ENABLE_MSIX,
    PCI_OP_DISABLE_MSIX,
    PCI_OP_ENABLE_MULTI_MSI,
    PCI_OP_AER_DETECTED,
    PCI_OP_AER_RESUME,
    PCI_OP_AER_MMIO,
    PCI_OP_AER_SLOTRESET,
    99,
    0xffffffff,
};
#define OPERATIONS 7

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
        case_ops.op.domain = nowhere[_i].domain;
        case_ops.op.bus = nowhere[_i].bus;
        assert_refused(PCI_ERR_DEV_NOT_FOUND);
        ck_assert_uint_eq(case_ops.op.value, ECHO);
    }
}
END_TEST

START_TEST(unknown_commands)
{
    request(all_commands[_i], NVME_DEVFN);
    assert_refused(PCI_ERR_NOT_IMPLEMENTED);
    ck_assert_uint_eq(case_ops.op.value, ECHO);
}
END_TEST

START_TEST(config_reads)
{
    request(PCI_OP_CONF_READ, NVME_DEVFN);
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(case_ops.op.value, 0x00101b36);
    request(PCI_OP_CONF_READ, NIC_DEVFN);
    case_ops.op.size = 2;
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(case_ops.op.value, 0x8086);
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
        case_ops.op.offset = bad_accesses[_i].offset;
        case_ops.op.size = bad_accesses[_i].size;
        assert_refused(PCI_ERR_INVALID_OFFSET);
    }
}
END_TEST

START_TEST(a_write_that_stays_here)
{
    request(PCI_OP_CONF_WRITE, NVME_DEVFN);
    case_ops.op.offset = PCI_VENDOR_ID;
    assert_refused(PCI_ERR_SUCCESS);
    ck_assert_uint_eq(case_ops.op.value, ECHO);
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

    fake_hw_set(&case_nvme_hw, PCI_COMMAND, 2, 0);
    write_command(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_asks(MSG_CONFIG_WRITE, NVME_HANDLE);
    ck_assert_uint_eq(case_broker.last.u.config_write.plan.count, 1);
    ck_assert_uint_eq(case_broker.last.u.config_write.plan.writes[0].offset,
                      PCI_COMMAND);
    m = answer(write_errors[_i]);
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, write_errors[_i]);
    ck_assert(!case_ops.waiting);
    /* The value of a write stays as taken. */
    ck_assert_uint_eq(case_ops.op.value,
                      PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}
END_TEST

static const struct unreachable {
    uint32_t cmd;
    int32_t err;
} unreachables[] = {
    { PCI_OP_CONF_WRITE, PCI_ERR_OP_FAILED },
    { PCI_OP_ENABLE_MSI, PCI_ERR_OP_FAILED },
    { PCI_OP_ENABLE_MSIX, -EIO },
    { PCI_OP_DISABLE_MSI, PCI_ERR_OP_FAILED },
    { PCI_OP_DISABLE_MSIX, PCI_ERR_OP_FAILED },
};

START_TEST(a_broker_out_of_reach)
{
    request(unreachables[_i].cmd, NIC_DEVFN);
    case_ops.op.offset = PCI_COMMAND;
    case_ops.op.size = 2;
    case_ops.op.value = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    if (unreachables[_i].cmd == PCI_OP_CONF_WRITE) {
        fake_hw_set(&case_nic_hw, PCI_COMMAND, 2, 0);
    } else if (unreachables[_i].cmd == PCI_OP_ENABLE_MSIX) {
        want_msix(1);
    }
    case_broker.send_err = -EPIPE;
    assert_refused(unreachables[_i].err);
}
END_TEST

START_TEST(answers_to_other_questions_are_ignored)
{
    struct msg m = { .type = MSG_ANSWER };

    ck_assert(!ops_answer(&case_ops, &m)); /* nothing was asked */
    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(0);
    m.serial--;
    ck_assert(!ops_answer(&case_ops, &m));
    ck_assert(case_ops.waiting);
    m.serial++;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert(!ops_answer(&case_ops, &m)); /* twice */
}
END_TEST

START_TEST(a_device_removed_while_it_is_asked_about)
{
    struct msg m;

    ck_assert(!ops_abandon(&case_ops));
    request(PCI_OP_DISABLE_MSIX, NVME_DEVFN);
    assert_asks(MSG_MSI_OFF, NVME_HANDLE);
    ck_assert_uint_eq(case_ops.waiting_for, NVME_HANDLE);
    m = answer(0);
    ck_assert(ops_abandon(&case_ops));
    ck_assert_int_eq(case_ops.op.err, PCI_ERR_DEV_NOT_FOUND);
    ck_assert(!case_ops.waiting);
    case_ops.devices = &case_nic;
    /* The answer comes all the same, perhaps to the next question. */
    ck_assert(!ops_answer(&case_ops, &m));
    case_broker.asked = 0;
    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    ck_assert(!ops_answer(&case_ops, &m));
    ck_assert(case_ops.waiting);
}
END_TEST

START_TEST(an_answer_about_a_device_that_left)
{
    struct msg m;

    request(PCI_OP_DISABLE_MSI, NVME_DEVFN);
    assert_asks(MSG_MSI_OFF, NVME_HANDLE);
    case_ops.devices = &case_nic;
    m = answer(0);
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_uint_eq(case_ops.op.value, 0);
    ck_assert_ptr_null(ops_find(&case_ops, NVME_HANDLE));
}
END_TEST

TCase *ops_config_tests(void)
{
    TCase *tc = tcase_create("config");

    tcase_add_loop_test(tc, unknown_devices, 0, (int)ARRAY_LEN(nowhere));
    tcase_add_loop_test(tc, unknown_commands, OPERATIONS,
                        (int)ARRAY_LEN(all_commands));
    tcase_add_test(tc, config_reads);
    tcase_add_loop_test(tc, bad_config_accesses, 0,
                        (int)ARRAY_LEN(bad_accesses));
    tcase_add_test(tc, a_write_that_stays_here);
    tcase_add_loop_test(tc, a_write_that_the_broker_makes, 0,
                        (int)ARRAY_LEN(write_errors));
    tcase_add_loop_test(tc, a_broker_out_of_reach, 0,
                        (int)ARRAY_LEN(unreachables));
    tcase_add_test(tc, answers_to_other_questions_are_ignored);
    tcase_add_test(tc, a_device_removed_while_it_is_asked_about);
    tcase_add_test(tc, an_answer_about_a_device_that_left);
    return tc;
}
