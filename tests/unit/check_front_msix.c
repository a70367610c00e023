/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: MSI-X. The nvme has a table of 65. */
#include "front-case.h"
#include "pciregs.h"

static uint32_t pirqs[PCIFRONT_MSIX_MAX];

static struct fake_function *nvme(void)
{
    return fw.be->functions[0];
}

static int enable(unsigned int min, unsigned int max)
{
    return pcifront_msix_enable(fw.pf, AT(0, 0), NULL, min, max, pirqs);
}

START_TEST(on_and_off)
{
    front_case_connect("nvme");
    fake_hw_set(&nvme()->hw, PCI_COMMAND, 2, 0);
    assert_err(enable(1, 4), 4);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(pirqs[i], 100 + i);
        ck_assert_uint_eq(fw.be->op.msix[i].entry, i);
    }
    /* Xen reaches the table only while the device decodes it. */
    ck_assert_uint_eq(fake_hw_get(&nvme()->hw, PCI_COMMAND, 2),
                      PCI_COMMAND_MEMORY);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_str_eq(fw.be->trace, "4:0 5:0");
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0); /* off already */
    ck_assert_str_eq(fw.be->trace, "4:0 5:0");
    assert_err(enable(1, 1), 1);
}
END_TEST

static void only_command_is_written(struct fake_backend *be UNUSED,
                                    struct pci_op *op)
{
    if (op->cmd == PCI_OP_CONF_WRITE)
        ck_assert_int_eq(op->offset, (int)PCI_COMMAND);
}

/* Where interrupts go, and the control words, are the backend's alone. */
START_TEST(interrupts_are_only_asked_for)
{
    front_case_connect("nvme");
    fake_hw_set(&nvme()->hw, PCI_COMMAND, 2, 0);
    fw.be->twist = only_command_is_written;
    assert_err(enable(1, 4), 4);
    assert_err(enable(1, 2), 2);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
}
END_TEST

START_TEST(chosen_entries)
{
    static const uint16_t entries[] = { 64, 0, 7 };

    front_case_connect("nvme");
    assert_err(pcifront_msix_enable(fw.pf, AT(0, 0), entries, 3, 3, pirqs), 3);
    for (unsigned int i = 0; i < 3; i++)
        ck_assert_uint_eq(fw.be->op.msix[i].entry, entries[i]);
}
END_TEST

static const struct {
    unsigned int min, max;
    uint16_t entries[2]; /* 9999: none are given */
} bad_calls[] = {
    { 0, 0, { 9999, 0 } },   { 3, 2, { 9999, 0 } },     { 1, 0, { 9999, 0 } },
    { 2, 2, { 5, 5 } },      { 2, 2, { 0, 65 } },       { 66, 66, { 9999, 0 } },
    { 2, 2, { 0xffff, 0 } }, { 129, 200, { 9999, 0 } },
};

START_TEST(calls_that_cannot_be)
{
    const uint16_t *entries = bad_calls[_i].entries;
    int err;

    front_case_connect("nvme");
    err = pcifront_msix_enable(fw.pf, AT(0, 0),
                               entries[0] == 9999 ? NULL : entries,
                               bad_calls[_i].min, bad_calls[_i].max, pirqs);
    ck_assert_msg(err == PCIFRONT_ERR_INVALID || err == PCIFRONT_ERR_NOSPACE,
                  "%u to %u: %s", bad_calls[_i].min, bad_calls[_i].max,
                  pcifront_strerror(err));
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
}
END_TEST

START_TEST(of_a_device_without)
{
    front_case_connect("edu");
    assert_err(enable(1, 1), PCIFRONT_ERR_NOENT);
    assert_err(pcifront_msix_enable(fw.pf, AT(9, 0), NULL, 1, 1, pirqs),
               PCIFRONT_ERR_NODEV);
}
END_TEST

START_TEST(a_second_call_replaces_the_first)
{
    front_case_connect("nvme");
    assert_err(enable(1, 1), 1);
    assert_err(enable(1, 8), 8);
    ck_assert_str_eq(fw.be->trace, "4:0 5:0 4:0");
    assert_err(enable(1, 100), 65); /* all it has */
    ck_assert_uint_eq(nvme()->nvectors, 65);
}
END_TEST

START_TEST(msix_replaces_msi_and_back)
{
    front_case_connect("e1000e");
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    assert_err(enable(1, 2), 2);
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, pirqs), 1);
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_str_eq(fw.be->trace, "2:0 3:0 4:0 5:0 2:0 3:0");
}
END_TEST

/* err 0, value k: k vectors are to be had. */
static const struct {
    unsigned int backend, min, max;
    int want;
    const char *trace;
} grants[] = {
    { 3, 2, 8, 3, "4:0 4:0" },
    { 3, 3, 8, 3, "4:0 4:0" },
    { 7, 1, 8, 7, "4:0 4:0" },
    { 1, 2, 8, PCIFRONT_ERR_NOSPACE, "4:0" },
    { 2, 3, 3, PCIFRONT_ERR_NOSPACE, "4:0" },
    { 0, 1, 8, PCIFRONT_ERR_NOSPACE, "4:-28" },
    { 8, 1, 8, 8, "4:0" },
};

START_TEST(partial_grants)
{
    int got;

    front_case_connect("nvme");
    fw.be->vectors = grants[_i].backend;
    got = enable(grants[_i].min, grants[_i].max);
    ck_assert_msg(got == grants[_i].want, "%u of %u: %d", grants[_i].backend,
                  grants[_i].max, got);
    if (got < 0) {
        ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
        return; /* a disable to be sure is no harm */
    }
    ck_assert_str_eq(fw.be->trace, grants[_i].trace);
    for (int i = 0; i < got; i++)
        ck_assert_uint_eq(pirqs[i], 100 + (unsigned int)i);
}
END_TEST

