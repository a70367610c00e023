/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MSI and MSI-X requests. */
#include <errno.h>

#include "ops-case.h"

START_TEST(msi)
{
    struct msg m;

    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(0);
    m.u.answer.pirq[0] = 123;
    m.u.answer.count = 1;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, 0);
    ck_assert_uint_eq(case_ops.op.value, 123);
}
END_TEST

START_TEST(msi_that_fails)
{
    struct msg m;

    request(PCI_OP_ENABLE_MSI, NIC_DEVFN);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(PCI_ERR_OP_FAILED);
    m.u.answer.pirq[0] = 123;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(case_ops.op.value, 0);
}
END_TEST

START_TEST(msi_of_a_device_without)
{
    request(PCI_OP_ENABLE_MSI, NVME_DEVFN);
    assert_refused(PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(case_ops.op.value, 0);
}
END_TEST

START_TEST(several_messages)
{
    struct msg m;

    want_messages(4);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    ck_assert_uint_eq(case_broker.last.u.msi_on.count, 4);
    m = answer(0);
    m.u.answer.pirq[0] = 120;
    m.u.answer.count = 4;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, 0);
    ck_assert_uint_eq(case_ops.op.value, 120);
    ck_assert_uint_eq(case_ops.op.info, 4);
}
END_TEST

START_TEST(fewer_messages_can_be_had)
{
    struct msg m;

    want_messages(4);
    assert_asks(MSG_MSI_ON, NIC_HANDLE);
    m = answer(PCI_ERR_OP_FAILED);
    m.u.answer.pirq[0] = 120;
    m.u.answer.count = 2;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(case_ops.op.value, 0);
    ck_assert_uint_eq(case_ops.op.info, 2);
}
END_TEST

static const struct bad_messages {
    uint32_t count, instead;
} bad_messages[] = {
    { 0, 0 }, { 3, 2 }, { 5, 4 }, { 8, 4 }, { 64, 4 }, { 0xffffffff, 4 },
};

START_TEST(bad_numbers_of_messages)
{
    want_messages(bad_messages[_i].count);
    assert_refused(PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(case_ops.op.value, 0);
    ck_assert_uint_eq(case_ops.op.info, bad_messages[_i].instead);
}
END_TEST

START_TEST(messages_of_a_device_without)
{
    request(PCI_OP_ENABLE_MULTI_MSI, NVME_DEVFN);
    case_ops.op.info = 2;
    assert_refused(PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(case_ops.op.info, 0);
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
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, 0);
    ck_assert_uint_eq(case_ops.op.value, 11); /* INTx is what remains */
}
END_TEST

START_TEST(msix)
{
    struct msg m;

    want_msix(3);
    case_ops.op.msix[1].entry = 64; /* the last of the table */
    assert_asks(MSG_MSIX_ON, NVME_HANDLE);
    ck_assert_uint_eq(case_broker.last.u.msix_on.count, 3);
    ck_assert_uint_eq(case_broker.last.u.msix_on.entry[1], 64);
    m = answer(0);
    m.u.answer.count = 3;
    m.u.answer.pirq[0] = 100;
    m.u.answer.pirq[1] = 101;
    m.u.answer.pirq[2] = 102;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, 0);
    ck_assert_uint_eq(case_ops.op.value, 0);
    ck_assert_uint_eq(case_ops.op.msix[0].vector, 100);
    ck_assert_uint_eq(case_ops.op.msix[2].vector, 102);
    ck_assert_uint_eq(case_ops.op.msix[1].entry, 64);
}
END_TEST

START_TEST(msix_of_which_only_some_can_be_had)
{
    struct msg m;

    want_msix(8);
    assert_asks(MSG_MSIX_ON, NVME_HANDLE);
    m = answer(0);
    m.u.answer.count = 5;
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, 0);
    ck_assert_uint_eq(case_ops.op.value, 5);
    ck_assert_uint_eq(case_ops.op.msix[0].vector, 0);
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
    ck_assert(ops_answer(&case_ops, &m));
    ck_assert_int_eq(case_ops.op.err, errs[_i]);
    ck_assert_uint_eq(case_ops.op.msix[0].vector, 0);
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

START_TEST(xsa_492_499_bad_msix_requests)
{
    /* A table larger than a request, so that only the request is too large. */
    if (bad_msix[_i].count > PCI_WIRE_MSIX_MAX)
        case_nvme.cs.msi.msix_entries = 2048;
    want_msix(bad_msix[_i].count);
    case_ops.op.msix[0].entry = bad_msix[_i].first;
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

TCase *ops_irq_tests(void)
{
    TCase *tc = tcase_create("irq");

    tcase_add_test(tc, msi);
    tcase_add_test(tc, msi_that_fails);
    tcase_add_test(tc, msi_of_a_device_without);
    tcase_add_test(tc, several_messages);
    tcase_add_test(tc, fewer_messages_can_be_had);
    tcase_add_loop_test(tc, bad_numbers_of_messages, 0,
                        (int)ARRAY_LEN(bad_messages));
    tcase_add_test(tc, messages_of_a_device_without);
    tcase_add_loop_test(tc, either_disable_turns_off_whichever_is_on, 0, 2);
    tcase_add_test(tc, msix);
    tcase_add_test(tc, msix_of_which_only_some_can_be_had);
    tcase_add_loop_test(tc, msix_that_fails, 0, 3);
    tcase_add_loop_test(tc, xsa_492_499_bad_msix_requests, 0,
                        (int)ARRAY_LEN(bad_msix));
    tcase_add_test(tc, msix_without_memory_decode);
    return tc;
}
