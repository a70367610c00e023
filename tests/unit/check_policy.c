/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/policy*.c: the configuration file, opts-N, and what comes of both. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "temp-tree.h"

#define LIBXL "msitranslate=0,power_mgmt=0,permissive=0,rdm_policy=strict"

static const struct sbdf nvme = { .bus = 3 };
static const struct sbdf other = { .bus = 4 };

static char path[160];
static char why[POLICY_WHY];

static void setup(void)
{
    (void)snprintf(path, sizeof(path), "%s/xenpcid.json", temp_tree_make());
    ck_assert(policy_load(NULL, why));
}

static void teardown(void)
{
    ck_assert(policy_load(NULL, why));
    temp_tree_drop();
}

static bool load(const char *text)
{
    temp_tree_file("xenpcid.json", text);
    return policy_load(path, why);
}

static struct policy policy_of(struct sbdf dev, const char *options)
{
    struct policy policy;

    ck_assert_msg(policy_for(dev, 0x8086, 0x10d3, options, &policy, why), "%s",
                  why);
    return policy;
}

static void expect_built_in(void)
{
    struct policy policy = policy_of(nvme, NULL);

    ck_assert(!policy.knobs.permissive && !policy.knobs.interrupt_control);
    ck_assert(!policy.knobs.no_power && policy.knobs.nquirks == 0);
    ck_assert(policy.aer == POLICY_AER_NOTIFY && policy.nreset == 0);
    ck_assert(!policy.allow_dirty && !policy.rdm_relaxed);
    ck_assert_int_eq(policy_topology(), VBUS_VIRTUAL);
}

START_TEST(built_in)
{
    expect_built_in();
}
END_TEST

START_TEST(an_empty_file_changes_nothing)
{
    ck_assert_msg(load("{}\n"), "%s", why);
    expect_built_in();
}
END_TEST

/* The later place wins; what a place does not name, it leaves alone. */
START_TEST(the_more_special_place_wins)
{
    struct policy policy;

    ck_assert_msg(
        load(
            "{ \"topology\": \"passthrough\", \"reset\": [\"flr\", \"bus\"],\n"
            "  \"aer\": \"detach\", \"devices\": {\n"
            "  \"0000:03:00.0\": { \"aer\": \"destroy\", \"permissive\": false,"
            "    \"quirks\": [\"50:2:1\"] },\n"
            "  \"8086:10d3\": { \"aer\": \"pause\", \"permissive\": true,\n"
            "    \"power_management\": false, \"interrupt_control\": true,\n"
            "    \"allow_dirty\": true, \"reset\": [\"pm\"],\n"
            "    \"quirks\": [\"48:4:ffffff00\"] } } }"),
        "%s", why);
    ck_assert_int_eq(policy_topology(), VBUS_PASSTHROUGH);
    policy = policy_of(nvme, LIBXL);
    ck_assert_int_eq(policy.aer, POLICY_AER_DESTROY);
    ck_assert(!policy.knobs.permissive && policy.knobs.no_power);
    ck_assert(policy.knobs.interrupt_control && policy.allow_dirty);
    ck_assert_uint_eq(policy.nreset, 1);
    ck_assert_str_eq(policy.reset[0], "pm");
    ck_assert_uint_eq(policy.knobs.nquirks, 2);
    ck_assert_uint_eq(policy.knobs.quirks[0].offset, 0x48);
    ck_assert_uint_eq(policy.knobs.quirks[1].offset, 0x50);

    policy = policy_of(other, LIBXL);
    ck_assert_int_eq(policy.aer, POLICY_AER_PAUSE);
    ck_assert(policy.knobs.permissive && policy.knobs.nquirks == 1);

    ck_assert(policy_for(other, 0x8086, 1, LIBXL, &policy, why));
    ck_assert_int_eq(policy.aer, POLICY_AER_DETACH);
    ck_assert(!policy.knobs.permissive && !policy.knobs.no_power);
    ck_assert_uint_eq(policy.nreset, 2);
    ck_assert_str_eq(policy.reset[1], "bus");
}
END_TEST

/* libxl writes its defaults always; they must not undo what the file says. */
START_TEST(words_of_libxl)
{
    ck_assert(load("{\"devices\": {\"03:00.0\": {\"permissive\": true}}}"));
    ck_assert(policy_of(nvme, LIBXL).knobs.permissive);
    ck_assert_str_eq(why, "");
    ck_assert(!policy_of(other, LIBXL).knobs.permissive);
    ck_assert(policy_of(other, "permissive=1").knobs.permissive);
    ck_assert(policy_of(other, "rdm_policy=relaxed").rdm_relaxed);
    ck_assert(!policy_of(other, LIBXL).rdm_relaxed);
    /* The stock pair ignores it for PV guests, and so do we. */
    ck_assert(!policy_of(other, "power_mgmt=0").knobs.no_power);
}
END_TEST

