/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: power states. The nvme has the capability at 0x60. */
#include "front-case.h"

START_TEST(power_states)
{
    enum pcifront_power state = PCIFRONT_D1;
    uint64_t begun;

    front_case_connect("nvme");
    assert_err(pcifront_power_get(fw.pf, AT(0, 0), &state), 0);
    ck_assert_int_eq(state, PCIFRONT_D0);
    begun = fw.k->now_ns;
    assert_err(pcifront_power_set(fw.pf, AT(0, 0), PCIFRONT_D3HOT), 0);
    ck_assert_uint_ge(fw.k->now_ns - begun, 10000000);
    ck_assert_uint_le(fw.k->now_ns - begun, 100000000);
    assert_err(pcifront_power_get(fw.pf, AT(0, 0), &state), 0);
    ck_assert_int_eq(state, PCIFRONT_D3HOT);
    begun = fw.k->now_ns;
    assert_err(pcifront_power_set(fw.pf, AT(0, 0), PCIFRONT_D0), 0);
    ck_assert_uint_ge(fw.k->now_ns - begun, 10000000);
    assert_err(pcifront_power_get(fw.pf, AT(0, 0), &state), 0);
    ck_assert_int_eq(state, PCIFRONT_D0);
}
END_TEST

static void refuse_writes(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd == PCI_OP_CONF_WRITE)
        op->err = PCI_ERR_ACCESS_DENIED;
}

/* PM 1.2 5.6.1: the states in between take less time. */
START_TEST(power_in_between)
{
    static const enum pcifront_power states[] = { PCIFRONT_D1, PCIFRONT_D2,
                                                  PCIFRONT_D0 };
    enum pcifront_power state;

    front_case_connect("nvme");
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        assert_err(pcifront_power_set(fw.pf, AT(0, 0), states[i]), 0);
        assert_err(pcifront_power_get(fw.pf, AT(0, 0), &state), 0);
        ck_assert_int_eq(state, states[i]);
    }
}
END_TEST

START_TEST(power_that_cannot_be)
{
    enum pcifront_power state;

    front_case_connect("nvme edu");
    assert_err(pcifront_power_set(fw.pf, AT(1, 0), PCIFRONT_D3HOT),
               PCIFRONT_ERR_NOENT);
    assert_err(pcifront_power_get(fw.pf, AT(1, 0), &state), PCIFRONT_ERR_NOENT);
    assert_err(pcifront_power_get(fw.pf, AT(5, 0), &state), PCIFRONT_ERR_NODEV);
    ck_assert_int_lt(
        pcifront_power_set(fw.pf, AT(0, 0), (enum pcifront_power)4), 0);
    fw.be->functions[0]->writable[0x64] = 0; /* PMCSR: it stays */
    assert_err(pcifront_power_set(fw.pf, AT(0, 0), PCIFRONT_D3HOT),
               PCIFRONT_ERR_FAILED);
    fw.be->twist = refuse_writes;
    assert_err(pcifront_power_set(fw.pf, AT(0, 0), PCIFRONT_D3HOT),
               PCIFRONT_ERR_FAILED);
    fw.be->twist = NULL;
}
END_TEST

TCase *front_power_tests(void)
{
    TCase *tc = tcase_create("power");

    tcase_add_test(tc, power_states);
    tcase_add_test(tc, power_in_between);
    tcase_add_test(tc, power_that_cannot_be);
    return tc;
}
