/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: configuration reads and writes, the command register. */
#include "front-case.h"
#include "pciregs.h"

START_TEST(every_size)
{
    front_case_connect("e1000e");
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 4), 0x10d38086);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 2, 2), 0x10d3);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 3, 1), 0x10);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0x100, 4), 0x14020001);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 0x0c, 1, 0x10), 0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0x0c, 1), 0x10);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 0x10, 4, UINT32_MAX), 0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0x10, 4), 0xfffe0000);
}
END_TEST

/* All of pciif.h's fields, as the backend finds them. */
START_TEST(what_goes_over_the_wire)
{
    const struct pcifront_addr addr = { 0x1234, 0x56, DEVFN(7, 3) };
    const struct pci_op *op = &fw.be->op;
    uint32_t value = 0;

    front_case_connect("");
    assert_err(pcifront_config_read(fw.pf, addr, 0xabc, 4, &value),
               PCIFRONT_ERR_NODEV);
    ck_assert_uint_eq(value, UINT32_MAX);
    ck_assert_uint_eq(op->cmd, PCI_OP_CONF_READ);
    ck_assert_uint_eq(op->domain, 0x1234);
    ck_assert_uint_eq(op->bus, 0x56);
    ck_assert_uint_eq(op->devfn, DEVFN(7, 3));
    ck_assert_int_eq(op->offset, 0xabc);
    ck_assert_int_eq(op->size, 4);
    assert_err(pcifront_config_write(fw.pf, addr, 0xffe, 2, 0xbeef),
               PCIFRONT_ERR_NODEV);
    ck_assert_uint_eq(op->cmd, PCI_OP_CONF_WRITE);
    ck_assert_int_eq(op->offset, 0xffe);
    ck_assert_int_eq(op->size, 2);
    ck_assert_uint_eq(op->value, 0xbeef);
}
END_TEST

static const struct {
    uint16_t offset;
    uint8_t size;
} accesses[] = {
    { 0, 0 },    { 0, 3 },    { 0, 8 },    { 0, 255 },   { 1, 2 },
    { 1, 4 },    { 2, 4 },    { 3, 2 },    { 4096, 1 },  { 4096, 4 },
    { 4095, 2 }, { 4094, 4 }, { 4093, 4 }, { 65535, 1 }, { 65532, 4 },
};

START_TEST(accesses_that_are_none)
{
    uint32_t value = 0;
    unsigned int sent;

    front_case_connect("nvme");
    sent = fw.be->requests;
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), accesses[_i].offset,
                                    accesses[_i].size, &value),
               PCIFRONT_ERR_INVALID);
    ck_assert_uint_eq(value, UINT32_MAX);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), accesses[_i].offset,
                                     accesses[_i].size, 0),
               PCIFRONT_ERR_INVALID);
    ck_assert_uint_eq(fw.be->requests, sent);
}
END_TEST

static int32_t answer_err;
static uint32_t answer_value;

static void answer_so(struct fake_backend *be UNUSED, struct pci_op *op)
{
    op->err = answer_err;
    op->value = answer_value;
}

static const struct {
    int32_t wire;
    int want;
} errors[] = {
    { -1, PCIFRONT_ERR_NODEV },
    { -2, PCIFRONT_ERR_OFFSET },
    { -3, PCIFRONT_ERR_DENIED },
    { -4, PCIFRONT_ERR_UNSUPPORTED },
    { -5, PCIFRONT_ERR_FAILED },
    { -6, PCIFRONT_ERR_FAILED },
    { -22, PCIFRONT_ERR_FAILED },
    { -114, PCIFRONT_ERR_FAILED },
    { -4095, PCIFRONT_ERR_FAILED },
    { -4096, 1 },
    { INT32_MIN, 1 },
    { 1, 1 },
    { INT32_MAX, 1 },
};

/* 1: nonsense; any error will do. */
static void assert_fails(int got, int want)
{
    if (want == 1)
        ck_assert_int_lt(got, 0);
    else
        assert_err(got, want);
}

