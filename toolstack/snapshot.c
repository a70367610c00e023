/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See snapshot.h. The live reading is one transaction, so it never tears. */
#include "snapshot.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "host.h"
#include "transact.h"

#define TEXT_MAX  (16u << 20) /* of a recorded listing */
#define DEPTH_MAX 4u          /* below a directory of the pair */

static int read_node(struct store *st, struct store_txn *txn, const char *path,
                     struct listing *list)
{
    char *value = store_read(st, txn, path);
    int ret;

    if (value == NULL)
        return errno == ENOENT ? 0 : -errno;
    ret = listing_add(list, path, value);
    free(value);
    return ret;
}

/* A guest decides how deep its directory is; we decide how deep we look. */
static int read_tree(struct store *st, struct store_txn *txn, const char *path,
                     unsigned int depth, struct listing *list)
{
    int ret = read_node(st, txn, path, list);
    unsigned int count = 0;
    char **names;

    if (ret < 0 || depth == 0)
        return ret;
    names = store_list(st, txn, path, &count);
    if (names == NULL)
        return errno == ENOENT ? 0 : -errno;
    for (unsigned int i = 0; i < count && ret == 0; i++) {
        char below[STORE_PATH];
        int length = snprintf(below, sizeof(below), "%s/%s", path, names[i]);

        if (length > 0 && (size_t)length < sizeof(below))
            ret = read_tree(st, txn, below, depth - 1, list);
    }
    free(names);
    return ret;
}

static int read_domain(struct store *st, struct store_txn *txn, uint32_t domid,
                       struct listing *list)
{
    static const struct {
        enum schema_id id;
        unsigned int depth;
    } rows[] = {
        { SCHEMA_DOMAIN_DIR, 0 },
        { SCHEMA_DOMAIN_NAME, 0 },
        { SCHEMA_DOMAIN_VM, 0 },
        { SCHEMA_ERROR_BACK, 0 },
        { SCHEMA_FRONT_PARENT, DEPTH_MAX },
    };
    int ret = 0;

    for (size_t i = 0; i < ARRAY_LEN(rows) && ret == 0; i++) {
        const struct schema_match what = { .id = rows[i].id, .domid = domid };
        char path[SCHEMA_PATH];

        ret = read_tree(st, txn, schema_path(&what, path), rows[i].depth, list);
    }
    return ret;
}

static int read_domains(struct store *st, struct store_txn *txn,
                        struct listing *list)
{
    unsigned int count = 0;
    char **names = store_list(st, txn, XS_DOMAINS, &count);
    int ret = 0;

    if (names == NULL)
        return -errno;
    for (unsigned int i = 0; i < count && ret == 0; i++) {
        uint32_t domid;

        if (args_number(names[i], &domid))
            ret = read_domain(st, txn, domid, list);
    }
    free(names);
    return ret;
}

static int read_all(struct store *st, struct store_txn *txn, void *arg)
{
    static const char *const trees[] = {
        XS_BACK_ROOT,
        XS_LIBXL_ROOT,
        XS_XENPCI_ROOT,
    };
    struct listing *list = arg;
    int ret;

    listing_fini(list);
    ret = read_node(st, txn, XS_DOMAINS, list);
    if (ret == 0)
        ret = read_domains(st, txn, list);
    for (size_t i = 0; i < ARRAY_LEN(trees) && ret == 0; i++)
        ret = read_tree(st, txn, trees[i], DEPTH_MAX, list);
    return ret;
}

static enum exit_code read_live(struct listing *list, struct outcome *out)
{
    struct host host;
    enum exit_code code = host_open_store(&host, out);
    int ret;

    if (code != EXIT_DONE)
        return code;
    ret = transact(host.store, read_all, list);
    host_close(&host);
    if (ret < 0)
        return trouble(out, EXIT_FAILED, "", "", "cannot read xenstore: %s",
                       strerror(-ret));
    return EXIT_DONE;
}

/* The whole file, NUL-terminated; NULL with errno set. */
static char *read_text(const char *name)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    size_t length;
    char *text;

    if (file == NULL)
        return NULL;
    text = malloc(TEXT_MAX + 1);
    if (text == NULL)
        goto out;
    length = fread(text, 1, TEXT_MAX + 1, file);
    if (ferror(file) || length > TEXT_MAX) {
        if (!ferror(file))
            errno = EFBIG;
        free(text);
        text = NULL;
        goto out;
    }
    text[length] = '\0';
out:
    if (file != stdin)
        (void)fclose(file);
    return text;
}

