/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of xenpci, and the options of a device. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "compiler.h"

static const struct cmd attach = {
    .name = "attach",
    .min = 2,
    .max = 2,
    .options = ARGS_JSON | ARGS_TIMEOUT | ARGS_DEVICE,
    .synopsis = "DOM BDF",
};

static const struct cmd add = {
    .name = "assignable-add",
    .min = 1,
    .max = ARGS_MAX,
    .options = ARGS_JSON | ARGS_FORCE | ARGS_NAME,
    .synopsis = "BDF...",
};

#define WORDS_MAX 8

static bool parse(const struct cmd *cmd, const char *const *words,
                  struct args *out, char why[ARGS_WHY])
{
    static char copies[WORDS_MAX][64];
    char *list[WORDS_MAX];
    unsigned int count = 0;

    for (; count < WORDS_MAX && words[count] != NULL; count++) {
        strcpy(copies[count], words[count]);
        list[count] = copies[count];
    }
    return args_parse(cmd, list, count, out, why);
}

START_TEST(everything_at_once)
{
    static const char *const words[] = {
        "--timeout=5", "work", "--json", "03:00.1", "permissive=1", NULL,
    };
    char why[ARGS_WHY];
    struct args args;

    ck_assert(parse(&attach, words, &args, why));
    ck_assert_uint_eq(args.noperands, 2);
    ck_assert_str_eq(args.operands[0], "work");
    ck_assert_str_eq(args.operands[1], "03:00.1");
    ck_assert(args.json && args.has_timeout && !args.force);
    ck_assert_uint_eq(args.timeout_s, 5);
    ck_assert(args.options.permissive);
}
END_TEST

START_TEST(separate_value_and_end_of_options)
{
    static const char *const words[] = {
        "--name", "--json", "--", "--force", NULL,
    };
    char why[ARGS_WHY];
    struct args args;

    ck_assert(parse(&add, words, &args, why));
    ck_assert_str_eq(args.name, "--json");
    ck_assert(!args.json && !args.force);
    ck_assert_str_eq(args.operands[0], "--force");
}
END_TEST

START_TEST(help_needs_no_operands)
{
    static const char *const words[] = { "--help", NULL };
    char why[ARGS_WHY];
    struct args args;

    ck_assert(parse(&attach, words, &args, why));
    ck_assert(args.help);
}
END_TEST

static const struct {
    const struct cmd *cmd;
    const char *words[5];
    const char *why; /* part of the reason */
} wrong[] = {
    { &attach, { "work" }, "wants DOM BDF" },
    { &add, { NULL }, "wants BDF..." },
    { &attach, { "work", "1:0.0", "--force" }, "option --force" },
    { &attach, { "work", "1:0.0", "--jso" }, "option --jso" },
    { &attach, { "work", "1:0.0", "-x" }, "option -x" },
    { &attach, { "work", "1:0.0", "--timeout" }, "wants a value" },
    { &attach, { "work", "1:0.0", "--timeout=1s" }, "wants seconds" },
    { &attach, { "work", "1:0.0", "--timeout=" }, "wants seconds" },
    { &attach, { "work", "1:0.0", "--timeout=-1" }, "wants seconds" },
    { &attach, { "work", "1:0.0", "--timeout=4294967296" }, "wants seconds" },
    { &attach, { "work", "1:0.0", "--json=1" }, "no value" },
    { &attach, { "work", "1:0.0", "permisive=1" }, "\"permisive\"" },
    { &attach, { "work", "1:0.0", "permissive=2" }, "cannot be \"2\"" },
};

START_TEST(wrong_command_lines)
{
    char why[ARGS_WHY] = "";
    struct args args;

    ck_assert(!parse(wrong[_i].cmd, wrong[_i].words, &args, why));
    ck_assert_msg(strstr(why, wrong[_i].why) != NULL, "row %d: %s", _i, why);
}
END_TEST

