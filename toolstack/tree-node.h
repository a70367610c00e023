/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One node of `xenpci tree`, as a line or as JSON. */
#ifndef TOOLSTACK_TREE_NODE_H
#define TOOLSTACK_TREE_NODE_H

#include "schema.h"

struct json_object;

/* value is NULL for a node that is not there. */
struct tree_node {
    const struct schema_node *row;
    const char *path;
    const char *value;
};

void tree_node_print(const struct tree_node *node);

/* All but the findings. */
struct json_object *tree_node_json(const struct tree_node *node);

#endif
