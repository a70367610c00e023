/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: capability lists, of real devices and of liars. */
#include "front-case.h"
#include "pciregs.h"

static const struct {
    const char *dump;
    uint16_t id;
    int want; /* an offset or an error */
    bool extended;
} lists[] = {
    { "nvme", PCI_CAP_ID_MSIX, 0x40, false },
    { "nvme", PCI_CAP_ID_PM, 0x60, false },
    { "nvme", PCI_CAP_ID_EXP, 0x80, false },
    { "nvme", PCI_CAP_ID_MSI, PCIFRONT_ERR_NOENT, false },
    { "nvme", 1, PCIFRONT_ERR_NOENT, true },
    { "edu", PCI_CAP_ID_MSI, 0x40, false },
    { "edu", 1, PCIFRONT_ERR_NOENT, true }, /* 256 bytes only */
    { "e1000", PCI_CAP_ID_MSI, PCIFRONT_ERR_NOENT, false },
    { "e1000e", PCI_CAP_ID_PM, 0xc8, false },
    { "e1000e", PCI_CAP_ID_MSI, 0xd0, false },
    { "e1000e", PCI_CAP_ID_EXP, 0xe0, false },
    { "e1000e", PCI_CAP_ID_MSIX, 0xa0, false },
    { "e1000e", 1, 0x100, true },
    { "e1000e", 3, 0x140, true },
    { "e1000e", 4, PCIFRONT_ERR_NOENT, true },
    { "virtio-net", PCI_CAP_ID_VENDOR, 0x84, false }, /* the first of five */
};

START_TEST(of_real_devices)
{
    uint16_t offset = 0x5a5a;
    int err;

    front_case_connect(lists[_i].dump);
    err = lists[_i].extended
              ? pcifront_ext_cap_find(fw.pf, AT(0, 0), lists[_i].id, &offset)
              : pcifront_cap_find(fw.pf, AT(0, 0), (uint8_t)lists[_i].id,
                                  &offset);
    if (lists[_i].want < 0) {
        assert_err(err, lists[_i].want);
        ck_assert_uint_eq(offset, 0x5a5a);
        return;
    }
    assert_err(err, 0);
    ck_assert_int_eq(offset, lists[_i].want);
}
END_TEST

/* The nvme's list, 0x40 0x80 0x60, with one link changed. */
static const struct {
    const char *words;
    uint16_t at;
    uint8_t next;
    uint8_t id;
    int want;
} liars[] = {
    { "to itself", 0x41, 0x40, PCI_CAP_ID_MSI, PCIFRONT_ERR_PROTOCOL },
    { "back to the first", 0x61, 0x40, PCI_CAP_ID_MSI, PCIFRONT_ERR_PROTOCOL },
    { "into the header", 0x41, 0x10, PCI_CAP_ID_MSI, PCIFRONT_ERR_PROTOCOL },
    { "the start, into the header", 0x34, 0x3c, PCI_CAP_ID_MSI,
      PCIFRONT_ERR_PROTOCOL },
    { "reserved bits are no part of it", 0x34, 0x43, PCI_CAP_ID_PM, 0x60 },
    { "none at all", 0x34, 0, PCI_CAP_ID_PM, PCIFRONT_ERR_NOENT },
    { "found before the trouble", 0x81, 0x40, PCI_CAP_ID_EXP, 0x80 },
};

START_TEST(of_liars)
{
    uint16_t offset = 0;
    unsigned int sent;
    int err;

    front_case_connect("nvme");
    fake_hw_set(&fw.be->functions[0]->hw, liars[_i].at, 1, liars[_i].next);
    sent = fw.be->requests;
    err = pcifront_cap_find(fw.pf, AT(0, 0), liars[_i].id, &offset);
    ck_assert_msg(fw.be->requests - sent <= 200, "%s: %u requests",
                  liars[_i].words, fw.be->requests - sent);
    if (liars[_i].want < 0)
        ck_assert_msg(err == liars[_i].want, "%s: %s", liars[_i].words,
                      pcifront_strerror(err));
    else
        ck_assert_msg(err == 0 && offset == liars[_i].want, "%s: %x",
                      liars[_i].words, offset);
}
END_TEST

/* Extended ones: id, version, next at 0x100. */
static const struct {
    uint32_t header;
    int want;
} extended_liars[] = {
    { 0x10020001, PCIFRONT_ERR_PROTOCOL }, /* to itself */
    { 0x04020001, PCIFRONT_ERR_PROTOCOL }, /* into the first 256 bytes */
    { 0x00020001, PCIFRONT_ERR_NOENT },    { 0x00000000, PCIFRONT_ERR_NOENT },
    { 0xffffffff, PCIFRONT_ERR_NOENT },
};

