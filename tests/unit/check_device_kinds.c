/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that are not like most: other segments, no line, virtual functions. */
#include <string.h>

#include "cfgspace.h"
#include "device-case.h"
#include "pciregs.h"
#include "temp-tree.h"

static const struct sbdf far = { .segment = 1, .bus = 3 };

/* Every call says which segment it means. */
START_TEST(in_another_segment)
{
    static const uint16_t entries[] = { 2 };
    unsigned int granted;
    struct device *dev;

    world_add(far, &back_nvme);
    dev = claim_ok(far);
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "assign 5 0001:03:00.0\n"));
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "msi 5 0001:03:00.0 2 "));
    /* The one with the same address in segment 0 is nobody's. */
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(far), BACK_DOMID);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(fake_xen_owner(far), HYP_DOMID_IO);
}
END_TEST

START_TEST(without_a_line)
{
    struct device *dev;

    temp_tree_file(world_path(case_nvme, "irq"), "0\n");
    dev = claim_ok(case_nvme);
    ck_assert_ptr_null(strstr(fake_xen_log(), "gsi"));
    ck_assert_ptr_null(strstr(fake_xen_log(), "irq"));
    ck_assert_uint_eq(dev->cs.params.irq_line, 0);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* PCIe 6.0 9.3.4.1.1: its own registers have no ids; the kernel knows them. */
START_TEST(a_virtual_function)
{
    struct device *dev;
    uint32_t ids = 0;

    temp_tree_link(world_path(case_nvme, "physfn"), "../0000:02:00.0");
    world_set(case_nvme, PCI_VENDOR_ID, 4, UINT32_MAX);
    dev = claim_ok(case_nvme);
    ck_assert_int_eq(cfgspace_read(&dev->cs, PCI_VENDOR_ID, 4, &ids),
                     PCI_ERR_SUCCESS);
    ck_assert_uint_eq(ids, 0x00101b36);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* A terabyte is one range and one call of Xen, not one for each page. */
START_TEST(xsa_125_a_huge_bar_is_one_call)
{
    struct back_model huge = back_nvme;
    struct device *dev;

    huge.resource = "0x0000380000000000 0x000038ffffffffff 0x0000000000140204\n"
                    "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
                    "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n";
    world_add(far, &huge);
    dev = claim_ok(far);
    ck_assert_ptr_nonnull(
        strstr(fake_xen_log(), "iomem 5 380000000+10000000 give\n"));
    ck_assert_uint_eq(dev->grants.nranges, 1);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

TCase *device_kinds_tests(void)
{
    TCase *tc = tcase_create("kinds");

    tcase_add_test(tc, in_another_segment);
    tcase_add_test(tc, without_a_line);
    tcase_add_test(tc, a_virtual_function);
    tcase_add_test(tc, xsa_125_a_huge_bar_is_one_call);
    return tc;
}