static const struct {
    const char *text;
    const char *node; /* NULL: an error */
} options[] = {
    { "permissive", "msitranslate=0,power_mgmt=0,permissive=1,"
                    "rdm_policy=strict" },
    { "permissive=0", "msitranslate=0,power_mgmt=0,permissive=0,"
                      "rdm_policy=strict" },
    { "rdm_policy=relaxed,msitranslate=1,power_mgmt=1",
      "msitranslate=1,power_mgmt=1,permissive=0,rdm_policy=relaxed" },
    { "permissive=1,permissive=0", "msitranslate=0,power_mgmt=0,permissive=0,"
                                   "rdm_policy=strict" },
    { "interrupt_control=1,power=0,allow_dirty",
      "msitranslate=0,power_mgmt=0,permissive=0,rdm_policy=strict,"
      "interrupt_control=1,power=0,allow_dirty=1" },
    { "quirks=48:4:ff+50:2:1",
      "msitranslate=0,power_mgmt=0,permissive=0,rdm_policy=strict,"
      "quirks=48:4:ff+50:2:1" },
    { "power=2", NULL },
    { "quirks", NULL },
    { "quirks=", NULL },
    { "quirks=48:4:ff+", NULL },
    { "quirks=49:4:ff", NULL },
    { "quirks=48:4:0", NULL },
    { "", NULL },
    { "permissive=1,", NULL },
    { "rdm_policy", NULL },
    { "rdm_policy=1", NULL },
    { "=1", NULL },
};

START_TEST(device_options)
{
    struct options parsed = { .permissive = false };
    char why[OPTIONS_WHY] = "";
    char text[OPTIONS_TEXT];
    bool ok = options_parse(options[_i].text, &parsed, why);

    ck_assert_int_eq(ok, options[_i].node != NULL);
    if (ok)
        ck_assert_str_eq(options_format(&parsed, text), options[_i].node);
    else
        ck_assert_uint_gt(strlen(why), 0);
}
END_TEST

START_TEST(options_round_trip)
{
    struct options all = { true,      true,       true,      true,
                           OPTION_ON, OPTION_OFF, OPTION_ON, "48:4:ff" };
    struct options again = { .permissive = false };
    char why[OPTIONS_WHY];
    char text[OPTIONS_TEXT];

    ck_assert(options_parse(options_format(&all, text), &again, why));
    ck_assert(again.permissive && again.msitranslate && again.power_mgmt &&
              again.rdm_relaxed);
    ck_assert(again.interrupt_control == OPTION_ON &&
              again.power == OPTION_OFF && again.allow_dirty == OPTION_ON);
    ck_assert_str_eq(again.quirks, "48:4:ff");
}
END_TEST

/* Sixteen of the longest fit; a seventeenth does not. */
START_TEST(many_quirks)
{
    struct options parsed = { .permissive = false }, again = parsed;
    char text[OPTIONS_TEXT] = "quirks=ffc:4:ffffffff";
    char node[OPTIONS_TEXT], why[OPTIONS_WHY] = "";

    for (unsigned int i = 1; i < 16; i++)
        strcat(text, "+ffc:4:ffffffff");
    ck_assert(options_parse(text, &parsed, why));
    options_format(&parsed, node);
    ck_assert(options_parse(node, &again, why));
    ck_assert_str_eq(again.quirks, strchr(text, '=') + 1);
    strcat(text, "+ffc:4:ffffffff+ffc:4:ffffffff");
    ck_assert(!options_parse(text, &parsed, why));
    ck_assert_ptr_nonnull(strstr(why, "more than 16"));
}
END_TEST

START_TEST(long_options_are_refused)
{
    struct options parsed = { .permissive = false };
    char why[OPTIONS_WHY] = "";
    char text[600];

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ck_assert(!options_parse(text, &parsed, why));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("args");
    TCase *tc = tcase_create("args");
    SRunner *runner;
    int failed;

    tcase_add_test(tc, everything_at_once);
    tcase_add_test(tc, separate_value_and_end_of_options);
    tcase_add_test(tc, help_needs_no_operands);
    tcase_add_loop_test(tc, wrong_command_lines, 0, ARRAY_LEN(wrong));
    tcase_add_loop_test(tc, device_options, 0, ARRAY_LEN(options));
    tcase_add_test(tc, options_round_trip);
    tcase_add_test(tc, many_quirks);
    tcase_add_test(tc, long_options_are_refused);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
