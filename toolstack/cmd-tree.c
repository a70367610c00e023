/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci tree: the nodes of the PCI pairs in the order of the schema, each with
 * what it means, who writes it, and what is wrong with it.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "snapshot.h"
#include "tree-node.h"

#define INDEX_MAX 256u /* as far as the validator looks */

struct tree {
    const struct snapshot *shot;
    struct json_object *nodes; /* NULL: print */
    bool *shown;               /* per finding */
};

static void print_faults(struct tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->shot->faults.count; i++) {
        const struct fault *fault = &tree->shot->faults.list[i];

        if (tree->shown[i] || strcmp(fault->path, path) != 0)
            continue;
        tree->shown[i] = true;
        printf("    %c %s: ", fault->weight == FAULT_FAULT ? '!' : '~',
               fault_kind_name(fault->kind));
        print_tame(fault->text);
        putchar('\n');
    }
}

static bool has_faults(const struct snapshot *shot, const char *path)
{
    for (size_t i = 0; i < shot->faults.count; i++) {
        if (strcmp(shot->faults.list[i].path, path) == 0)
            return true;
    }
    return false;
}

/* A node that is there, or whose absence is a finding. */
static void show(struct tree *tree, const struct schema_match *what)
{
    char path[SCHEMA_PATH];
    const struct tree_node node = {
        .row = &schema_nodes[what->id],
        .path = schema_path(what, path),
        .value = listing_get(&tree->shot->list, path),
    };
    struct json_object *object;

    if (node.value == NULL && !has_faults(tree->shot, path))
        return;
    if (tree->nodes == NULL) {
        tree_node_print(&node);
        print_faults(tree, path);
        return;
    }
    object = tree_node_json(&node);
    (void)json_object_object_add(object, "faults",
                                 snapshot_faults_json(tree->shot, path));
    (void)json_object_array_add(tree->nodes, object);
}

static bool is_indexed(const struct schema_node *node)
{
    return node->params[0] == SCHEMA_PARAM_INDEX ||
           node->params[1] == SCHEMA_PARAM_INDEX;
}

/* Rows [first, end) stand together in the schema: all of index 0, then 1... */
static void show_indexed(struct tree *tree, struct schema_match what,
                         size_t first, size_t end)
{
    for (what.index = 0; what.index < INDEX_MAX; what.index++) {
        for (size_t i = first; i < end; i++) {
            what.id = (enum schema_id)i;
            show(tree, &what);
        }
    }
}

static void show_directory(struct tree *tree, struct schema_match what)
{
    const enum schema_id directory = what.id;
    size_t i = 0;

    show(tree, &what);
    while (i < SCHEMA_COUNT) {
        size_t end = i;

        while (end < SCHEMA_COUNT && schema_nodes[end].parent == directory &&
               is_indexed(&schema_nodes[end]))
            end++;
        if (end > i) {
            show_indexed(tree, what, i, end);
            i = end;
            continue;
        }
        what.id = (enum schema_id)i;
        if (schema_nodes[i].parent == directory &&
            schema_nodes[i].type != SCHEMA_TYPE_DIR)
            show(tree, &what);
        i++;
    }
}

static void show_guest(struct tree *tree, uint32_t domid)
{
    static const enum schema_id parts[] = {
        SCHEMA_DOMAIN_DIR,
        SCHEMA_BACK_DIR,
        SCHEMA_FRONT_DIR,
    };
    struct schema_match what = { .domid = domid };

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        what.id = parts[i];
        show_directory(tree, what);
    }
    what.id = SCHEMA_ERROR_BACK;
    show(tree, &what);
}

/* Does the directory of a device name a guest that was asked for? */
static bool wants_device(const struct tree *tree, struct schema_match what)
{
    char path[SCHEMA_PATH];
    const char *owner;

    if (tree->shot->domid == VALIDATE_ALL)
        return true;
    what.id =
        what.id == SCHEMA_LIBXL_DIR ? SCHEMA_LIBXL_DOMID : SCHEMA_DEVICE_DOMID;
    owner = listing_get(&tree->shot->list, schema_path(&what, path));
    return owner != NULL && schema_value_ok(SCHEMA_TYPE_NUMBER, owner) &&
           strtoul(owner, NULL, 10) == tree->shot->domid;
}

static void show_devices(struct tree *tree)
{
    for (size_t i = 0; i < tree->shot->list.count; i++) {
        struct schema_match what;

        if (schema_match(tree->shot->list.entries[i].path, &what) &&
            (what.id == SCHEMA_LIBXL_DIR || what.id == SCHEMA_DEVICE_DIR) &&
            wants_device(tree, what))
            show_directory(tree, what);
    }
}

/* What belongs to no row: nodes that nobody knows. */
static void show_rest(struct tree *tree)
{
    for (size_t i = 0; i < tree->shot->faults.count; i++) {
        const char *path = tree->shot->faults.list[i].path;

        if (tree->shown[i])
            continue;
        print_tame(path);
        putchar('\n');
        print_faults(tree, path);
    }
}

static void show_all(struct tree *tree)
{
    const struct schema_match daemon = { .id = SCHEMA_DAEMON_DIR };

    for (size_t i = 0; i < tree->shot->nguests; i++) {
        if (snapshot_wants(tree->shot, tree->shot->guests[i]))
            show_guest(tree, tree->shot->guests[i]);
    }
    show_devices(tree);
    if (tree->shot->domid == VALIDATE_ALL)
        show_directory(tree, daemon);
    if (tree->nodes == NULL)
        show_rest(tree);
}

enum exit_code cmd_tree(const struct args *args, struct outcome *out)
{
    struct snapshot shot;
    enum exit_code code = snapshot_take(args, &shot, out);
    struct tree tree = { .shot = &shot };

    if (code != EXIT_DONE)
        return code;
    tree.shown = calloc(shot.faults.count + 1, sizeof(*tree.shown));
    if (tree.shown == NULL) {
        snapshot_free(&shot);
        return trouble(out, EXIT_FAILED, "", "", "out of memory");
    }
    if (args->json)
        tree.nodes = json_object_new_array();
    show_all(&tree);
    if (args->json) {
        out->json = json_object_new_object();
        (void)json_object_object_add(out->json, "nodes", tree.nodes);
        (void)json_object_object_add(out->json, "faults",
                                     snapshot_faults_json(&shot, NULL));
    }
    free(tree.shown);
    snapshot_free(&shot);
    return EXIT_DONE;
}
