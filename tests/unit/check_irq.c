/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/irq.c over registers in an array and a fake Xen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake-xen.h"
#include "irq-case.h"
#include "pciregs.h"

START_TEST(msi_goes_on_and_off)
{
    uint32_t pirq = 0;

    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(pirq, 100);
    ck_assert_str_eq(fake_xen_log(), "msi 5 0000:03:00.0 0 0 = 100\n");
    /* One message, enabled, the rest as the device has it. */
    ck_assert_uint_eq(get(MSI_AT), 0x8a | PCI_MSI_FLAGS_ENABLE);
    ck_assert_uint_eq(case_bus.size_at[MSI_AT], 2);
    ck_assert_uint_ne(get(PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE, 0);
    off();
    assert_off();
}
END_TEST

START_TEST(msi_asks_for_one_message)
{
    uint32_t pirq;

    case_registers[MSI_AT] |=
        0x50; /* a guest left five bits of Multiple Message */
    ck_assert_int_eq(msi_on(1, &pirq), 0);
    ck_assert_uint_eq(get(MSI_AT) & PCI_MSI_FLAGS_QSIZE, 0);
}
END_TEST

START_TEST(msix_goes_on_and_off)
{
    static const uint16_t entries[] = { 5, 0, 15 };
    unsigned int granted;

    ck_assert_int_eq(msix_on_at(entries, 3, &granted), 0);
    ck_assert_uint_eq(granted, 3);
    ck_assert_str_eq(fake_xen_log(), "msi 5 0000:03:00.0 5 fe000000 = 100\n"
                                     "msi 5 0000:03:00.0 0 fe000000 = 101\n"
                                     "msi 5 0000:03:00.0 15 fe000000 = 102\n");
    ck_assert_uint_eq(case_irq.pirqs[2], 102);
    ck_assert_uint_eq(get(MSIX_AT), 15 | PCI_MSIX_FLAGS_ENABLE);
    /* Xen lets no other shape through. */
    ck_assert_uint_eq(case_bus.size_at[MSIX_AT], 2);
    ck_assert_uint_eq(case_bus.size_at[MSIX_AT + 1], 0);
    ck_assert_uint_ne(get(PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE, 0);
    off();
    assert_off();
}
END_TEST

/*
 * Linux since 5.17, at each bind of a driver that asks twice: enable 1, the
 * wrong disable (which irq_off() is, too), enable n, disable.
 */
START_TEST(msix_twice_with_the_wrong_disable)
{
    unsigned int granted;

    ck_assert_int_eq(msix_on(1, &granted), 0);
    off();
    assert_off();
    ck_assert_int_eq(msix_on(4, &granted), 0);
    ck_assert_uint_eq(granted, 4);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 4);
    off();
    assert_off();
}
END_TEST

START_TEST(msix_twice_without_any_disable)
{
    unsigned int granted;

    ck_assert_int_eq(msix_on(2, &granted), 0);
    ck_assert_int_eq(msix_on(5, &granted), 0);
    ck_assert_uint_eq(granted, 5);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 5);
    ck_assert_uint_eq(case_irq.pirqs[0], 102);
}
END_TEST

START_TEST(msi_twice)
{
    uint32_t pirq;

    ck_assert_int_eq(msi_on(1, &pirq), 0);
    ck_assert_int_eq(msi_on(1, &pirq), 0);
    ck_assert_uint_eq(pirq, 101);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 1);
}
END_TEST

START_TEST(one_kind_at_a_time)
{
    unsigned int granted;
    uint32_t pirq;

    ck_assert_int_eq(msi_on(1, &pirq), 0);
    ck_assert_int_eq(msix_on(1, &granted), -ENXIO);
    ck_assert_int_eq(case_irq.mode, IRQ_MSI);
    off();
    ck_assert_int_eq(msix_on(1, &granted), 0);
    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_OP_FAILED);
    ck_assert_int_eq(case_irq.mode, IRQ_MSIX);
    ck_assert_uint_eq(fake_xen_msis(DOMID), 1);
}
END_TEST

START_TEST(the_budget_is_told_and_nothing_kept)
{
    unsigned int granted;

    fake_xen_budget(3);
    ck_assert_int_eq(msix_on(8, &granted), 0);
    ck_assert_uint_eq(granted, 3);
    assert_off();
    ck_assert_int_eq(msix_on(granted, &granted), 0);
    ck_assert_uint_eq(granted, 3);
    off();
    fake_xen_budget(0);
    ck_assert_int_eq(msix_on(1, &granted), -ENOSPC);
    ck_assert_uint_eq(granted, 0);
    assert_off();
}
END_TEST

static const struct bad_request {
    const char *name;
    uint16_t entries[3];
    unsigned int count;
} bad_requests[] = {
    { "none", { 0 }, 0 },
    { "too many", { 0 }, PCI_WIRE_MSIX_MAX + 1 },
    { "absurdly many", { 0 }, 0xffffffff },
    { "beyond the table", { 0, 16 }, 2 },
    { "twice the same", { 3, 1, 3 }, 3 },
};

