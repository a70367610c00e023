/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MSI of several messages. */
#include <errno.h>

#include "fake-xen.h"
#include "irq-case.h"
#include "pciregs.h"

/* As asked for, and what may be asked for instead of what cannot be had. */
static int messages_on(unsigned int count, unsigned int *instead)
{
    uint32_t pirq = 0;

    *instead = count;
    return msi_on_or(instead, &pirq);
}

static const struct several {
    unsigned int count;
    uint16_t control; /* PCI 3.0 6.8.1.3: Multiple Message Enable, Enable */
} several[] = {
    { 1, 0x01 }, { 2, 0x11 },  { 4, 0x21 },
    { 8, 0x31 }, { 16, 0x41 }, { 32, 0x51 },
};

START_TEST(messages_go_on_and_off)
{
    const struct several *row = &several[_i];
    unsigned int count = row->count;
    uint32_t pirq = 0;

    case_registers[MSI_AT] |= 0x30; /* what somebody left there */
    ck_assert_int_eq(msi_on_or(&count, &pirq), 0);
    ck_assert_uint_eq(count, row->count);
    ck_assert_uint_eq(pirq, 100);
    ck_assert_uint_eq(fake_xen_msis(DOMID), row->count);
    ck_assert_uint_eq(case_irq.count, row->count);
    ck_assert_uint_eq(case_irq.pirqs[row->count - 1], 99 + row->count);
    ck_assert_uint_eq(get(MSI_AT), 0x8a | row->control);
    ck_assert_uint_eq(case_bus.size_at[MSI_AT], 2);
    ck_assert_uint_ne(get(PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE, 0);
    off();
    assert_off();
}
END_TEST

/* Xen takes back all with the first, and complains about the others. */
START_TEST(one_unmapping_is_enough)
{
    unsigned int instead;

    ck_assert_int_eq(messages_on(4, &instead), 0);
    off();
    ck_assert_str_eq(fake_xen_log(), "multi 5 0000:03:00.0 4 = 100\n"
                                     "unmap 5 100\n");
    assert_off();
}
END_TEST

START_TEST(the_budget_is_told)
{
    unsigned int instead;

    fake_xen_budget(5);
    ck_assert_int_eq(messages_on(8, &instead), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(instead, 4);
    assert_off();
    ck_assert_int_eq(messages_on(instead, &instead), 0);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 4);
    off();
    fake_xen_budget(0);
    ck_assert_int_eq(messages_on(1, &instead), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(instead, 0);
    assert_off();
}
END_TEST

START_TEST(without_remapping_there_is_one)
{
    unsigned int instead;

    fake_xen_fail("multi", 0, -EOPNOTSUPP);
    ck_assert_int_eq(messages_on(8, &instead), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(instead, 1);
    assert_off();
}
END_TEST

static const unsigned int bad_counts[] = { 0,  3,  5,           12,
                                           16, 64, 0x80000000u, 0xffffffffu };

START_TEST(bad_counts_map_nothing)
{
    static const struct cfg_msi eight = { .msi_control = MSI_AT,
                                          .msi_messages = 8 };
    unsigned int instead;

    case_dev.msi = &eight;
    ck_assert_int_eq(messages_on(bad_counts[_i], &instead), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(instead, 0);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(case_bus.writes, 0);
}
END_TEST

/* Each step in turn; Xen undoes its part of a mapping itself. */
static const struct failure {
    uint16_t offset; /* 0: Xen's */
    int err;
} failures[] = {
    { 0, -ENOMEM },     { 0, -EBUSY }, { 0, -ENODEV },
    { PCI_COMMAND, 0 }, { MSI_AT, 0 },
};

START_TEST(xsa_458_messages_that_fail_half_way)
{
    const struct failure *f = &failures[_i];
    unsigned int instead;

    if (f->offset == 0)
        fake_xen_fail("multi", 0, f->err);
    else
        case_bus.fail_at[f->offset] = true;
    ck_assert_int_eq(messages_on(4, &instead), PCI_ERR_OP_FAILED);
    ck_assert_uint_eq(instead, 0);
    assert_off();
    ck_assert_uint_eq(fake_xen_mistakes(), 0);
}
END_TEST

/* The wire has 16 bits for each of them. */
START_TEST(messages_that_do_not_fit)
{
    unsigned int instead;

    fake_xen_next_pirq(_i == 0 ? 0 : UINT16_MAX - 2);
    ck_assert_int_eq(messages_on(4, &instead), PCI_ERR_OP_FAILED);
    assert_off();
}
END_TEST

START_TEST(more_after_one_and_one_after_more)
{
    unsigned int instead;

    ck_assert_int_eq(messages_on(1, &instead), 0);
    ck_assert_int_eq(messages_on(8, &instead), 0);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 8);
    ck_assert_int_eq(messages_on(1, &instead), 0);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 1);
    ck_assert_uint_eq(get(MSI_AT) & PCI_MSI_FLAGS_QSIZE, 0);
}
END_TEST

TCase *irq_messages_tests(void)
{
    TCase *tc = tcase_create("messages");

    tcase_add_loop_test(tc, messages_go_on_and_off, 0, (int)ARRAY_LEN(several));
    tcase_add_test(tc, one_unmapping_is_enough);
    tcase_add_test(tc, the_budget_is_told);
    tcase_add_test(tc, without_remapping_there_is_one);
    tcase_add_loop_test(tc, bad_counts_map_nothing, 0,
                        (int)ARRAY_LEN(bad_counts));
    tcase_add_loop_test(tc, xsa_458_messages_that_fail_half_way, 0,
                        (int)ARRAY_LEN(failures));
    tcase_add_loop_test(tc, messages_that_do_not_fit, 0, 2);
    tcase_add_test(tc, more_after_one_and_one_after_more);
    return tc;
}
