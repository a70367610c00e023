/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci-front: all of it that needs no backend. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "classes.h"
#include "front-tool-suites.h"
#include "timing.h"

/* ---- the command line ---- */

static const struct command watch = {
    .name = "watch",
    .options = OPTION_JSON | OPTION_FOR | OPTION_COUNT,
    .synopsis = "[--for S]",
};

static const struct command bench = {
    .name = "bench",
    .min = 1,
    .max = 1,
    .options = OPTION_JSON | OPTION_READS,
    .synopsis = "ADDR [-n N]",
};

#define WORDS_MAX 8

static bool parse(const struct command *command, const char *const *words,
                  struct arguments *out, char why[ARGUMENTS_WHY])
{
    static char copies[WORDS_MAX][64];
    char *list[WORDS_MAX];
    unsigned int count = 0;

    for (; count < WORDS_MAX && words[count] != NULL; count++) {
        strcpy(copies[count], words[count]);
        list[count] = copies[count];
    }
    return arguments_parse(command, list, count, out, why);
}

START_TEST(options_and_operands_mix)
{
    static const char *const words[] = { "-n",     "20",          "00:01.0",
                                         "--json", "--timeout=5", NULL };
    char why[ARGUMENTS_WHY] = "";
    struct arguments args;

    ck_assert_msg(parse(&bench, words, &args, why), "%s", why);
    ck_assert_uint_eq(args.noperands, 1);
    ck_assert_str_eq(args.operands[0], "00:01.0");
    ck_assert_uint_eq(args.reads, 20);
    ck_assert_uint_eq(args.timeout_s, 5);
    ck_assert(has_option(&args, OPTION_JSON));
    ck_assert(!has_option(&args, OPTION_DEBUG));
}
END_TEST

START_TEST(what_is_not_given_has_a_default)
{
    static const char *const words[] = { "--", "-n", NULL };
    char why[ARGUMENTS_WHY] = "";
    struct arguments args;

    ck_assert_msg(parse(&bench, words, &args, why), "%s", why);
    ck_assert_str_eq(args.operands[0], "-n");
    ck_assert_uint_eq(args.reads, 1000);
    ck_assert_uint_eq(args.timeout_s, 30);
    ck_assert_uint_eq(args.count, 0);
    ck_assert_uint_eq(args.for_s, 0);
}
END_TEST

START_TEST(help_needs_no_operands)
{
    static const char *const words[] = { "--help", NULL };
    char why[ARGUMENTS_WHY];
    struct arguments args;

    ck_assert(parse(&bench, words, &args, why));
    ck_assert(has_option(&args, OPTION_HELP));
}
END_TEST

static const struct wrong {
    const struct command *command;
    const char *const words[4];
    const char *why;
} wrong[] = {
    { &bench, { NULL }, "bench wants ADDR [-n N]" },
    { &bench, { "00:00.0", "more", NULL }, "bench wants ADDR [-n N]" },
    { &watch, { "00:00.0", NULL }, "watch wants no operands" },
    { &bench, { "--for", "3", "x", NULL }, "bench does not know the option" },
    { &watch, { "--for", NULL }, "--for wants 1 to 86400 seconds, not \"\"" },
    { &watch, { "--for", "0", NULL }, "--for wants 1 to 86400 seconds" },
    { &watch, { "--for=86401", NULL }, "--for wants 1 to 86400 seconds" },
    { &watch, { "--count", "-1", NULL }, "--count wants a number" },
    { &watch, { "--count", "5x", NULL }, "not \"5x\"" },
    { &watch, { "--json=yes", NULL }, "--json takes no value" },
    { &watch, { "--jso", NULL }, "watch does not know the option --jso" },
};

