/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: mapping a BAR. */
#include "front-case.h"

#define NONE  PCIFRONT_BAR_NONE
#define IO    PCIFRONT_BAR_IO
#define MEM32 PCIFRONT_BAR_MEM32
#define MEM64 PCIFRONT_BAR_MEM64

static const struct pcifront_bar bar = { MEM32, false, 0xfeb34000, 0x4000 };

START_TEST(mapped)
{
    const struct fake_mapping *m = &fw.k->mappings[0];
    void *all = NULL, *part = NULL;

    assert_err(front_world_create(&fw), 0);
    assert_err(
        pcifront_bar_map(fw.pf, &bar, 0, 0x4000, PCIFRONT_UNCACHED, &all), 0);
    ck_assert_ptr_eq(all, m->address);
    ck_assert_uint_eq(m->machine, 0xfeb34000);
    ck_assert_uint_eq(m->bytes, 0x4000);
    ck_assert_int_eq(m->cache, PCIFRONT_UNCACHED);
    assert_err(
        pcifront_bar_map(fw.pf, &bar, 0x1ffe, 4, PCIFRONT_WRITE_COMBINE, &part),
        0);
    m = &fw.k->mappings[1];
    ck_assert_ptr_eq(part, (char *)m->address + 0xffe);
    ck_assert_uint_eq(m->machine, 0xfeb35000);
    ck_assert_uint_eq(m->bytes, 0x2000);
    ck_assert_int_eq(m->cache, PCIFRONT_WRITE_COMBINE);
    pcifront_bar_unmap(fw.pf, &bar, 0, 0x4000, all);
    pcifront_bar_unmap(fw.pf, &bar, 0x1ffe, 4, part);
    ck_assert_uint_eq(fake_kernel_mappings(fw.k), 0);
}
END_TEST

/* BARs smaller than a page need not begin with one. */
START_TEST(a_small_bar_mapped)
{
    const struct pcifront_bar small = { MEM64, false, 0x38fe000f10, 0x10 };
    void *address = NULL;

    assert_err(front_world_create(&fw), 0);
    assert_err(
        pcifront_bar_map(fw.pf, &small, 8, 8, PCIFRONT_UNCACHED, &address), 0);
    ck_assert_ptr_eq(address, (char *)fw.k->mappings[0].address + 0xf18);
    ck_assert_uint_eq(fw.k->mappings[0].machine, 0x38fe000000);
    ck_assert_uint_eq(fw.k->mappings[0].bytes, 0x1000);
    pcifront_bar_unmap(fw.pf, &small, 8, 8, address);
}
END_TEST

static const struct {
    struct pcifront_bar bar;
    uint64_t offset, bytes;
} unmappable[] = {
    { { MEM32, false, 0xfeb34000, 0x4000 }, 0, 0x4001 },
    { { MEM32, false, 0xfeb34000, 0x4000 }, 0x4000, 1 },
    { { MEM32, false, 0xfeb34000, 0x4000 }, 1, 0x4000 },
    { { MEM32, false, 0xfeb34000, 0x4000 }, UINT64_MAX, 2 },
    { { MEM32, false, 0xfeb34000, 0x4000 }, 2, UINT64_MAX },
    { { MEM32, false, 0xfeb34000, 0x4000 }, 0, 0 },
    { { IO, false, 0xc000, 0x4000 }, 0, 4 },
    { { NONE, false, 0, 0x4000 }, 0, 4 },
    { { MEM64, false, UINT64_MAX - 0xff, 0x1000 }, 0, 0x1000 },
};

START_TEST(what_cannot_be_mapped)
{
    void *address = &fw;

    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_bar_map(fw.pf, &unmappable[_i].bar,
                                unmappable[_i].offset, unmappable[_i].bytes,
                                PCIFRONT_UNCACHED, &address),
               PCIFRONT_ERR_INVALID);
    ck_assert_ptr_eq(address, &fw);
}
END_TEST

START_TEST(a_kernel_that_cannot_map)
{
    void *address = &fw;

    assert_err(front_world_create(&fw), 0);
    fw.k->fail_at = fw.k->fallible + 1;
    assert_err(pcifront_bar_map(fw.pf, &bar, 0, 4, PCIFRONT_UNCACHED, &address),
               PCIFRONT_ERR_OS);
    pcifront_destroy(fw.pf);
    fw.k->os.map_mmio = NULL;
    fw.k->os.unmap_mmio = NULL;
    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_bar_map(fw.pf, &bar, 0, 4, PCIFRONT_UNCACHED, &address),
               PCIFRONT_ERR_UNSUPPORTED);
    ck_assert_ptr_eq(address, &fw);
}
END_TEST

TCase *front_map_tests(void)
{
    TCase *tc = tcase_create("map");

    tcase_add_test(tc, mapped);
    tcase_add_test(tc, a_small_bar_mapped);
    tcase_add_loop_test(tc, what_cannot_be_mapped, 0,
                        (int)ARRAY_LEN(unmappable));
    tcase_add_test(tc, a_kernel_that_cannot_map);
    return tc;
}
