/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: MSI, line interrupts, and binding either. */
#include "front-case.h"
#include "pciregs.h"

static uint32_t pirqs[PCIFRONT_MSI_MAX];

/* An edu that can have eight vectors. */
static void connect_with_eight(void)
{
    front_case_connect("edu");
    fake_hw_set(&fw.be->functions[0]->hw, 0x42, 2, 0x0086);
}

START_TEST(one_vector)
{
    connect_with_eight();
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    ck_assert_uint_eq(pirqs[0], 100);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_str_eq(fw.be->trace, "2:0 3:0");
}
END_TEST

/* Backends that know opcode 10, do not, and have less to give. */
static const struct {
    bool knows;
    unsigned int multi, min, max;
    int want;
    const char *trace;
} several[] = {
    { true, 32, 1, 8, 8, "10:0" },
    { true, 32, 8, 8, 8, "10:0" },
    { true, 4, 1, 8, 4, "10:-5 10:0" },
    { true, 4, 4, 8, 4, "10:-5 10:0" },
    { true, 2, 4, 8, PCIFRONT_ERR_NOSPACE, "10:-5" },
    { true, 1, 1, 8, 1, NULL },
    { false, 0, 1, 8, 1, "10:-4 2:0" },
    { false, 0, 2, 8, PCIFRONT_ERR_NOSPACE, "10:-4" },
};

START_TEST(several_vectors)
{
    int got;

    connect_with_eight();
    fw.be->knows_multi = several[_i].knows;
    fw.be->multi = several[_i].multi;
    got = pcifront_msi_enable(fw.pf, AT(0, 0), several[_i].min, several[_i].max,
                              pirqs);
    ck_assert_msg(got == several[_i].want, "case %d: %d, not %d (%s)", _i, got,
                  several[_i].want, fw.be->trace);
    if (several[_i].trace)
        ck_assert_str_eq(fw.be->trace, several[_i].trace);
    for (int i = 0; i < got; i++)
        ck_assert_uint_eq(pirqs[i], 100 + (unsigned int)i);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_int_eq(fw.be->functions[0]->irq, FAKE_IRQ_NONE);
}
END_TEST

START_TEST(more_than_the_device_has)
{
    int got;

    front_case_connect("edu"); /* one */
    fw.be->knows_multi = true;
    got = pcifront_msi_enable(fw.pf, AT(0, 0), 1, 4, pirqs);
    assert_err(got, 1);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    got = pcifront_msi_enable(fw.pf, AT(0, 0), 4, 4, pirqs);
    ck_assert(got == PCIFRONT_ERR_NOSPACE || got == PCIFRONT_ERR_INVALID);
}
END_TEST

static const struct {
    unsigned int min, max;
} bad_calls[] = { { 0, 1 }, { 0, 0 }, { 2, 1 }, { 1, 3 }, { 1, 64 }, { 1, 0 } };

START_TEST(calls_that_cannot_be)
{
    connect_with_eight();
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), bad_calls[_i].min,
                                   bad_calls[_i].max, pirqs),
               PCIFRONT_ERR_INVALID);
    ck_assert_str_eq(fw.be->trace, "");
}
END_TEST

START_TEST(of_a_device_without)
{
    front_case_connect("nvme");
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs),
               PCIFRONT_ERR_NOENT);
    assert_err(pcifront_msi_enable(fw.pf, AT(9, 0), 1, 1, pirqs),
               PCIFRONT_ERR_NODEV);
}
END_TEST

START_TEST(again)
{
    connect_with_eight();
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    ck_assert_str_eq(fw.be->trace, "2:0 3:0 2:0");
}
END_TEST

static int32_t msi_err;
static uint32_t msi_value, msi_info;

static void answer_msi(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd != PCI_OP_ENABLE_MSI && op->cmd != PCI_OP_ENABLE_MULTI_MSI)
        return;
    op->err = msi_err;
    op->value = msi_value;
    op->info = msi_info;
}

/* Answers that cannot be: 0 is no pirq, and eight must fit behind the first. */
static const struct {
    int32_t err;
    uint32_t value, info;
    unsigned int max;
    int want; /* 1: any error */
} nonsense[] = {
    { 0, 0, 0, 1, PCIFRONT_ERR_PROTOCOL },
    { 0, 0, 8, 8, PCIFRONT_ERR_PROTOCOL },
    { 0, 0xfffffffc, 8, 8, PCIFRONT_ERR_PROTOCOL },
    { 0, 0xffffffff, 8, 8, PCIFRONT_ERR_PROTOCOL },
    { -5, 0, 0, 8, 1 },
    { -5, 0, 8, 8, 1 },
    { -5, 0, 9, 8, 1 },
    { -5, 0, 0xffffffff, 8, 1 },
    { -5, 0, 0, 1, PCIFRONT_ERR_FAILED },
    { -22, 0, 0, 1, PCIFRONT_ERR_FAILED },
    { 3, 100, 0, 1, 1 },
};

