/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The validator over listings as `xenstore-ls -f` prints them: whole files, and
 * the healthy one with a single edit a row.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate.h"

#define B "/local/domain/0/backend/pci/2/0"
#define F "/local/domain/2/device/pci/0"

/* ---- the parser ---- */

START_TEST(test_parse)
{
    struct listing list = { 0 };
    unsigned int line;

    ck_assert_int_eq(listing_parse(&list,
                                   "/a = \"1\"   (n0,r1)\n"
                                   "/a/b = \"x \\\"y\\\" \\\\ \\t\\x41\\101\"\n"
                                   "\n"
                                   "/a-b = \"\"\n"
                                   "/a/c = \"a = \"b\"\"   (n0)",
                                   &line),
                     0);
    ck_assert_uint_eq(line, 5);
    listing_sort(&list);
    ck_assert_str_eq(listing_get(&list, "/a"), "1");
    ck_assert_str_eq(listing_get(&list, "/a/b"), "x \"y\" \\ \tAA");
    ck_assert_str_eq(listing_get(&list, "/a-b"), "");
    ck_assert_str_eq(listing_get(&list, "/a/c"), "a = \"b\"");
    ck_assert_ptr_null(listing_get(&list, "/a/d"));
    ck_assert(listing_has(&list, "/a"));
    ck_assert(!listing_has(&list, "/a/"));
    listing_fini(&list);
}
END_TEST

/* A subtree is what its slash says, whatever sorts between. */
START_TEST(test_subtree)
{
    struct listing list = { 0 };
    unsigned int line;
    size_t first;
    size_t end;

    ck_assert_int_eq(listing_parse(&list,
                                   "/a/z = \"\"\n/a-b = \"\"\n/a.b = \"\"\n"
                                   "/a/b/c = \"\"\n/ab = \"\"\n/a = \"\"\n",
                                   &line),
                     0);
    listing_sort(&list);
    listing_subtree(&list, "/a", &first, &end);
    ck_assert_uint_eq(end - first, 3);
    ck_assert_str_eq(list.entries[first].path, "/a");
    ck_assert_str_eq(list.entries[end - 1].path, "/a/z");
    listing_subtree(&list, "/b", &first, &end);
    ck_assert_uint_eq(first, end);
    listing_fini(&list);
}
END_TEST

static const struct bad_text {
    const char *text;
    unsigned int line;
} bad_texts[] = {
    { "a = \"1\"", 1 }, { "/a = 1", 1 },
    { "/a", 1 },        { "/a = \"", 1 },
    { "/a = \"1", 1 },  { "/a = \"1\"\n/b = \"2\" rubbish\n", 2 },
};

START_TEST(test_parse_bad)
{
    struct listing list = { 0 };
    unsigned int line;

    ck_assert_int_eq(listing_parse(&list, bad_texts[_i].text, &line), -EINVAL);
    ck_assert_uint_eq(line, bad_texts[_i].line);
    listing_fini(&list);
}
END_TEST

/* ---- recorded listings ---- */

static void load(const char *name, struct listing *list)
{
    char path[512];
    static char text[65536];
    unsigned int line;
    size_t length;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", TEST_DATA_DIR, name);
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    length = fread(text, 1, sizeof(text) - 1, file);
    ck_assert_uint_lt(length, sizeof(text) - 1);
    text[length] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    *list = (struct listing){ 0 };
    ck_assert_int_eq(listing_parse(list, text, &line), 0);
    listing_sort(list);
}

/* Print what was found: a failure without it would be no help. */
static void show(const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        (void)fprintf(stderr, "    %s %d d%u %s: %s\n",
                      fault_kind_name(faults->list[i].kind),
                      (int)faults->list[i].weight, faults->list[i].domid,
                      faults->list[i].path, faults->list[i].text);
}

static const struct fault *find(const struct faults *faults,
                                enum fault_kind kind, const char *path)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->list[i].kind == kind &&
            strcmp(faults->list[i].path, path) == 0)
            return &faults->list[i];
    }
    return NULL;
}

static const struct file_row {
    const char *name;
    size_t faults;
    enum fault_kind kind;
    const char *path;
    uint32_t domid;
    uint32_t innocent; /* a guest whose own verdict stays clean */
} files[] = {
    { "healthy.xs", 0, FAULT_KINDS, "", 0, 2 },
    { "node-removed.xs", 1, FAULT_MISSING, B "/vdev-0", 2, 3 },
    { "stale-backend.xs", 3, FAULT_STALE_BACKEND, B, 2, 3 },
    { "dead-frontend.xs", 2, FAULT_DEAD_FRONTEND,
      "/local/domain/3/device/pci/0", 3, 2 },
};

