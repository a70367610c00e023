/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci-front: copies of configuration space, from recorded devices. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "fake-hw.h"
#include "front-tool-suites.h"

static struct space space;

static void load(const char *name)
{
    static struct fake_hw hw;

    ck_assert_msg(fake_hw_load(&hw, name), "no dump %s", name);
    memset(&space, 0, sizeof(space));
    space.size = hw.size;
    memcpy(space.bytes, hw.bytes, hw.size);
}

START_TEST(a_dump_prints_as_lspci_does)
{
    static const char *const dumps[] = { "nvme", "edu" };
    char path[512];
    char want[256];
    char got[256];
    FILE *file;
    FILE *printed = tmpfile();

    load(dumps[_i]);
    ck_assert_ptr_nonnull(printed);
    space_print(&space, printed);
    rewind(printed);
    snprintf(path, sizeof(path), "%s/devices/%s.dump", TEST_DATA_DIR,
             dumps[_i]);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    do /* a comment, the address, ids and resources */
        ck_assert_ptr_nonnull(fgets(want, sizeof(want), file));
    while (strncmp(want, "00: ", 4) != 0);
    do {
        ck_assert_ptr_nonnull(fgets(got, sizeof(got), printed));
        ck_assert_str_eq(got, want);
    } while (fgets(want, sizeof(want), file) != NULL);
    ck_assert_ptr_null(fgets(got, sizeof(got), printed));
    fclose(file);
    fclose(printed);
}
END_TEST

START_TEST(nothing_lies_beyond_the_end)
{
    load("edu");
    ck_assert_uint_eq(space_get(&space, 0, 4), 0x11e81234);
    ck_assert_uint_eq(space_get(&space, 255, 1), space.bytes[255]);
    ck_assert_uint_eq(space_get(&space, 255, 2), UINT32_MAX);
    ck_assert_uint_eq(space_get(&space, 256, 1), UINT32_MAX);
    ck_assert_uint_eq(space_get(&space, UINT32_MAX, 4), UINT32_MAX);
}
END_TEST

static const struct cap_row {
    const char *dump;
    unsigned int index;
    uint16_t offset;
    bool extended;
    const char *words;
} cap_rows[] = {
    { "nvme", 0, 0x40, false, "MSI-X, 65 vectors" },
    { "nvme", 1, 0x80, false, "PCI Express" },
    { "nvme", 2, 0x60, false, "power management, in D0" },
    { "edu", 0, 0x40, false, "MSI, 1 vector, 64-bit" },
    { "e1000e", 0, 0xc8, false, "power management, in D0" },
    { "e1000e", 1, 0xd0, false, "MSI, 1 vector, 64-bit" },
    { "e1000e", 2, 0xe0, false, "PCI Express" },
    { "e1000e", 3, 0xa0, false, "MSI-X, 5 vectors" },
    { "e1000e", 4, 0x100, true, "advanced error reporting" },
    { "e1000e", 5, 0x140, true, "device serial number" },
};

START_TEST(capabilities_of_real_devices)
{
    const struct cap_row *row = &cap_rows[_i];
    struct space_cap caps[SPACE_CAPS_MAX];
    char words[CAP_WORDS];

    load(row->dump);
    ck_assert_uint_gt(space_caps(&space, caps), row->index);
    ck_assert_uint_eq(caps[row->index].offset, row->offset);
    ck_assert(caps[row->index].extended == row->extended);
    ck_assert_str_eq(space_cap_words(&space, caps[row->index], words),
                     row->words);
}
END_TEST

START_TEST(lists_that_loop_end)
{
    struct space_cap caps[SPACE_CAPS_MAX];
    unsigned int count;

    memset(&space, 0, sizeof(space));
    space.size = SPACE_BYTES;
    space.bytes[0x06] = 0x10; /* there is a list */
    space.bytes[0x34] = 0x40;
    space.bytes[0x40] = 0x09;
    space.bytes[0x41] = 0x40; /* next: itself */
    space.bytes[0x100] = 0x0b;
    space.bytes[0x102] = 0x01; /* version 1, next 0x100: itself */
    space.bytes[0x103] = 0x10;
    count = space_caps(&space, caps);
    ck_assert_uint_eq(count, 49);
    ck_assert(!caps[47].extended);
    ck_assert(caps[48].extended);
    ck_assert_uint_eq(caps[48].offset, 0x100);
}
END_TEST

START_TEST(a_device_that_reads_all_ones_has_none)
{
    struct space_cap caps[SPACE_CAPS_MAX];

    memset(&space, 0xff, sizeof(space));
    space.size = SPACE_BYTES;
    ck_assert_uint_eq(space_caps(&space, caps), 0);
}
END_TEST

static const struct bar_row {
    struct pcifront_bar bar;
    const char *words;
} bar_rows[] = {
    { { PCIFRONT_BAR_NONE, false, 0, 0 }, NULL },
    { { PCIFRONT_BAR_MEM64, false, 0xfeb30000, 16384 },
      "memory at 0xfeb30000, 64-bit, 16 KiB" },
    { { PCIFRONT_BAR_MEM32, true, 0xe0000000, 0x100000 },
      "memory at 0xe0000000, prefetchable, 1 MiB" },
    { { PCIFRONT_BAR_IO, false, 0xc000, 32 }, "I/O ports at 0xc000, 32 bytes" },
    { { PCIFRONT_BAR_ROM, false, 0, 0x800 }, "expansion ROM at 0x0, 2 KiB" },
};

START_TEST(bars_in_words)
{
    const char *want = bar_rows[_i].words;
    char words[DETAIL_WORDS];
    const char *got = detail_bar_words(&bar_rows[_i].bar, words);

    ck_assert((got == NULL) == (want == NULL));
    ck_assert_msg(got == NULL || strcmp(got, want) == 0, "%s", got);
}
END_TEST

TCase *front_tool_space_case(void)
{
    TCase *tc = tcase_create("space");

    tcase_add_loop_test(tc, a_dump_prints_as_lspci_does, 0, 2);
    tcase_add_test(tc, nothing_lies_beyond_the_end);
    tcase_add_loop_test(tc, capabilities_of_real_devices, 0,
                        ARRAY_LEN(cap_rows));
    tcase_add_test(tc, lists_that_loop_end);
    tcase_add_test(tc, a_device_that_reads_all_ones_has_none);
    tcase_add_loop_test(tc, bars_in_words, 0, ARRAY_LEN(bar_rows));
    return tc;
}
