/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The generated tables: no node twice, sound patterns, forms and references. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "schema.h"
#include "xbstate.h"

/* Spelled out once more, because other programs depend on these very paths. */
static const struct path_row {
    enum schema_id id;
    const char *path;
} paths[] = {
    { SCHEMA_BACK_ROOT, "/local/domain/0/backend/pci" },
    { SCHEMA_BACK_DIR, "/local/domain/0/backend/pci/7/0" },
    { SCHEMA_BACK_STATE, "/local/domain/0/backend/pci/7/0/state" },
    { SCHEMA_BACK_DEV, "/local/domain/0/backend/pci/7/0/dev-3" },
    { SCHEMA_BACK_STATE_N, "/local/domain/0/backend/pci/7/0/state-3" },
    { SCHEMA_BACK_ROOT_N, "/local/domain/0/backend/pci/7/0/root-3" },
    { SCHEMA_BACK_AER_STATE, "/local/domain/0/backend/pci/7/0/aerState" },
    { SCHEMA_FRONT_PCI_OP_REF, "/local/domain/7/device/pci/0/pci-op-ref" },
    { SCHEMA_ERROR_BACK, "/local/domain/0/error/backend/pci/7/0/error" },
};

START_TEST(test_paths)
{
    const struct path_row *row = &paths[_i];
    const struct schema_match what = { .id = row->id, .domid = 7, .index = 3 };
    char path[SCHEMA_PATH];

    ck_assert_str_eq(schema_path(&what, path), row->path);
}
END_TEST

START_TEST(test_device_paths)
{
    char path[128];

    (void)snprintf(path, sizeof(path), XS_LIBXL_DRIVER_PATH, "0000-03-00-0");
    ck_assert_str_eq(path, "/libxl/pci/0000-03-00-0/driver_path");
    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE, "0000-03-00-0");
    ck_assert_str_eq(path, "/xenpci/device/0000-03-00-0/force");
    (void)snprintf(path, sizeof(path), XS_LEAF_BACK_VDEV, 12u);
    ck_assert_str_eq(path, "vdev-12");
}
END_TEST

static unsigned int conversions(const char *pattern, char kind)
{
    unsigned int count = 0;

    for (; *pattern != '\0'; pattern++)
        count += pattern[0] == '%' && pattern[1] == kind;
    return count;
}

START_TEST(test_node)
{
    const struct schema_node *node = &schema_nodes[_i];
    unsigned int numbers = 0;
    unsigned int texts = 0;

    ck_assert_msg(node->path[0] == '/', "%s", node->name);
    ck_assert_msg(strlen(node->path) > strlen(node->leaf), "%s", node->name);
    ck_assert_str_eq(strrchr(node->path, '/') + 1, node->leaf);
    for (size_t i = 0; i < SCHEMA_PARAMS_MAX; i++) {
        numbers += node->params[i] == SCHEMA_PARAM_DOMID ||
                   node->params[i] == SCHEMA_PARAM_INDEX;
        texts += node->params[i] == SCHEMA_PARAM_BDF;
    }
    ck_assert_uint_eq(conversions(node->path, 'u'), numbers);
    ck_assert_uint_eq(conversions(node->path, 's'), texts);
    ck_assert_msg(node->writers != 0 && node->readers != 0, "%s", node->name);
    ck_assert_msg(strlen(node->meaning) > 9, "%s", node->name);
    ck_assert_msg((node->required & ~node->valid) == 0, "%s", node->name);
    ck_assert_msg(node->valid < 1u << XB_STATE_COUNT, "%s", node->name);
    ck_assert_uint_lt(node->type, SCHEMA_TYPE_COUNT);
    if (node->life != SCHEMA_NONE)
        ck_assert_uint_eq(schema_nodes[node->life].type, SCHEMA_TYPE_STATE);
    if (node->parent != SCHEMA_NONE) {
        const struct schema_node *parent = &schema_nodes[node->parent];

        ck_assert_uint_eq(parent->type, SCHEMA_TYPE_DIR);
        ck_assert_int_eq(
            strncmp(node->path, parent->path, strlen(parent->path)), 0);
    }
}
END_TEST

START_TEST(test_no_duplicates)
{
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        for (size_t j = 0; j < i; j++) {
            ck_assert_str_ne(schema_nodes[i].path, schema_nodes[j].path);
            ck_assert_str_ne(schema_nodes[i].name, schema_nodes[j].name);
        }
    }
}
END_TEST

START_TEST(test_types)
{
    for (size_t i = 0; i < SCHEMA_TYPE_COUNT; i++) {
        ck_assert_ptr_nonnull(schema_types[i].name);
        ck_assert_ptr_nonnull(schema_types[i].form);
        ck_assert_uint_gt(strlen(schema_types[i].form), 0);
        ck_assert_uint_gt(strlen(schema_types[i].meaning), 0);
    }
}
END_TEST

