/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses in every spelling people use, and the ones they should not. */
#include <check.h>
#include <stdlib.h>

#include "sbdf.h"

static const struct good_row {
    const char *text;
    const char *full;
    const char *dashed;
} good[] = {
    { "03:00.0", "0000:03:00.0", "0000-03-00-0" },
    { "0000:03:00.1", "0000:03:00.1", "0000-03-00-1" },
    { "0:3:0.1", "0000:03:00.1", "0000-03-00-1" },
    { "3:1f.7", "0000:03:1f.7", "0000-03-1f-7" },
    { "ABCD:EF:1F.7", "abcd:ef:1f.7", "abcd-ef-1f-7" },
    { "ffff:ff:1f.7", "ffff:ff:1f.7", "ffff-ff-1f-7" },
    { "0001-3a-02-4", "0001:3a:02.4", "0001-3a-02-4" },
    { "/sys/bus/pci/devices/0000:00:1c.5", "0000:00:1c.5", "0000-00-1c-5" },
    { "/sys/devices/pci0000:00/0000:00:02.0/0000:04:00.0", "0000:04:00.0",
      "0000-04-00-0" },
    { "devices/04:00.0", "0000:04:00.0", "0000-04-00-0" },
};

START_TEST(test_good)
{
    const struct good_row *row = &good[_i];
    struct sbdf s;
    struct sbdf again;
    char buf[SBDF_TEXT];

    ck_assert_msg(sbdf_parse(row->text, &s), "%s refused", row->text);
    ck_assert_str_eq(sbdf_format(s, buf), row->full);
    ck_assert(sbdf_parse(buf, &again));
    ck_assert(sbdf_equal(s, again));
    ck_assert_str_eq(sbdf_format_dashed(s, buf), row->dashed);
    ck_assert(sbdf_parse(buf, &again));
    ck_assert(sbdf_equal(s, again));
}
END_TEST

static const char *const bad[] = {
    "",
    "0",
    "03:00",
    "03:00.",
    "03:00.8",
    "03:00.a",
    "03:20.0",
    "03:00.00",
    "100:00.0",
    "03:000.0",
    "10000:03:00.0",
    "0000:03:00.0 ",
    " 0000:03:00.0",
    "0000:03:00.0\n",
    "+3:00.0",
    "-3:00.0",
    "0x3:00.0",
    "0000:03:00:0",
    "0000.03.00.0",
    "0000-03-00.0",
    "0000:03-00-0",
    "03-00-0",
    "0000-03-00-0-1",
    ":03:00.0",
    "0000::00.0",
    "0000:03:00.0/",
    "/sys/bus/pci/devices/",
    "0000:03:00.0/config",
    "0000:03:00.*",
    "nvme",
};

START_TEST(test_bad)
{
    struct sbdf s = { 0xdead, 0xbe, 0xef };

    ck_assert_msg(!sbdf_parse(bad[_i], &s), "\"%s\" accepted", bad[_i]);
    ck_assert_uint_eq(s.segment, 0xdead);
    ck_assert_uint_eq(s.bus, 0xbe);
    ck_assert_uint_eq(s.devfn, 0xef);
}
END_TEST

START_TEST(test_parts)
{
    const struct sbdf s = { .segment = 1, .bus = 0x82, .devfn = 0xfd };

    ck_assert_uint_eq(SBDF_DEVICE(s), 0x1f);
    ck_assert_uint_eq(SBDF_FUNCTION(s), 5);
    ck_assert_uint_eq(sbdf_machine(s), 0x182fd);
}
END_TEST

START_TEST(test_order)
{
    /* Ascending. */
    static const struct sbdf list[] = {
        { 0, 0, 0 },
        { 0, 0, 1 },
        { 0, 1, 0 },
        { 0, 0xff, 0xff },
        { 1, 0, 0 },
        { 0x8000, 0, 0 },
        { 0xffff, 0xff, 0xff },
    };

    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        for (size_t j = 0; j < ARRAY_LEN(list); j++) {
            int order = sbdf_compare(list[i], list[j]);

            ck_assert_int_eq(order < 0, i < j);
            ck_assert_int_eq(order > 0, i > j);
            ck_assert(sbdf_equal(list[i], list[j]) == (i == j));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sbdf");
    TCase *tc = tcase_create("text");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tc, test_good, 0, ARRAY_LEN(good));
    tcase_add_loop_test(tc, test_bad, 0, ARRAY_LEN(bad));
    tcase_add_test(tc, test_parts);
    tcase_add_test(tc, test_order);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