START_TEST(words_of_ours)
{
    struct policy policy =
        policy_of(nvme, LIBXL ",interrupt_control=1,power=0,"
                              "quirks=48:4:ff+50:2:1,allow_dirty=1");

    ck_assert(policy.knobs.interrupt_control && policy.knobs.no_power);
    ck_assert(policy.allow_dirty && policy.knobs.nquirks == 2);
    ck_assert_uint_eq(policy.knobs.quirks[1].offset, 0x50);
    ck_assert_uint_eq(policy.knobs.quirks[1].size, 2);
    ck_assert_uint_eq(policy.knobs.quirks[1].mask, 1);
    ck_assert_str_eq(why, "");
    /* ... can undo what the file says. */
    ck_assert(load("{\"devices\": {\"03:00.0\": {\"power_management\": false,"
                   "\"allow_dirty\": true}}}"));
    policy = policy_of(nvme, "power=1,allow_dirty=0");
    ck_assert(!policy.knobs.no_power && !policy.allow_dirty);
}
END_TEST

START_TEST(unknown_words_are_told_and_ignored)
{
    struct policy policy = policy_of(nvme, "colour=red,permissive=1,shape");

    ck_assert(policy.knobs.permissive);
    ck_assert_msg(strstr(why, "\"colour\" \"shape\"") != NULL, "%s", why);
}
END_TEST

static const struct {
    const char *options;
    const char *why;
} bad_words[] = {
    { "permissive=2", "permissive cannot be \"2\"" },
    { "permissive=", "permissive cannot be \"\"" },
    { "power=yes", "power cannot be \"yes\"" },
    { "rdm_policy=lax", "rdm_policy cannot be" },
    { "quirks", "REG:SIZE:MASK" },
    { "quirks=", "REG:SIZE:MASK" },
    { "quirks=48:4:ff+", "REG:SIZE:MASK" },
    { "quirks=48:4:ff+49:4:1", "\"49:4:1\": the register of a quirk" },
    { "quirks=0:1:1+1:1:1+2:1:1+3:1:1+4:1:1+5:1:1+6:1:1+7:1:1+8:1:1+9:1:1+"
      "a:1:1+b:1:1+c:1:1+d:1:1+e:1:1+f:1:1+10:1:1",
      "at most 16 quirks" },
};

START_TEST(wrong_words)
{
    struct policy policy;

    ck_assert(!policy_for(nvme, 0, 0, bad_words[_i].options, &policy, why));
    ck_assert_msg(strstr(why, bad_words[_i].why) != NULL, "%s", why);
}
END_TEST

START_TEST(words_without_end)
{
    char text[POLICY_WORDS + 1];
    struct policy policy;

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ck_assert(!policy_for(nvme, 0, 0, text, &policy, why));
    ck_assert_ptr_nonnull(strstr(why, "longer than 510"));
}
END_TEST

START_TEST(too_many_quirks_in_two_places)
{
    struct policy policy;

    ck_assert(load("{\"devices\": {\"03:00.0\": {\"quirks\": [\"0:1:1\"]}}}"));
    ck_assert(!policy_for(
        nvme, 0, 0,
        "quirks=0:1:1+1:1:1+2:1:1+3:1:1+4:1:1+5:1:1+6:1:1+7:1:1+8:1:1+9:1:1+"
        "a:1:1+b:1:1+c:1:1+d:1:1+e:1:1+f:1:1",
        &policy, why));
    ck_assert_ptr_nonnull(strstr(why, "more than 16 quirks"));
}
END_TEST

#define DEVICE(text) "{\"devices\": {\"03:00.0\": " text "}}"