static int32_t msix_err;
static uint32_t msix_value;
static uint16_t msix_vectors[4];

static void answer_msix(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd != PCI_OP_ENABLE_MSIX)
        return;
    op->err = msix_err;
    op->value = msix_value;
    for (size_t i = 0; i < ARRAY_LEN(msix_vectors); i++)
        op->msix[i].vector = msix_vectors[i];
}

static const struct {
    int32_t wire;
    int want; /* 1: any error */
} errors[] = {
    { -1, PCIFRONT_ERR_NODEV },
    { -28, PCIFRONT_ERR_NOSPACE },
    { -22, PCIFRONT_ERR_INVALID },
    { -4, PCIFRONT_ERR_UNSUPPORTED },
    { -38, PCIFRONT_ERR_UNSUPPORTED },
    { -19, PCIFRONT_ERR_NODEV },
    { -5, PCIFRONT_ERR_FAILED },
    { -12, 1 },
    { -6, 1 },
    { -114, 1 },
    { -100000, 1 },
    { 5, 1 },
};

START_TEST(refused)
{
    int got;

    front_case_connect("nvme");
    fw.be->twist = answer_msix;
    msix_err = errors[_i].wire;
    msix_value = 4;
    got = enable(4, 4);
    if (errors[_i].want == 1)
        ck_assert_int_lt(got, 0);
    else
        assert_err(got, errors[_i].want);
    fw.be->twist = NULL;
    (void)pcifront_irq_disable(fw.pf, AT(0, 0));
    nvme()->irq = FAKE_IRQ_NONE;
    assert_err(enable(4, 4), 4);
}
END_TEST

/* Vectors that cannot be: undone, with the opcode that fits. */
static const uint16_t bad_vectors[][4] = {
    { 0, 101, 102, 103 },
    { 100, 101, 102, 0 },
    { 100, 101, 100, 103 },
    { 0, 0, 0, 0 },
    { 0xffff, 0xffff, 0xffff, 0xffff }, /* as a front may have sent them */
};

START_TEST(vectors_that_cannot_be)
{
    front_case_connect("nvme");
    fw.be->twist = answer_msix;
    msix_err = 0;
    msix_value = 0;
    for (size_t i = 0; i < 4; i++)
        msix_vectors[i] = bad_vectors[_i][i];
    pirqs[0] = 7;
    assert_err(enable(4, 4), PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_eq(pirqs[0], 7);
    ck_assert_str_eq(fw.be->trace, "4:0 5:0");
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
}
END_TEST

static unsigned int shrinking;

static void shrink(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd != PCI_OP_ENABLE_MSIX)
        return;
    op->err = 0;
    op->value = shrinking == 1 ? op->value - 1 : shrinking;
    for (size_t i = 0; i < ARRAY_LEN(op->msix); i++)
        op->msix[i].vector = 0;
}

/* Never satisfied: always one less, always the same, always more. */
START_TEST(grants_without_end)
{
    static const unsigned int kinds[] = { 1, 4, 5, 4000000000u };
    unsigned int sent;

    front_case_connect("nvme");
    fw.be->twist = shrink;
    shrinking = kinds[_i];
    sent = fw.be->requests;
    ck_assert_int_lt(enable(1, 65), 0);
    ck_assert_uint_le(fw.be->requests - sent, 200);
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
}
END_TEST

static void no_answer_to_msix(struct fake_backend *be, struct pci_op *op)
{
    if (op->cmd == PCI_OP_ENABLE_MSIX)
        be->answer = FAKE_ANSWER_NEVER;
}

START_TEST(an_answer_that_comes_too_late)
{
    front_case_connect("nvme");
    fw.be->twist = no_answer_to_msix;
    assert_err(enable(2, 2), PCIFRONT_ERR_TIMEOUT);
    fw.be->twist = NULL;
    fw.be->answer = FAKE_ANSWER_NORMAL;
    fake_backend_serve(fw.be);
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_MSIX);
    /* On or not, as far as this front can know: off. */
    assert_err(pcifront_irq_disable(fw.pf, AT(0, 0)), 0);
    ck_assert_int_eq(nvme()->irq, FAKE_IRQ_NONE);
    assert_err(enable(2, 2), 2);
}
END_TEST

TCase *front_msix_tests(void)
{
    TCase *tc = tcase_create("msix");

    tcase_add_test(tc, on_and_off);
    tcase_add_test(tc, interrupts_are_only_asked_for);
    tcase_add_test(tc, chosen_entries);
    tcase_add_loop_test(tc, calls_that_cannot_be, 0, (int)ARRAY_LEN(bad_calls));
    tcase_add_test(tc, of_a_device_without);
    tcase_add_test(tc, a_second_call_replaces_the_first);
    tcase_add_test(tc, msix_replaces_msi_and_back);
    tcase_add_loop_test(tc, partial_grants, 0, (int)ARRAY_LEN(grants));
    tcase_add_loop_test(tc, refused, 0, (int)ARRAY_LEN(errors));
    tcase_add_loop_test(tc, vectors_that_cannot_be, 0,
                        (int)ARRAY_LEN(bad_vectors));
    tcase_add_loop_test(tc, grants_without_end, 0, 4);
    tcase_add_test(tc, an_answer_that_comes_too_late);
    return tc;
}