START_TEST(errors_of_the_wire)
{
    uint32_t value = 0;

    front_case_connect("nvme");
    fw.be->twist = answer_so;
    answer_err = errors[_i].wire;
    answer_value = 0;
    assert_fails(pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value),
                 errors[_i].want);
    ck_assert_uint_eq(value, UINT32_MAX);
    assert_fails(pcifront_config_write(fw.pf, AT(0, 0), 4, 2, 0),
                 errors[_i].want);
    /* None of them is the end of the pair. */
    fw.be->twist = NULL;
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

START_TEST(a_value_wider_than_asked_for)
{
    uint32_t value = 0;

    front_case_connect("nvme");
    fw.be->twist = answer_so;
    answer_err = 0;
    answer_value = 0x100;
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 1, &value),
               PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_eq(value, UINT32_MAX);
    answer_value = 0x10000;
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 2, &value),
               PCIFRONT_ERR_PROTOCOL);
    answer_value = UINT32_MAX;
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value), 0);
}
END_TEST

static unsigned int status_writes;

static void watch_status(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd == PCI_OP_CONF_WRITE && op->offset < 8 &&
        op->offset + op->size > (int32_t)PCI_STATUS)
        status_writes++;
}

START_TEST(the_command_register)
{
    const uint16_t both = PCIFRONT_MEMORY | PCIFRONT_MASTER;

    front_case_connect("edu");
    fw.be->twist = watch_status;
    status_writes = 0;
    fake_hw_set(&fw.be->functions[0]->hw, PCI_COMMAND, 2, 0x0100);
    assert_err(pcifront_command(fw.pf, AT(0, 0), both, 0), 0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), PCI_COMMAND, 2), 0x0106);
    assert_err(pcifront_command(fw.pf, AT(0, 0), PCIFRONT_IO, PCIFRONT_MASTER),
               0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), PCI_COMMAND, 2), 0x0103);
    assert_err(pcifront_command(fw.pf, AT(0, 0), 0, both | PCIFRONT_IO), 0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), PCI_COMMAND, 2), 0x0100);
    /* The other half of that register clears bits by writing ones. */
    ck_assert_uint_eq(status_writes, 0);
    assert_err(pcifront_command(fw.pf, AT(9, 0), both, 0), PCIFRONT_ERR_NODEV);
    /* Other bits, and both at a time, make no sense. */
    assert_err(pcifront_command(fw.pf, AT(0, 0), 0x0400, 0),
               PCIFRONT_ERR_INVALID);
    assert_err(pcifront_command(fw.pf, AT(0, 0), both, both),
               PCIFRONT_ERR_INVALID);
}
END_TEST

START_TEST(before_there_is_a_connection)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    enum pcifront_power power;
    uint32_t value = 0;
    uint16_t offset;

    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value),
               PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(value, UINT32_MAX);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 0, 4, 0),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_cap_find(fw.pf, AT(0, 0), 1, &offset),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_ext_cap_find(fw.pf, AT(0, 0), 1, &offset),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_command(fw.pf, AT(0, 0), PCIFRONT_MEMORY, 0),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_power_get(fw.pf, AT(0, 0), &power),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_power_set(fw.pf, AT(0, 0), PCIFRONT_D0),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_bars(fw.pf, AT(0, 0), bars), PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_msix_size(fw.pf, AT(0, 0)), PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_msi_size(fw.pf, AT(0, 0)), PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_msix_enable(fw.pf, AT(0, 0), NULL, 1, 1, &value),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, &value),
               PCIFRONT_ERR_OFFLINE);
    assert_err(pcifront_intx(fw.pf, AT(0, 0), &value), PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(pcifront_devices(fw.pf, NULL, 0), 0);
    ck_assert_uint_eq(fw.be->requests, 0);
}
END_TEST

TCase *front_config_tests(void)
{
    TCase *tc = tcase_create("config");

    tcase_add_test(tc, every_size);
    tcase_add_test(tc, what_goes_over_the_wire);
    tcase_add_loop_test(tc, accesses_that_are_none, 0,
                        (int)ARRAY_LEN(accesses));
    tcase_add_loop_test(tc, errors_of_the_wire, 0, (int)ARRAY_LEN(errors));
    tcase_add_test(tc, a_value_wider_than_asked_for);
    tcase_add_test(tc, the_command_register);
    tcase_add_test(tc, before_there_is_a_connection);
    return tc;
}