START_TEST(wrong_command_lines)
{
    const struct wrong *row = &wrong[_i];
    char why[ARGUMENTS_WHY] = "";
    struct arguments args;

    ck_assert_msg(!parse(row->command, row->words, &args, why),
                  "row %d: accepted", _i);
    ck_assert_msg(strstr(why, row->why) != NULL, "row %d: \"%s\"", _i, why);
}
END_TEST

static const struct number {
    const char *text;
    uint32_t max;
    bool ok;
    uint32_t value;
} numbers[] = {
    { "0", 10, true, 0 },
    { "10", 10, true, 10 },
    { "11", 10, false, 0 },
    { "0x0a", 10, true, 10 },
    { "0XfF", 255, true, 255 },
    { "0xffffffff", UINT32_MAX, true, UINT32_MAX },
    { "0x100000000", UINT32_MAX, false, 0 },
    { "4294967296", UINT32_MAX, false, 0 },
    { "99999999999999999999999999", UINT32_MAX, false, 0 },
    { "", 10, false, 0 },
    { "0x", 10, false, 0 },
    { "-1", 10, false, 0 },
    { "+1", 10, false, 0 },
    { " 1", 10, false, 0 },
    { "1 ", 10, false, 0 },
    { "a", 10, false, 0 },
};

START_TEST(number_texts)
{
    const struct number *row = &numbers[_i];
    uint32_t value = 0;

    ck_assert_msg(number_parse(row->text, row->max, &value) == row->ok,
                  "\"%s\"", row->text);
    ck_assert_msg(value == row->value, "\"%s\": %u", row->text, value);
}
END_TEST

/* ---- durations ---- */

START_TEST(percentiles_are_nearest_ranks)
{
    uint64_t took[200];
    struct timing timing;

    for (unsigned int i = 0; i < 200; i++)
        took[i] = 200 - i; /* 200 to 1 */
    timing = timing_of(took, 200);
    ck_assert_uint_eq(timing.min_ns, 1);
    ck_assert_uint_eq(timing.p50_ns, 100);
    ck_assert_uint_eq(timing.p99_ns, 198);
    ck_assert_uint_eq(timing.max_ns, 200);
}
END_TEST

START_TEST(one_duration_is_all_of_them)
{
    uint64_t took[] = { 7 };
    struct timing timing = timing_of(took, 1);

    ck_assert_uint_eq(timing.min_ns, 7);
    ck_assert_uint_eq(timing.p50_ns, 7);
    ck_assert_uint_eq(timing.p99_ns, 7);
    ck_assert_uint_eq(timing.max_ns, 7);
}
END_TEST

/* ---- classes ---- */

static const struct class_row {
    uint32_t code;
    const char *name;
} class_rows[] = {
    { 0x010802, "NVM controller" },
    { 0x020000, "Ethernet controller" },
    { 0x027700, "network controller" },
    { 0x00ff00, "device, before classes" },
    { 0x0c0330, "USB controller" },
    { 0xff0000, "unclassified device" },
    { 0x550000, "device" },
    { 0xff0108, "unclassified device" },
};

START_TEST(class_names)
{
    ck_assert_str_eq(class_name(class_rows[_i].code), class_rows[_i].name);
}
END_TEST

static TCase *words_case(void)
{
    TCase *tc = tcase_create("words");

    tcase_add_test(tc, options_and_operands_mix);
    tcase_add_test(tc, what_is_not_given_has_a_default);
    tcase_add_test(tc, help_needs_no_operands);
    tcase_add_loop_test(tc, wrong_command_lines, 0, ARRAY_LEN(wrong));
    tcase_add_loop_test(tc, number_texts, 0, ARRAY_LEN(numbers));
    tcase_add_loop_test(tc, class_names, 0, ARRAY_LEN(class_rows));
    tcase_add_test(tc, percentiles_are_nearest_ranks);
    tcase_add_test(tc, one_duration_is_all_of_them);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("front-tool");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, words_case());
    suite_add_tcase(suite, front_tool_place_case());
    suite_add_tcase(suite, front_tool_space_case());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