static const struct {
    const char *text;
    const char *why; /* behind the file's name */
} bad_files[] = {
    { "", "line 1: not JSON" },
    { "{\n\n  \"aer\": \"pause\",\n}", "line 4: not JSON" },
    { "{", "line 1: not JSON: unexpected end" },
    { "{} {}", "line 1: not JSON" },
    { "{'aer': 'pause'}", "line 1: not JSON" },
    { "[]", "must be one object" },
    { "null", "must be one object" },
    { "{\"colour\": 1}", "colour: unknown here; the file has topology" },
    { "{\"permissive\": true}", "permissive: unknown here; the file has "
                                "topology, reset, aer and devices, and this "
                                "belongs to one of devices" },
    { "{\"topology\": \"flat\"}", "topology: must be \"virtual\" or" },
    { "{\"topology\": 1}", "topology: must be \"virtual\" or" },
    { "{\"aer\": \"panic\"}", "aer: must be \"notify\", \"pause\"" },
    { "{\"aer\": null}", "aer: must be \"notify\", \"pause\"" },
    { "{\"reset\": \"flr\"}", "reset: must be a list" },
    { "{\"reset\": [\"flr\", 1]}", "reset[1]: must be a text" },
    { "{\"reset\": [\"flx\"]}", "reset[0]: must be one of device_specific" },
    { "{\"reset\": [\"flr\", \"flr\"]}", "reset[1]: stands there twice" },
    { "{\"devices\": []}", "devices: must be an object" },
    { "{\"devices\": {\"nvme\": {}}}", "devices.\"nvme\": must be an address" },
    { "{\"devices\": {\"8086:10d3:1\": {}}}",
      "devices.\"8086:10d3:1\": must be an address" },
    { "{\"devices\": {\"03:00.0\": {}, \"0000:03:00.0\": {}}}",
      "devices.\"0000:03:00.0\": this device has an entry already" },
    { "{\"devices\": {\"8086:10d3\": {}, \"8086:10D3\": {}}}",
      "devices.\"8086:10D3\": this device has an entry already" },
    { DEVICE("true"), "devices.\"03:00.0\": must be an object" },
    { DEVICE("{\"permisive\": true}"),
      "devices.\"03:00.0\".permisive: unknown; a device has permissive" },
    { DEVICE("{\"permissive\": 1}"),
      "devices.\"03:00.0\".permissive: must be true or false" },
    { DEVICE("{\"power_management\": \"on\"}"),
      "devices.\"03:00.0\".power_management: must be true or false" },
    { DEVICE("{\"allow_dirty\": \"yes\"}"),
      "devices.\"03:00.0\".allow_dirty: must be true or false" },
    { DEVICE("{\"interrupt_control\": []}"),
      "devices.\"03:00.0\".interrupt_control: must be true or false" },
    { DEVICE("{\"topology\": \"virtual\"}"),
      "devices.\"03:00.0\".topology: unknown" },
    { DEVICE("{\"quirks\": \"48:4:ff\"}"),
      "devices.\"03:00.0\".quirks: must be a list" },
    { DEVICE("{\"quirks\": [\"48:4:ff\", \"48:4\"]}"),
      "devices.\"03:00.0\".quirks[1]: \"48:4\": a quirk is REG:SIZE:MASK" },
    { DEVICE("{\"quirks\": [\"49:4:1\"]}"),
      "devices.\"03:00.0\".quirks[0]: \"49:4:1\": the register of a quirk" },
};

/* A file that is wrong is explained, and changes nothing. */
START_TEST(wrong_files)
{
    char expected[POLICY_WHY];

    ck_assert(load("{\"aer\": \"pause\"}"));
    ck_assert(!load(bad_files[_i].text));
    (void)snprintf(expected, sizeof(expected), "%s: %s", path,
                   bad_files[_i].why);
    ck_assert_msg(strncmp(why, expected, strlen(expected)) == 0,
                  "\"%s\" for %s", why, bad_files[_i].text);
    ck_assert_int_eq(policy_of(nvme, NULL).aer, POLICY_AER_PAUSE);
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
    ck_assert(!policy_load("/nonexistent/xenpcid.json", why));
    ck_assert_ptr_nonnull(
        strstr(why, "/nonexistent/xenpcid.json: cannot be read: No such"));
    ck_assert(!policy_load("/", why));
    ck_assert_ptr_nonnull(strstr(why, "cannot be read: Is a directory"));
    ck_assert(!policy_load("/dev/zero", why));
    ck_assert_ptr_nonnull(strstr(why, "cannot be read: File too large"));
    temp_tree_bytes("xenpcid.json", "{}\0{}", 5);
    ck_assert(!policy_load(path, why));
    ck_assert_ptr_nonnull(strstr(why, "NUL byte"));
}
END_TEST

START_TEST(names_of_outcomes)
{
    enum policy_aer aer, back;

    for (aer = POLICY_AER_NOTIFY; aer <= POLICY_AER_DESTROY; aer++) {
        ck_assert(policy_aer_parse(policy_aer_name(aer), &back));
        ck_assert_int_eq(back, aer);
    }
    ck_assert(!policy_aer_parse("", &back));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tc = tcase_create("policy");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, built_in);
    tcase_add_test(tc, an_empty_file_changes_nothing);
    tcase_add_test(tc, the_more_special_place_wins);
    tcase_add_test(tc, words_of_libxl);
    tcase_add_test(tc, words_of_ours);
    tcase_add_test(tc, unknown_words_are_told_and_ignored);
    tcase_add_loop_test(tc, wrong_words, 0, (int)ARRAY_LEN(bad_words));
    tcase_add_test(tc, words_without_end);
    tcase_add_test(tc, too_many_quirks_in_two_places);
    tcase_add_loop_test(tc, wrong_files, 0, (int)ARRAY_LEN(bad_files));
    tcase_add_test(tc, files_that_cannot_be_read);
    tcase_add_test(tc, names_of_outcomes);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