static const struct form_row {
    enum schema_type_id type;
    const char *value;
    bool fits;
} forms[] = {
    { SCHEMA_TYPE_STATE, "4", true },
    { SCHEMA_TYPE_STATE, "9", false },
    { SCHEMA_TYPE_STATE, "04", false },
    { SCHEMA_TYPE_STATE, "", false },
    { SCHEMA_TYPE_NUMBER, "0", true },
    { SCHEMA_TYPE_NUMBER, "4294967295", true },
    { SCHEMA_TYPE_NUMBER, "4294967296", false },
    { SCHEMA_TYPE_NUMBER, "99999999999999999999999", false },
    { SCHEMA_TYPE_NUMBER, "-1", false },
    { SCHEMA_TYPE_NUMBER, "12a", false },
    { SCHEMA_TYPE_NUMBER, "", false },
    { SCHEMA_TYPE_HEX, "a8", true },
    { SCHEMA_TYPE_HEX, "123456789", false },
    { SCHEMA_TYPE_HEX, "0x1", false },
    { SCHEMA_TYPE_BOOL, "1", true },
    { SCHEMA_TYPE_BOOL, "2", false },
    { SCHEMA_TYPE_TEXT, "anything", true },
    { SCHEMA_TYPE_TEXT, "", false },
    { SCHEMA_TYPE_PATH, "/local", true },
    { SCHEMA_TYPE_PATH, "local", false },
    { SCHEMA_TYPE_BDF, "0000:03:00.1", true },
    { SCHEMA_TYPE_BDF, "0000:03:00.8", false },
    { SCHEMA_TYPE_BDF, "0000:03:00.01", false },
    { SCHEMA_TYPE_BDF, "03:00.1", false },
    { SCHEMA_TYPE_VBDF, "0000:00:01.01", true },
    { SCHEMA_TYPE_VBDF, "0000:00:01.1", false },
    { SCHEMA_TYPE_BUS, "0000:00", true },
    { SCHEMA_TYPE_BUS, "0:0", false },
    { SCHEMA_TYPE_MAGIC, "7", true },
    { SCHEMA_TYPE_MAGIC, "8", false },
    { SCHEMA_TYPE_ERROR, "22 no such device", true },
    { SCHEMA_TYPE_ERROR, "no such device", false },
    { SCHEMA_TYPE_AER, "aerfail", true },
    { SCHEMA_TYPE_AER, "aerfai", false },
    { SCHEMA_TYPE_UUID, "d4c1a3f0-0000-4000-8000-00000000abcd", true },
    { SCHEMA_TYPE_UUID, "d4c1a3f0", false },
    { SCHEMA_TYPE_FLAG, "", true },
    { SCHEMA_TYPE_FLAG, "1", true },
    { SCHEMA_TYPE_DIR, "", true },
};

START_TEST(test_forms)
{
    const struct form_row *row = &forms[_i];

    ck_assert_msg(schema_value_ok(row->type, row->value) == row->fits,
                  "%s: \"%s\"", schema_types[row->type].name, row->value);
}
END_TEST

static const struct match_row {
    const char *path;
    enum schema_id id; /* SCHEMA_NONE: not ours */
    uint32_t domid;
    uint32_t index;
} matches[] = {
    { "/local/domain/0/backend/pci", SCHEMA_BACK_ROOT, 0, 0 },
    { "/local/domain/0/backend/pci/7", SCHEMA_BACK_DOMAIN, 7, 0 },
    { "/local/domain/0/backend/pci/7/0/state", SCHEMA_BACK_STATE, 7, 0 },
    { "/local/domain/0/backend/pci/7/0/dev-12", SCHEMA_BACK_DEV, 7, 12 },
    { "/local/domain/0/backend/pci/7/0/dev-", SCHEMA_NONE, 0, 0 },
    { "/local/domain/0/backend/pci/7/0/dev-1x", SCHEMA_NONE, 0, 0 },
    { "/local/domain/0/backend/pci/7/0/dev-01", SCHEMA_NONE, 0, 0 },
    { "/local/domain/0/backend/pci/7/1/state", SCHEMA_NONE, 0, 0 },
    { "/local/domain/0/backend/pci/x", SCHEMA_NONE, 0, 0 },
    { "/local/domain/0/backend/pci/99999999999/0", SCHEMA_NONE, 0, 0 },
    { "/local/domain/9/device/pci/0/magic", SCHEMA_FRONT_MAGIC, 9, 0 },
    { "/local/domain/9/device/vbd/0/state", SCHEMA_NONE, 0, 0 },
    { "/libxl/pci/0000-03-00-0/domid", SCHEMA_LIBXL_DOMID, 0, 0 },
    { "/libxl/pci/nonsense/domid", SCHEMA_NONE, 0, 0 },
    { "/xenpci/device/0000-03-00-0/force", SCHEMA_DEVICE_FORCE, 0, 0 },
    { "/", SCHEMA_NONE, 0, 0 },
    { "", SCHEMA_NONE, 0, 0 },
};

START_TEST(test_match)
{
    const struct match_row *row = &matches[_i];
    struct schema_match match;
    char path[SCHEMA_PATH];

    ck_assert_msg(schema_match(row->path, &match) == (row->id != SCHEMA_NONE),
                  "%s", row->path);
    if (row->id == SCHEMA_NONE)
        return;
    ck_assert_uint_eq(match.id, row->id);
    ck_assert_uint_eq(match.domid, row->domid);
    ck_assert_uint_eq(match.index, row->index);
    ck_assert_str_eq(schema_path(&match, path), row->path);
}
END_TEST

START_TEST(test_match_bdf)
{
    struct schema_match match;

    ck_assert(schema_match("/libxl/pci/0001-3a-1f-7/name", &match));
    ck_assert_uint_eq(match.id, SCHEMA_LIBXL_NAME);
    ck_assert_uint_eq(sbdf_machine(match.device), 0x13aff);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tc = tcase_create("tables");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tc, test_paths, 0, ARRAY_LEN(paths));
    tcase_add_test(tc, test_device_paths);
    tcase_add_loop_test(tc, test_node, 0, SCHEMA_COUNT);
    tcase_add_test(tc, test_no_duplicates);
    tcase_add_test(tc, test_types);
    tcase_add_loop_test(tc, test_forms, 0, ARRAY_LEN(forms));
    tcase_add_loop_test(tc, test_match, 0, ARRAY_LEN(matches));
    tcase_add_test(tc, test_match_bdf);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
