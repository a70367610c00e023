/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-tree.h. Runs out of memory loudly: it serves tests only. */
#include "fake-tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grown(void *old, size_t count, size_t size)
{
    void *memory = reallocarray(old, count, size);

    if (memory == NULL)
        abort();
    return memory;
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        abort();
    return copy;
}

static void note(struct fake_changes *changes, const char *path, bool removed)
{
    struct fake_change *change;

    changes->list =
        grown(changes->list, changes->count + 1, sizeof(*changes->list));
    change = &changes->list[changes->count++];
    (void)snprintf(change->path, sizeof(change->path), "%s", path);
    change->removed = removed;
}

struct fake_node *fake_tree_find(struct fake_tree *tree, const char *path)
{
    for (unsigned int i = 0; i < tree->count; i++) {
        if (strcmp(tree->nodes[i].path, path) == 0)
            return &tree->nodes[i];
    }
    return NULL;
}

static struct fake_node *insert(struct fake_tree *tree, const char *path)
{
    char *parent = copy_text(path);
    char *slash = strrchr(parent, '/');
    struct fake_node node = { .owner = 0, .reader = 0 };
    unsigned int at = 0;

    if (slash != NULL && slash != parent) {
        const struct fake_node *above;

        *slash = '\0';
        above = fake_tree_find(tree, parent);
        if (above == NULL)
            above = insert(tree, parent);
        node.owner = above->owner;
        node.reader = above->reader;
    }
    free(parent);
    while (at < tree->count && strcmp(tree->nodes[at].path, path) < 0)
        at++;
    tree->nodes = grown(tree->nodes, tree->count + 1, sizeof(*tree->nodes));
    memmove(&tree->nodes[at + 1], &tree->nodes[at],
            (tree->count - at) * sizeof(*tree->nodes));
    tree->count++;
    node.path = copy_text(path);
    node.value = copy_text("");
    tree->nodes[at] = node;
    return &tree->nodes[at];
}

void fake_tree_write(struct fake_tree *tree, const char *path,
                     const char *value, struct fake_changes *changes)
{
    struct fake_node *node = fake_tree_find(tree, path);
    char *copy = copy_text(value);

    if (node == NULL)
        node = insert(tree, path);
    free(node->value);
    node->value = copy;
    note(changes, path, false);
}

static bool within(const char *path, const char *top)
{
    size_t len = strlen(top);

    return strncmp(path, top, len) == 0 &&
           (path[len] == '\0' || path[len] == '/');
}

void fake_tree_remove(struct fake_tree *tree, const char *path,
                      struct fake_changes *changes)
{
    unsigned int kept = 0;

    for (unsigned int i = 0; i < tree->count; i++) {
        if (within(tree->nodes[i].path, path)) {
            free(tree->nodes[i].path);
            free(tree->nodes[i].value);
        } else {
            tree->nodes[kept++] = tree->nodes[i];
        }
    }
    if (kept != tree->count)
        note(changes, path, true);
    tree->count = kept;
}

/* As libxenstore gives it: pointers and texts in one block. */
char **fake_tree_list(struct fake_tree *tree, const char *path,
                      unsigned int *count)
{
    size_t len = strlen(path);
    size_t bytes = sizeof(char *);
    unsigned int children = 0;
    char **names;
    char *text;

    *count = 0;
    if (fake_tree_find(tree, path) == NULL) {
        errno = ENOENT;
        return NULL;
    }
    for (unsigned int i = 0; i < tree->count; i++)
        bytes += sizeof(char *) + strlen(tree->nodes[i].path) + 1;
    names = grown(NULL, 1, bytes);
    text = (char *)(names + tree->count + 1);
    for (unsigned int i = 0; i < tree->count; i++) {
        const char *node = tree->nodes[i].path;

        if (!within(node, path) || node[len] != '/' ||
            strchr(node + len + 1, '/') != NULL)
            continue;
        strcpy(text, node + len + 1);
        names[children++] = text;
        text += strlen(text) + 1;
    }
    *count = children;
    return names;
}

char *fake_tree_dump(struct fake_tree *tree, const char *path)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        abort();
    for (unsigned int i = 0; i < tree->count; i++) {
        if (within(tree->nodes[i].path, path))
            fprintf(out, "%s = %s\n", tree->nodes[i].path,
                    tree->nodes[i].value);
    }
    if (fclose(out) != 0)
        abort();
    return text;
}

void fake_tree_copy(struct fake_tree *to, const struct fake_tree *from)
{
    to->count = from->count;
    to->nodes = grown(NULL, from->count + 1, sizeof(*to->nodes));
    for (unsigned int i = 0; i < from->count; i++) {
        to->nodes[i] = from->nodes[i];
        to->nodes[i].path = copy_text(from->nodes[i].path);
        to->nodes[i].value = copy_text(from->nodes[i].value);
    }
}

void fake_tree_free(struct fake_tree *tree)
{
    for (unsigned int i = 0; i < tree->count; i++) {
        free(tree->nodes[i].path);
        free(tree->nodes[i].value);
    }
    free(tree->nodes);
    tree->nodes = NULL;
    tree->count = 0;
}

void fake_changes_free(struct fake_changes *changes)
{
    free(changes->list);
    changes->list = NULL;
    changes->count = 0;
}
