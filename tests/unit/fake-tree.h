/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nodes behind fake-store.c: a sorted list of paths. */
#ifndef TESTS_UNIT_FAKE_TREE_H
#define TESTS_UNIT_FAKE_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct fake_node {
    char *path;
    char *value;
    uint16_t owner, reader;
};

struct fake_tree {
    struct fake_node *nodes;
    unsigned int count;
};

struct fake_change {
    char path[256];
    bool removed;
};

struct fake_changes {
    struct fake_change *list;
    unsigned int count;
};

struct fake_node *fake_tree_find(struct fake_tree *tree, const char *path);
/* Missing parents are made; a new node has its parent's permissions. */
void fake_tree_write(struct fake_tree *tree, const char *path,
                     const char *value, struct fake_changes *changes);
void fake_tree_remove(struct fake_tree *tree, const char *path,
                      struct fake_changes *changes);
char **fake_tree_list(struct fake_tree *tree, const char *path,
                      unsigned int *count);
char *fake_tree_dump(struct fake_tree *tree, const char *path);
void fake_tree_copy(struct fake_tree *to, const struct fake_tree *from);
void fake_tree_free(struct fake_tree *tree);
void fake_changes_free(struct fake_changes *changes);

#endif
