/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* common/quirk.c: "REG:SIZE:MASK". */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "quirk.h"

static const struct good {
    const char *text;
    struct quirk quirk;
    const char *again; /* as it is written */
} goods[] = {
    { "48:4:ffffff00", { 0x48, 4, 0xffffff00 }, "48:4:ffffff00" },
    { "0:1:1", { 0, 1, 1 }, "0:1:1" },
    { "fff:1:80", { 0xfff, 1, 0x80 }, "fff:1:80" },
    { "FFE:2:BeEf", { 0xffe, 2, 0xbeef }, "ffe:2:beef" },
    { "050:2:0001", { 0x50, 2, 1 }, "50:2:1" },
};

START_TEST(good_quirks)
{
    const struct good *good = &goods[_i];
    struct quirk quirk = { 0 };
    char text[QUIRK_TEXT];
    const char *why;

    ck_assert(quirk_parse(good->text, strlen(good->text), &quirk, &why));
    ck_assert_uint_eq(quirk.offset, good->quirk.offset);
    ck_assert_uint_eq(quirk.size, good->quirk.size);
    ck_assert_uint_eq(quirk.mask, good->quirk.mask);
    ck_assert_str_eq(quirk_format(&quirk, text), good->again);
}
END_TEST

static const struct bad {
    const char *text;
    const char *why;
} bads[] = {
    { "", "REG:SIZE:MASK" },
    { "48", "REG:SIZE:MASK" },
    { "48:4", "REG:SIZE:MASK" },
    { "48:4:", "REG:SIZE:MASK" },
    { ":4:1", "REG:SIZE:MASK" },
    { "48::1", "REG:SIZE:MASK" },
    { "48:4:1 ", "REG:SIZE:MASK" },
    { " 48:4:1", "REG:SIZE:MASK" },
    { "0x48:4:1", "REG:SIZE:MASK" },
    { "-48:4:1", "REG:SIZE:MASK" },
    { "1000:4:1", "REG:SIZE:MASK" },
    { "48:10:1", "REG:SIZE:MASK" },
    { "48:4:100000000", "REG:SIZE:MASK" },
    { "48:4:g", "REG:SIZE:MASK" },
    { "48:3:1", "size of a quirk" },
    { "48:0:1", "size of a quirk" },
    { "48:8:1", "size of a quirk" },
    { "49:2:1", "multiple of its size" },
    { "4a:4:1", "multiple of its size" },
    { "48:4:0", "at least one bit" },
    { "48:1:100", "fits its size" },
    { "48:2:10000", "fits its size" },
};

START_TEST(bad_quirks)
{
    struct quirk quirk = { 1, 1, 1 };
    const char *why = "";

    ck_assert(!quirk_parse(bads[_i].text, strlen(bads[_i].text), &quirk, &why));
    ck_assert_msg(strstr(why, bads[_i].why) != NULL, "%s: %s", bads[_i].text,
                  why);
    ck_assert_uint_eq(quirk.offset, 1);
    ck_assert_uint_eq(quirk.mask, 1);
}
END_TEST

/* In a list: what comes behind must not count, and must not be needed. */
START_TEST(only_so_many_bytes)
{
    const char *text = "48:4:ffffff00+50:2:1";
    struct quirk quirk;
    const char *why;

    ck_assert(quirk_parse(text, 13, &quirk, &why));
    ck_assert_uint_eq(quirk.mask, 0xffffff00);
    ck_assert(!quirk_parse(text, 12, &quirk, &why));
    ck_assert(!quirk_parse(text, 14, &quirk, &why));
    ck_assert(!quirk_parse(text, 4, &quirk, &why));
    ck_assert(!quirk_parse(text, 1, &quirk, &why));
    ck_assert(!quirk_parse(text, 0, &quirk, &why));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quirk");
    TCase *tc = tcase_create("quirk");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tc, good_quirks, 0, (int)ARRAY_LEN(goods));
    tcase_add_loop_test(tc, bad_quirks, 0, (int)ARRAY_LEN(bads));
    tcase_add_test(tc, only_so_many_bytes);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