START_TEST(bad_requests_map_nothing)
{
    const struct bad_request *bad = &bad_requests[_i];
    unsigned int granted;

    ck_assert_msg(msix_on_at(bad->entries, bad->count, &granted) == -EINVAL,
                  "%s", bad->name);
    ck_assert_uint_eq(granted, 0);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(case_bus.writes, 0);
}
END_TEST

START_TEST(a_device_without_the_capability)
{
    static const struct cfg_msi none = { 0 };
    unsigned int granted;
    uint32_t pirq;

    case_dev.msi = &none;
    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_OP_FAILED);
    ck_assert_int_eq(msix_on(1, &granted), -EINVAL);
    /* A table in a BAR without an address. */
    case_dev.msi = &case_msi;
    case_dev.msix_table_bar = 0;
    ck_assert_int_eq(msix_on(1, &granted), -EINVAL);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(case_bus.writes, 0);
}
END_TEST

static const struct failure {
    const char *call; /* of Xen, or NULL */
    unsigned int skip;
    uint16_t offset; /* a register that cannot be written */
    int err;
} failures[] = {
    { "msi", 0, 0, -ENODEV }, /* not the domain's */
    { "msi", 2, 0, -ENODATA },
    { NULL, 0, PCI_COMMAND, -EIO },
    { NULL, 0, MSIX_AT, -EIO },
};

START_TEST(msix_failures_undo_all)
{
    const struct failure *f = &failures[_i];
    unsigned int granted;

    if (f->call)
        fake_xen_fail(f->call, f->skip, f->err);
    else
        case_bus.fail_at[f->offset] = true;
    ck_assert_int_eq(msix_on(4, &granted), f->err);
    ck_assert_uint_eq(granted, 0);
    assert_off();
}
END_TEST

START_TEST(msi_failures_undo_all)
{
    static const uint16_t offsets[] = { PCI_COMMAND, MSI_AT };
    uint32_t pirq;

    if (_i == 2)
        fake_xen_fail("msi", 0, -ENODEV);
    else
        case_bus.fail_at[offsets[_i]] = true;
    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_OP_FAILED);
    assert_off();
}
END_TEST

/* The wire has 16 bits for a pirq, and 0 means failure there. */
START_TEST(pirqs_that_do_not_fit)
{
    static const uint32_t pirqs[] = { 0, 0x10000 };
    unsigned int granted;
    uint32_t pirq;

    fake_xen_next_pirq(pirqs[_i]);
    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_OP_FAILED);
    assert_off();
    fake_xen_next_pirq(pirqs[_i]);
    ck_assert_int_eq(msix_on(1, &granted), -ERANGE);
    assert_off();
}
END_TEST

START_TEST(a_dead_domain_lost_its_pirqs)
{
    unsigned int granted;

    ck_assert_int_eq(msix_on(2, &granted), 0);
    fake_xen_domain(DOMID)->exists = false;
    off();
    ck_assert_int_eq(case_irq.mode, IRQ_INTX);
    ck_assert_uint_eq(case_irq.count, 0);
    (void)fake_xen_reset();
}
END_TEST

static TCase *irq_tests(void)
{
    TCase *tc = tcase_create("irq");

    tcase_add_test(tc, msi_goes_on_and_off);
    tcase_add_test(tc, msi_asks_for_one_message);
    tcase_add_test(tc, msix_goes_on_and_off);
    tcase_add_test(tc, msix_twice_with_the_wrong_disable);
    tcase_add_test(tc, msix_twice_without_any_disable);
    tcase_add_test(tc, msi_twice);
    tcase_add_test(tc, one_kind_at_a_time);
    tcase_add_test(tc, the_budget_is_told_and_nothing_kept);
    tcase_add_loop_test(tc, bad_requests_map_nothing, 0,
                        (int)ARRAY_LEN(bad_requests));
    tcase_add_test(tc, a_device_without_the_capability);
    tcase_add_loop_test(tc, msix_failures_undo_all, 0,
                        (int)ARRAY_LEN(failures));
    tcase_add_loop_test(tc, msi_failures_undo_all, 0, 3);
    tcase_add_loop_test(tc, pirqs_that_do_not_fit, 0, 2);
    tcase_add_test(tc, a_dead_domain_lost_its_pirqs);
    return tc;
}

static void add(Suite *s, TCase *tc)
{
    tcase_add_checked_fixture(tc, irq_case_setup, irq_case_teardown);
    suite_add_tcase(s, tc);
}

static Suite *suite(void)
{
    Suite *s = suite_create("irq");

    add(s, irq_tests());
    add(s, irq_messages_tests());
    add(s, irq_order_tests());
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