START_TEST(test_file)
{
    const struct file_row *row = &files[_i];
    struct faults faults = { 0 };
    struct listing list;

    load(row->name, &list);
    ck_assert_int_eq(validate(&list, VALIDATE_ALL, &faults), 0);
    if (faults_grave(&faults) != row->faults)
        show(&faults);
    ck_assert_uint_eq(faults_grave(&faults), row->faults);
    if (row->faults > 0) {
        const struct fault *found = find(&faults, row->kind, row->path);

        ck_assert_msg(found != NULL, "%s not named", row->path);
        ck_assert_uint_eq(found->domid, row->domid);
    } else {
        ck_assert_uint_eq(faults.count, 0);
    }
    faults_fini(&faults);

    ck_assert_int_eq(validate(&list, row->innocent, &faults), 0);
    ck_assert_uint_eq(faults_grave(&faults), 0);
    faults_fini(&faults);
    listing_fini(&list);
}
END_TEST

/* ---- the healthy listing with one edit ---- */

static const struct edit_row {
    const char *path;
    const char *value; /* NULL: remove the node and all below it */
    enum fault_kind kind;
    enum fault_weight weight;
    const char *where; /* NULL: at path */
} edits[] = {
    { B "/state", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/num_devs", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/frontend", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/online", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/root_num", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/vdev-1", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/state-1", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { B "/dev-1", NULL, FAULT_COUNT, FAULT_FAULT, NULL },
    { B "/root-0", NULL, FAULT_COUNT, FAULT_FAULT, B "/root_num" },
    { F "/backend", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { F "/state", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { F "/magic", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { F "/pci-op-ref", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { F "/event-channel", NULL, FAULT_MISSING, FAULT_FAULT, NULL },
    { F, NULL, FAULT_STALE_BACKEND, FAULT_FAULT, B },
    { "/local/domain/2", NULL, FAULT_STALE_BACKEND, FAULT_FAULT, B },
    { B, NULL, FAULT_DEAD_FRONTEND, FAULT_FAULT, F },
    { F "/state", "6", FAULT_DEAD_FRONTEND, FAULT_FAULT, F },
    { F "/state", "1", FAULT_UNSERVED, FAULT_FAULT, B "/state" },
    { F "/state", "7", FAULT_UNSERVED, FAULT_FAULT, B "/state" },
    { F "/state", "3", FAULT_UNSERVED, FAULT_NOTICE, B "/state" },
    { B "/state", "1", FAULT_UNSERVED, FAULT_FAULT, NULL },
    { B "/state", "7", FAULT_UNSERVED, FAULT_NOTICE, NULL },
    { B "/state", "9", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { B "/state-1", "1", FAULT_UNSERVED, FAULT_FAULT, NULL },
    { B "/state-1", "5", FAULT_UNSERVED, FAULT_NOTICE, NULL },
    { B "/num_devs", "1", FAULT_COUNT, FAULT_FAULT, B "/dev-1" },
    { B "/num_devs", "3", FAULT_COUNT, FAULT_FAULT, B "/dev-2" },
    { B "/num_devs", "many", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { B "/num_devs", "4294967295", FAULT_COUNT, FAULT_FAULT, B "/dev-255" },
    { B "/root_num", "2", FAULT_COUNT, FAULT_FAULT, NULL },
    { B "/frontend", "/local/domain/9/device/pci/0", FAULT_MISMATCH,
      FAULT_FAULT, NULL },
    { B "/frontend-id", "3", FAULT_MISMATCH, FAULT_FAULT, NULL },
    { F "/backend", "/local/domain/1/backend/pci/2/0", FAULT_MISMATCH,
      FAULT_FAULT, NULL },
    { F "/backend-id", "1", FAULT_MISMATCH, FAULT_FAULT, NULL },
    { B "/key-0", "0000:00:05.0", FAULT_MISMATCH, FAULT_FAULT, NULL },
    { B "/dev-1", "0000:03:00.0", FAULT_DUPLICATE, FAULT_FAULT,
      "/local/domain/0/backend/pci/3/0/dev-0" },
    { B "/dev-1", "0000:00:04.0", FAULT_DUPLICATE, FAULT_FAULT, NULL },
    { B "/dev-1", "0:5.0", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { B "/vdev-1", "0000:00:00.00", FAULT_DUPLICATE, FAULT_FAULT, NULL },
    { B "/vdev-1", "0000:00:01.0", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { B "/surprise", "1", FAULT_UNKNOWN, FAULT_NOTICE, NULL },
    { F "/magic", "6", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { F "/event-channel", "-1", FAULT_MALFORMED, FAULT_FAULT, NULL },
    { "/libxl/pci/0000-00-04-0/domid", NULL, FAULT_CLAIM, FAULT_FAULT,
      B "/dev-0" },
    { "/libxl/pci/0000-00-04-0/domid", "3", FAULT_CLAIM, FAULT_FAULT,
      B "/dev-0" },
    { "/libxl/pci/0000-06-00-0/domid", "2", FAULT_CLAIM, FAULT_FAULT, NULL },
    { "/libxl/pci/0000-06-00-0/domid", "77", FAULT_CLAIM, FAULT_FAULT, NULL },
    { "/xenpci/device/0000-00-04-0/domid", "77", FAULT_CLAIM, FAULT_NOTICE,
      NULL },
    { "/xenpci/device/0000-00-04-0/error", "no reset", FAULT_ERROR,
      FAULT_NOTICE, NULL },
    { "/local/domain/0/error/backend/pci/2/0/error", "22 bad magic",
      FAULT_ERROR, FAULT_NOTICE, NULL },
};

static void apply(struct listing *list, const struct edit_row *row)
{
    struct listing edited = { 0 };
    size_t length = strlen(row->path);

    for (size_t i = 0; i < list->count; i++) {
        const struct listing_entry *entry = &list->entries[i];
        bool hit = strncmp(entry->path, row->path, length) == 0 &&
                   (entry->path[length] == '\0' ||
                    (entry->path[length] == '/' && row->value == NULL));

        if (!hit)
            ck_assert_int_eq(listing_add(&edited, entry->path, entry->value),
                             0);
    }
    ck_assert_msg(row->value != NULL || edited.count < list->count,
                  "%s: nothing to remove", row->path);
    if (row->value != NULL)
        ck_assert_int_eq(listing_add(&edited, row->path, row->value), 0);
    listing_sort(&edited);
    listing_fini(list);
    *list = edited;
}

START_TEST(test_edit)
{
    const struct edit_row *row = &edits[_i];
    const char *where = row->where != NULL ? row->where : row->path;
    struct faults faults = { 0 };
    const struct fault *found;
    struct listing list;

    load("healthy.xs", &list);
    apply(&list, row);
    ck_assert_int_eq(validate(&list, VALIDATE_ALL, &faults), 0);
    found = find(&faults, row->kind, where);
    if (found == NULL)
        show(&faults);
    ck_assert_msg(found != NULL, "%s %s: no %s at %s", row->path,
                  row->value != NULL ? row->value : "removed",
                  fault_kind_name(row->kind), where);
    ck_assert_msg(found->weight == row->weight, "%s: weight", row->path);
    /* No notice may hide a fault, and no edit of one pair soil the other. */
    if (row->weight == FAULT_NOTICE)
        ck_assert_uint_eq(faults_grave(&faults), 0);
    faults_fini(&faults);
    listing_fini(&list);
}
END_TEST

/* A part of the store: what it does not show is not called gone. */
START_TEST(test_part)
{
    struct listing list = { 0 };
    struct listing part = { 0 };
    struct faults faults = { 0 };
    size_t first;
    size_t end;

    load("healthy.xs", &list);
    listing_subtree(&list, "/local/domain/0/backend/pci", &first, &end);
    for (size_t i = first; i < end; i++)
        ck_assert_int_eq(
            listing_add(&part, list.entries[i].path, list.entries[i].value), 0);
    listing_sort(&part);
    ck_assert_int_eq(validate(&part, VALIDATE_ALL, &faults), 0);
    show(&faults);
    ck_assert_uint_eq(faults.count, 0);
    listing_fini(&part);
    listing_fini(&list);
    faults_fini(&faults);
}
END_TEST

START_TEST(test_guests)
{
    struct listing list;
    uint32_t *domids;
    size_t count;

    load("stale-backend.xs", &list);
    ck_assert_int_eq(validate_guests(&list, &domids, &count), 0);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(domids[0], 2);
    ck_assert_uint_eq(domids[1], 3);
    free(domids);
    listing_fini(&list);
}
END_TEST

START_TEST(test_kind_names)
{
    for (int i = 0; i < FAULT_KINDS; i++)
        ck_assert_str_ne(fault_kind_name((enum fault_kind)i), "?");
    ck_assert_str_eq(fault_kind_name(FAULT_KINDS), "?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validate");
    TCase *tc = tcase_create("listings");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(tc, test_parse);
    tcase_add_test(tc, test_subtree);
    tcase_add_loop_test(tc, test_parse_bad, 0, ARRAY_LEN(bad_texts));
    tcase_add_loop_test(tc, test_file, 0, ARRAY_LEN(files));
    tcase_add_loop_test(tc, test_edit, 0, ARRAY_LEN(edits));
    tcase_add_test(tc, test_part);
    tcase_add_test(tc, test_guests);
    tcase_add_test(tc, test_kind_names);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