static enum exit_code read_recorded(const char *name, struct listing *list,
                                    struct outcome *out)
{
    char *text = read_text(name);
    unsigned int line;
    int ret;

    if (text == NULL)
        return trouble(out, errno == ENOENT ? EXIT_NOT_FOUND : EXIT_FAILED, "",
                       "", "cannot read %s: %s", name, strerror(errno));
    ret = listing_parse(list, text, &line);
    free(text);
    if (ret == -EINVAL)
        return trouble(out, EXIT_FAILED, "",
                       "Record the store with `xenstore-ls -f >FILE`.",
                       "%s:%u: not a line of xenstore-ls -f", name, line);
    if (ret < 0)
        return trouble(out, EXIT_FAILED, "", "", "%s: %s", name,
                       strerror(-ret));
    if (list->count == 0)
        return trouble(out, EXIT_FAILED, "",
                       "Record the store with `xenstore-ls -f >FILE`.",
                       "%s holds no nodes", name);
    return EXIT_DONE;
}

/* By number, then by either name that the store knows it by. */
static bool find_guest(struct snapshot *shot, const char *text)
{
    struct schema_match what = { .id = SCHEMA_DOMAIN_DIR };
    char path[SCHEMA_PATH];

    if (args_number(text, &shot->domid)) {
        what.domid = shot->domid;
        if (listing_has(&shot->list, schema_path(&what, path)))
            return true;
        for (size_t i = 0; i < shot->nguests; i++) {
            if (shot->guests[i] == shot->domid)
                return true;
        }
        return false;
    }
    for (size_t i = 0; i < shot->list.count; i++) {
        const struct listing_entry *entry = &shot->list.entries[i];

        if (strcmp(entry->value, text) == 0 &&
            schema_match(entry->path, &what) &&
            (what.id == SCHEMA_DOMAIN_NAME ||
             what.id == SCHEMA_BACK_DOMAIN_NAME)) {
            shot->domid = what.domid;
            return true;
        }
    }
    return false;
}

static enum exit_code judge(const struct args *args, struct snapshot *shot,
                            struct outcome *out)
{
    int ret;

    listing_sort(&shot->list);
    ret = validate_guests(&shot->list, &shot->guests, &shot->nguests);
    shot->domid = VALIDATE_ALL;
    if (ret == 0 && args->noperands > 0 && !find_guest(shot, args->operands[0]))
        return trouble(out, EXIT_NOT_FOUND, "", "", "there is no domain \"%s\"",
                       args->operands[0]);
    if (ret == 0)
        ret = validate(&shot->list, shot->domid, &shot->faults);
    if (ret < 0)
        return trouble(out, EXIT_FAILED, "", "", "%s", strerror(-ret));
    return EXIT_DONE;
}

enum exit_code snapshot_take(const struct args *args, struct snapshot *shot,
                             struct outcome *out)
{
    enum exit_code code;

    *shot = (struct snapshot){ 0 };
    if (args->file != NULL)
        code = read_recorded(args->file, &shot->list, out);
    else
        code = read_live(&shot->list, out);
    if (code == EXIT_DONE)
        code = judge(args, shot, out);
    if (code != EXIT_DONE)
        snapshot_free(shot);
    return code;
}

void snapshot_free(struct snapshot *shot)
{
    listing_fini(&shot->list);
    faults_fini(&shot->faults);
    free(shot->guests);
    *shot = (struct snapshot){ 0 };
}

bool snapshot_wants(const struct snapshot *shot, uint32_t domid)
{
    return shot->domid == VALIDATE_ALL || shot->domid == domid;
}

static struct json_object *fault_json(const struct fault *fault)
{
    struct json_object *object = json_object_new_object();

    (void)json_object_object_add(
        object, "kind", json_object_new_string(fault_kind_name(fault->kind)));
    (void)json_object_object_add(
        object, "weight",
        json_object_new_string(fault->weight == FAULT_FAULT ? "fault"
                                                            : "notice"));
    (void)json_object_object_add(object, "domid",
                                 fault->domid == FAULT_NO_DOMAIN
                                     ? NULL
                                     : json_object_new_int64(fault->domid));
    (void)json_object_object_add(object, "path",
                                 json_object_new_string(fault->path));
    (void)json_object_object_add(object, "text",
                                 json_object_new_string(fault->text));
    return object;
}

struct json_object *snapshot_faults_json(const struct snapshot *shot,
                                         const char *path)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < shot->faults.count; i++) {
        const struct fault *fault = &shot->faults.list[i];

        if (path == NULL || strcmp(path, fault->path) == 0)
            (void)json_object_array_add(list, fault_json(fault));
    }
    return list;
}
