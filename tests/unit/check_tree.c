/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci tree and check: live (over a store in memory that holds the recorded
 * listing) and from the file itself they must say the same.
 */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fake-store.h"
#include "listing.h"

#define DATA(name) TEST_DATA_DIR "/" name
#define BACK       "/local/domain/0/backend/pci/2/0"

static struct outcome out;

static const char *said(const char *key)
{
    struct json_object *value = NULL;

    ck_assert_ptr_nonnull(out.json);
    ck_assert(json_object_object_get_ex(out.json, key, &value));
    return json_object_to_json_string_ext(
        value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

static enum exit_code run(enum exit_code (*cmd)(const struct args *args,
                                                struct outcome *out),
                          const char *domain, const char *file)
{
    const struct args args = {
        .operands = { domain },
        .noperands = domain != NULL,
        .json = true,
        .file = file,
    };

    (void)json_object_put(out.json);
    out = (struct outcome){ .cause = "" };
    return cmd(&args, &out);
}

/* Put a recorded listing into the store. */
static void store_from(const char *file)
{
    static char text[65536];
    struct listing list = { 0 };
    FILE *stream = fopen(file, "r");
    unsigned int line;
    size_t length;

    ck_assert_msg(stream != NULL, "%s: %s", file, strerror(errno));
    length = fread(text, 1, sizeof(text) - 1, stream);
    text[length] = '\0';
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_int_eq(listing_parse(&list, text, &line), 0);
    fake_store_reset();
    for (size_t i = 0; i < list.count; i++)
        fake_store_set(list.entries[i].path, list.entries[i].value);
    listing_fini(&list);
}

static void drop(void)
{
    (void)json_object_put(out.json);
    out = (struct outcome){ .cause = "" };
    ck_assert_uint_eq(fake_store_open_count(), 0);
    fake_store_reset();
}

static const struct same_row {
    const char *file;
    enum exit_code code;
} same[] = {
    { DATA("healthy.xs"), EXIT_DONE },
    { DATA("node-removed.xs"), EXIT_FAILED },
    { DATA("stale-backend.xs"), EXIT_FAILED },
    { DATA("dead-frontend.xs"), EXIT_FAILED },
};

START_TEST(test_live_is_recorded)
{
    const struct same_row *row = &same[_i];
    char *recorded;

    store_from(row->file);
    ck_assert_int_eq(run(cmd_check, NULL, row->file), row->code);
    recorded = strdup(said("faults"));
    ck_assert_int_eq(run(cmd_check, NULL, NULL), row->code);
    ck_assert_str_eq(said("faults"), recorded);
    ck_assert_str_eq(said("clean"), row->code == EXIT_DONE ? "true" : "false");
    free(recorded);

    ck_assert_int_eq(run(cmd_tree, NULL, row->file), EXIT_DONE);
    recorded = strdup(said("nodes"));
    ck_assert_int_eq(run(cmd_tree, NULL, NULL), EXIT_DONE);
    ck_assert_str_eq(said("nodes"), recorded);
    free(recorded);
}
END_TEST

/* Somebody writes while we read: read again, never half of each. */
START_TEST(test_conflict)
{
    store_from(DATA("healthy.xs"));
    fake_store_conflicts(2);
    ck_assert_int_eq(run(cmd_check, NULL, NULL), EXIT_DONE);
    ck_assert_str_eq(said("guests"), "2");
}
END_TEST

static const struct who_row {
    const char *domain;
    const char *file;
    enum exit_code code;
} who[] = {
    { "2", DATA("node-removed.xs"), EXIT_FAILED },
    { "web", DATA("node-removed.xs"), EXIT_FAILED },
    { "3", DATA("node-removed.xs"), EXIT_DONE },
    { "disk", DATA("node-removed.xs"), EXIT_DONE },
    { "0", DATA("node-removed.xs"), EXIT_DONE },
    { "4", DATA("node-removed.xs"), EXIT_NOT_FOUND },
    { "nobody", DATA("node-removed.xs"), EXIT_NOT_FOUND },
    /* The back directory still knows the name of the dead. */
    { "2", DATA("stale-backend.xs"), EXIT_FAILED },
    { "web", DATA("stale-backend.xs"), EXIT_FAILED },
    { NULL, DATA("absent.xs"), EXIT_NOT_FOUND },
    { NULL, DATA("devices/nvme.dump"), EXIT_FAILED },
    { NULL, "/dev/null", EXIT_FAILED },
};

START_TEST(test_who)
{
    const struct who_row *row = &who[_i];

    ck_assert_int_eq(run(cmd_check, row->domain, row->file), row->code);
    ck_assert_int_eq(out.cause[0] == '\0', row->code == EXIT_DONE);
}
END_TEST

START_TEST(test_tree_one_guest)
{
    ck_assert_int_eq(run(cmd_tree, "web", DATA("node-removed.xs")), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(said("nodes"), "\"" BACK "/dev-1\""));
    ck_assert_ptr_nonnull(strstr(said("nodes"), "/libxl/pci/0000-00-04-0"));
    ck_assert_ptr_null(strstr(said("nodes"), "/backend/pci/3/0"));
    ck_assert_ptr_null(strstr(said("nodes"), "/libxl/pci/0000-03-00-0"));
    /* What is missing has its place in the tree. */
    ck_assert_ptr_nonnull(
        strstr(said("nodes"), "{\"path\":\"" BACK "/vdev-0\",\"value\":null"));
    ck_assert_ptr_nonnull(strstr(said("nodes"), "\"state\":\"Connected\""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");
    TCase *tc = tcase_create("tree");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tc, NULL, drop);
    tcase_add_loop_test(tc, test_live_is_recorded, 0, ARRAY_LEN(same));
    tcase_add_test(tc, test_conflict);
    tcase_add_loop_test(tc, test_who, 0, ARRAY_LEN(who));
    tcase_add_test(tc, test_tree_one_guest);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
