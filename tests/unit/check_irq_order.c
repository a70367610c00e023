/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interrupts in any order, by hand, and of somebody else's device. */
#include <errno.h>

#include "fake-xen.h"
#include "irq-case.h"
#include "pciregs.h"

/* PCI 3.0 6.8.3: never both at once; and no more than the answer says. */
static void assert_sane(void)
{
    bool msi = (get(MSI_AT) & PCI_MSI_FLAGS_ENABLE) != 0;
    bool msix = (get(MSIX_AT) & PCI_MSIX_FLAGS_ENABLE) != 0;
    bool held = (get(PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE) != 0;

    ck_assert(!(msi && msix));
    ck_assert_int_eq(msi, case_irq.mode == IRQ_MSI);
    ck_assert_int_eq(msix, case_irq.mode == IRQ_MSIX);
    ck_assert_int_eq(held, msi || msix);
    ck_assert_uint_eq(fake_xen_msis(DOMID), case_irq.count);
    ck_assert_uint_eq(fake_xen_mistakes(), 0);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* One operation of a guest; whatever it is, the answer is one of its kind. */
static void any_operation(uint32_t *seed)
{
    unsigned int count = next(seed) % 11, granted = 0;
    uint32_t pirq = 0;
    int ret;

    switch (next(seed) % 4) {
    case 0:
        ret = msi_on_or(&count, &pirq);
        ck_assert(ret == PCI_ERR_SUCCESS || ret == PCI_ERR_OP_FAILED);
        ck_assert(ret != PCI_ERR_SUCCESS || pirq != 0);
        break;
    case 1:
        ret = msix_on(count, &granted);
        ck_assert(ret == 0 || ret == -EINVAL || ret == -ENXIO ||
                  ret == -ENOSPC || ret == -EIO);
        ck_assert_uint_le(granted, count);
        break;
    case 2:
        off();
        assert_off();
        break;
    default:
        fake_xen_budget(next(seed) % 12 + fake_xen_msis(DOMID));
        case_bus.fail_at[PCI_COMMAND] = false;
        break;
    }
}

START_TEST(xsa_157_any_order)
{
    uint32_t seed = (uint32_t)_i + 1;

    for (unsigned int i = 0; i < 400; i++) {
        any_operation(&seed);
        assert_sane();
        /* The log of the fake ends somewhere. */
        fake_xen_clear_log();
    }
}
END_TEST

/* Xen answers so for a device that the domain does not own. */
START_TEST(xsa_237_the_device_of_somebody_else)
{
    unsigned int granted;
    uint32_t pirq;

    fake_xen_set_owner(case_dev.sbdf, DOMID + 1);
    ck_assert_int_eq(msix_on(4, &granted), -ENODEV);
    assert_off();
    ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_OP_FAILED);
    assert_off();
    ck_assert_int_eq(msi_on(4, &pirq), PCI_ERR_OP_FAILED);
    assert_off();
    ck_assert_uint_eq(fake_xen_holdings(DOMID + 1), 0);
}
END_TEST

/* Each mapping in turn is the one for which Xen has no memory. */
START_TEST(xsa_083_no_memory_for_one_of_them)
{
    unsigned int granted;

    fake_xen_fail("msi", (unsigned int)_i, -ENOMEM);
    ck_assert_int_eq(msix_on(8, &granted), -ENOMEM);
    ck_assert_uint_eq(granted, 0);
    assert_off();
    ck_assert_int_eq(msix_on(8, &granted), 0);
    ck_assert_uint_eq(granted, 8);
}
END_TEST

/*
 * Somebody who may (QEMU in a stub domain) turned it on through the register.
 * Nothing is recorded here, and it goes off all the same.
 */
static const struct by_hand {
    uint16_t at;
    uint16_t enable;
} by_hand[] = {
    { MSI_AT, PCI_MSI_FLAGS_ENABLE },
    { MSIX_AT, PCI_MSIX_FLAGS_ENABLE },
};

static void enable_by_hand(const struct by_hand *row)
{
    case_registers[row->at] |= (uint8_t)row->enable;
    case_registers[row->at + 1] |= (uint8_t)(row->enable >> 8);
    case_registers[PCI_COMMAND + 1] |= PCI_COMMAND_INTX_DISABLE >> 8;
}

START_TEST(off_is_off_however_it_came_on)
{
    enable_by_hand(&by_hand[_i]);
    off();
    assert_off();
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(case_bus.size_at[by_hand[_i].at], 2);
}
END_TEST

/* By hand the one, by operation the other: still never both. */
START_TEST(not_both_however_they_came_on)
{
    unsigned int granted;
    uint32_t pirq;

    enable_by_hand(&by_hand[_i]);
    if (_i == 0)
        ck_assert_int_eq(msix_on(2, &granted), 0);
    else
        ck_assert_int_eq(msi_on(1, &pirq), PCI_ERR_SUCCESS);
    assert_sane();
}
END_TEST

START_TEST(off_twice_touches_nothing)
{
    unsigned int granted, writes;

    ck_assert_int_eq(msix_on(2, &granted), 0);
    off();
    writes = case_bus.writes;
    fake_xen_clear_log();
    off();
    ck_assert_uint_eq(case_bus.writes, writes);
    ck_assert_str_eq(fake_xen_log(), "");
}
END_TEST

TCase *irq_order_tests(void)
{
    TCase *tc = tcase_create("order");

    tcase_add_loop_test(tc, xsa_157_any_order, 0, 20);
    tcase_add_test(tc, xsa_237_the_device_of_somebody_else);
    tcase_add_loop_test(tc, xsa_083_no_memory_for_one_of_them, 0, 8);
    tcase_add_loop_test(tc, off_is_off_however_it_came_on, 0,
                        (int)ARRAY_LEN(by_hand));
    tcase_add_loop_test(tc, not_both_however_they_came_on, 0,
                        (int)ARRAY_LEN(by_hand));
    tcase_add_test(tc, off_twice_touches_nothing);
    return tc;
}
