/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See tree-node.h. Values may come from a guest. */
#include "tree-node.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "xbstate.h"

static const struct {
    enum schema_party party;
    const char *name;
} parties[] = {
    { SCHEMA_BY_TOOLSTACK, "toolstack" }, { SCHEMA_BY_BACK, "back" },
    { SCHEMA_BY_FRONT, "front" },         { SCHEMA_BY_XENPCID, "xenpcid" },
    { SCHEMA_BY_XENPCI, "xenpci" },       { SCHEMA_BY_LIBXL, "libxl" },
    { SCHEMA_BY_XENSTORED, "xenstored" },
};

/* The name of a state node's value, or NULL. */
static const char *state_name(const struct tree_node *node)
{
    enum xb_state state;

    if (node->row->type != SCHEMA_TYPE_STATE || node->value == NULL ||
        !xb_state_parse(node->value, &state))
        return NULL;
    return xb_state_name(state);
}

static void print_writers(uint8_t set)
{
    const char *comma = "";

    for (size_t i = 0; i < ARRAY_LEN(parties); i++) {
        if (set & parties[i].party) {
            printf("%s%s", comma, parties[i].name);
            comma = ", ";
        }
    }
}

static void print_value(const struct tree_node *node)
{
    const char *state = state_name(node);

    if (node->value == NULL) {
        printf("-");
        return;
    }
    if (node->row->type == SCHEMA_TYPE_FLAG)
        printf("present");
    else
        print_tame(node->value);
    if (state != NULL)
        printf(" %s", state);
}

void tree_node_print(const struct tree_node *node)
{
    /* The first sentence; the reference page has the others. */
    int meaning = (int)strcspn(node->row->meaning, ".");

    if (node->row->type == SCHEMA_TYPE_DIR) {
        printf("%s\n", node->path);
        return;
    }
    printf("  %-14s ", strrchr(node->path, '/') + 1);
    print_value(node);
    printf("  [");
    print_writers(node->row->writers);
    printf("] %.*s\n", meaning, node->row->meaning);
}

static struct json_object *parties_json(uint8_t set)
{
    struct json_object *list = json_object_new_array();

    for (size_t i = 0; i < ARRAY_LEN(parties); i++) {
        if (set & parties[i].party)
            (void)json_object_array_add(
                list, json_object_new_string(parties[i].name));
    }
    return list;
}

struct json_object *tree_node_json(const struct tree_node *node)
{
    const struct {
        const char *key;
        const char *text;
    } texts[] = {
        { "path", node->path },
        { "value", node->value },
        { "state", state_name(node) },
        { "type", schema_types[node->row->type].name },
        { "meaning", node->row->meaning },
    };
    struct json_object *object = json_object_new_object();

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        (void)json_object_object_add(object, texts[i].key,
                                     texts[i].text != NULL
                                         ? json_object_new_string(texts[i].text)
                                         : NULL);
    (void)json_object_object_add(object, "writers",
                                 parties_json(node->row->writers));
    (void)json_object_object_add(object, "readers",
                                 parties_json(node->row->readers));
    return object;
}