START_TEST(of_extended_liars)
{
    uint16_t offset;
    unsigned int sent;

    front_case_connect("e1000e");
    fake_hw_set(&fw.be->functions[0]->hw, 0x100, 4, extended_liars[_i].header);
    sent = fw.be->requests;
    assert_err(pcifront_ext_cap_find(fw.pf, AT(0, 0), 0x77, &offset),
               extended_liars[_i].want);
    ck_assert_uint_le(fw.be->requests - sent, 1100);
}
END_TEST

/* Each link goes on to the next: the longest list there can be. */
START_TEST(of_extended_liars_with_patience)
{
    struct fake_function *f;
    uint16_t offset;
    unsigned int sent;

    front_case_connect("e1000e");
    f = fw.be->functions[0];
    for (uint32_t at = 0x100; at < 0x1000; at += 4)
        fake_hw_set(&f->hw, (uint16_t)at, 4,
                    1 | 1u << 16 | (at == 0xffc ? 0x100 : at + 4) << 20);
    sent = fw.be->requests;
    assert_err(pcifront_ext_cap_find(fw.pf, AT(0, 0), 0x77, &offset),
               PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_le(fw.be->requests - sent, 1100);
}
END_TEST

static int32_t read_err;

static void fail_reads_above(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->offset >= 0x40)
        op->err = read_err;
}

START_TEST(that_cannot_be_read)
{
    uint16_t offset;

    front_case_connect("nvme");
    fw.be->twist = fail_reads_above;
    read_err = -5;
    assert_err(pcifront_cap_find(fw.pf, AT(0, 0), PCI_CAP_ID_PM, &offset),
               PCIFRONT_ERR_FAILED);
    read_err = -1;
    assert_err(pcifront_cap_find(fw.pf, AT(0, 0), PCI_CAP_ID_PM, &offset),
               PCIFRONT_ERR_NODEV);
    fw.be->twist = NULL;
    assert_err(pcifront_cap_find(fw.pf, AT(7, 0), PCI_CAP_ID_PM, &offset),
               PCIFRONT_ERR_NODEV);
    assert_err(pcifront_ext_cap_find(fw.pf, AT(7, 0), 1, &offset),
               PCIFRONT_ERR_NODEV);
}
END_TEST

START_TEST(vectors_a_device_has)
{
    front_case_connect("nvme edu e1000e e1000");
    assert_err(pcifront_msix_size(fw.pf, AT(0, 0)), 65);
    assert_err(pcifront_msix_size(fw.pf, AT(1, 0)), 0);
    assert_err(pcifront_msix_size(fw.pf, AT(2, 0)), 5);
    assert_err(pcifront_msix_size(fw.pf, AT(3, 0)), 0);
    assert_err(pcifront_msix_size(fw.pf, AT(4, 0)), PCIFRONT_ERR_NODEV);
    assert_err(pcifront_msi_size(fw.pf, AT(0, 0)), 0);
    assert_err(pcifront_msi_size(fw.pf, AT(1, 0)), 1);
    assert_err(pcifront_msi_size(fw.pf, AT(2, 0)), 1);
    fake_hw_set(&fw.be->functions[1]->hw, 0x42, 2, 0x0086); /* MMC 3 */
    assert_err(pcifront_msi_size(fw.pf, AT(1, 0)), 8);
    fake_hw_set(&fw.be->functions[1]->hw, 0x42, 2, 0x008a); /* MMC 5 */
    assert_err(pcifront_msi_size(fw.pf, AT(1, 0)), 32);
    fake_hw_set(&fw.be->functions[1]->hw, 0x42, 2, 0x008e); /* reserved */
    ck_assert_int_le(pcifront_msi_size(fw.pf, AT(1, 0)), 32);
    assert_err(pcifront_msi_size(fw.pf, AT(4, 0)), PCIFRONT_ERR_NODEV);
}
END_TEST

TCase *front_caps_tests(void)
{
    TCase *tc = tcase_create("caps");

    tcase_add_loop_test(tc, of_real_devices, 0, (int)ARRAY_LEN(lists));
    tcase_add_loop_test(tc, of_liars, 0, (int)ARRAY_LEN(liars));
    tcase_add_loop_test(tc, of_extended_liars, 0,
                        (int)ARRAY_LEN(extended_liars));
    tcase_add_test(tc, of_extended_liars_with_patience);
    tcase_add_test(tc, that_cannot_be_read);
    tcase_add_test(tc, vectors_a_device_has);
    return tc;
}