START_TEST(answers_that_cannot_be)
{
    unsigned int sent;
    int got;

    connect_with_eight();
    fw.be->knows_multi = true;
    fw.be->twist = answer_msi;
    msi_err = nonsense[_i].err;
    msi_value = nonsense[_i].value;
    msi_info = nonsense[_i].info;
    sent = fw.be->requests;
    got = pcifront_msi_enable(fw.pf, AT(0, 0), 1, nonsense[_i].max, pirqs);
    if (nonsense[_i].want == 1)
        ck_assert_int_lt(got, 0);
    else
        assert_err(got, nonsense[_i].want);
    ck_assert_uint_le(fw.be->requests - sent, 40);
    if (nonsense[_i].err == 0)
        ck_assert_int_eq(fw.be->functions[0]->irq, FAKE_IRQ_NONE);
}
END_TEST

START_TEST(the_line)
{
    uint32_t pirq = 0;

    front_case_connect("edu");
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &pirq), 0);
    ck_assert_uint_eq(pirq, 11);
    fake_hw_set(&fw.be->functions[0]->hw, PCI_INTERRUPT_PIN, 1, 0);
    pirq = 7;
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &pirq), PCIFRONT_ERR_NOENT);
    fake_hw_set(&fw.be->functions[0]->hw, PCI_INTERRUPT_PIN, 1, 5);
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &pirq), PCIFRONT_ERR_PROTOCOL);
    fake_hw_set(&fw.be->functions[0]->hw, PCI_INTERRUPT_PIN, 1, 4);
    fake_hw_set(&fw.be->functions[0]->hw, PCI_INTERRUPT_LINE, 1, 0xff);
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &pirq), PCIFRONT_ERR_NOENT);
    fake_hw_set(&fw.be->functions[0]->hw, PCI_INTERRUPT_LINE, 1, 11);
    /* With MSI on the register holds another interrupt, or none. */
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &pirq), PCIFRONT_ERR_INVALID);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_uint_eq(pirq, 7);
    assert_err(pcifront_intx(fw.pf, AT(9, 0), &pirq), PCIFRONT_ERR_NODEV);
}
END_TEST

START_TEST(bound)
{
    uint32_t port = 0, other = 0;

    front_case_connect("edu");
    assert_err(pcifront_pirq_bind(fw.pf, 100, PCIFRONT_EXCLUSIVE, &port), 0);
    assert_err(pcifront_pirq_bind(fw.pf, 11, PCIFRONT_SHARED, &other), 0);
    ck_assert_uint_ne(port, other);
    ck_assert(fake_kernel_port_open(fw.k, port));
    ck_assert_uint_eq(fw.k->pirqs[0].pirq, 100);
    ck_assert_int_eq(fw.k->pirqs[0].share, PCIFRONT_EXCLUSIVE);
    ck_assert_uint_eq(fw.k->pirqs[1].pirq, 11);
    ck_assert_int_eq(fw.k->pirqs[1].share, PCIFRONT_SHARED);
    pcifront_pirq_unbind(fw.pf, 100, port);
    pcifront_pirq_unbind(fw.pf, 11, other);
    ck_assert(!fake_kernel_port_open(fw.k, port));
}
END_TEST

START_TEST(a_kernel_that_cannot_bind)
{
    uint32_t port = 77;

    assert_err(front_world_create(&fw), 0);
    fw.k->fail_at = fw.k->fallible + 1;
    assert_err(pcifront_pirq_bind(fw.pf, 100, PCIFRONT_EXCLUSIVE, &port),
               PCIFRONT_ERR_OS);
    pcifront_destroy(fw.pf);
    fw.k->os.bind_pirq = NULL;
    fw.k->os.unbind_pirq = NULL;
    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_pirq_bind(fw.pf, 100, PCIFRONT_EXCLUSIVE, &port),
               PCIFRONT_ERR_UNSUPPORTED);
    ck_assert_uint_eq(port, 77);
}
END_TEST

TCase *front_msi_tests(void)
{
    TCase *tc = tcase_create("msi");

    tcase_add_test(tc, one_vector);
    tcase_add_loop_test(tc, several_vectors, 0, (int)ARRAY_LEN(several));
    tcase_add_test(tc, more_than_the_device_has);
    tcase_add_loop_test(tc, calls_that_cannot_be, 0, (int)ARRAY_LEN(bad_calls));
    tcase_add_test(tc, of_a_device_without);
    tcase_add_test(tc, again);
    tcase_add_loop_test(tc, answers_that_cannot_be, 0,
                        (int)ARRAY_LEN(nonsense));
    tcase_add_test(tc, the_line);
    tcase_add_test(tc, bound);
    tcase_add_test(tc, a_kernel_that_cannot_bind);
    return tc;
}
