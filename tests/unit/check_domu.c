/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front/domu: what of our kernel can be tested without Xen. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "domu-suites.h"
#include "heap.h"
#include "print.h"

static void expect_text(const char *want, size_t length, const char *got)
{
    ck_assert_str_eq(got, want);
    ck_assert_uint_eq(length, strlen(want));
}

START_TEST(conversions)
{
    char text[64];

#define SAYS(want, ...) \
    expect_text(want, print_into(text, sizeof(text), __VA_ARGS__), text)
    SAYS("plain %", "plain %%");
    SAYS("-7 7 0", "%d %d %u", -7, 7, 0u);
    SAYS("-9223372036854775808", "%ld", INT64_MIN);
    SAYS("18446744073709551615", "%lu", UINT64_MAX);
    SAYS("dead 0x00beef", "%x 0x%06x", 0xdeadu, 0xbeefu);
    SAYS("00000000deadbeef", "%016lx", (uint64_t)0xdeadbeef);
    SAYS("[ab  ][  ab]", "[%-4s][%4s]", "ab", "ab");
    SAYS("x 12", "%c %zu", 'x', (size_t)12);
    SAYS("400000", "%p", (void *)0x400000);
#undef SAYS
}
END_TEST

START_TEST(text_is_cut_not_run_over)
{
    char text[8] = "#######";

    expect_text("abc", print_into(text, 4, "%s", "abcdef"), text);
    ck_assert_mem_eq(text + 4, "###", 3);
    expect_text("", print_into(text, 1, "%d", 42), text);
    ck_assert_uint_eq(print_into(NULL, 0, "%d", 42), 0);
}
END_TEST

START_TEST(blocks_are_apart_and_aligned)
{
    uint8_t *blocks[10];

    for (size_t size = 1; size <= 4096; size = size * 3 + 1) {
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            blocks[i] = heap_alloc(size);
            ck_assert_ptr_nonnull(blocks[i]);
            ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
            memset(blocks[i], (int)i, size);
        }
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            ck_assert(blocks[i][0] == i && blocks[i][size - 1] == i);
            heap_free(blocks[i], size);
        }
    }
}
END_TEST

START_TEST(freed_blocks_come_again)
{
    void *first = heap_alloc(100);

    /* Far more than the heap has. */
    for (unsigned int i = 0; i < 100000; i++) {
        heap_free(first, 100);
        ck_assert_ptr_eq(heap_alloc(120), first);
    }
    heap_free(first, 120);
    heap_free(NULL, 5);
}
END_TEST

START_TEST(a_heap_ends)
{
    void *list = NULL, *block;
    size_t count = 0;

    ck_assert_ptr_null(heap_alloc(4097));
    ck_assert_ptr_null(heap_alloc(SIZE_MAX));
    while ((block = heap_alloc(4096)) != NULL) {
        memcpy(block, &list, sizeof(list));
        list = block;
        ck_assert_uint_lt(++count, 1000);
    }
    ck_assert_uint_gt(count, 16);
    while (list != NULL) {
        block = list;
        memcpy(&list, block, sizeof(list));
        heap_free(block, 4096);
    }
    ck_assert_ptr_nonnull(block = heap_alloc(4096));
    heap_free(block, 4096);
}
END_TEST

static Suite *small_suite(void)
{
    Suite *suite = suite_create("domu");
    TCase *tcase = tcase_create("print and heap");

    tcase_add_test(tcase, conversions);
    tcase_add_test(tcase, text_is_cut_not_run_over);
    tcase_add_test(tcase, blocks_are_apart_and_aligned);
    tcase_add_test(tcase, freed_blocks_come_again);
    tcase_add_test(tcase, a_heap_ends);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(small_suite());
    int failed;

    srunner_add_suite(runner, domu_store_suite());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
