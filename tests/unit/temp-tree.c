/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See temp-tree.h. Aborts on any surprise: it serves tests only. */
#include "temp-tree.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void full_path(const char *path, char buf[512])
{
    if (snprintf(buf, 512, "%s/%s", root, path) >= 512)
        abort();
}

const char *temp_tree_make(void)
{
    strcpy(root, "/tmp/xenpci-test-XXXXXX");
    if (mkdtemp(root) == NULL)
        abort();
    return root;
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void temp_tree_remove(const char *path)
{
    char full[512];

    full_path(path, full);
    if (nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        abort();
}

void temp_tree_drop(void)
{
    temp_tree_remove("");
}

static void make_parents(char *path)
{
    for (char *slash = path + strlen(root) + 1;
         (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            abort();
        *slash = '/';
    }
}

void temp_tree_dir(const char *path)
{
    char full[512];

    full_path(path, full);
    make_parents(full);
    if (mkdir(full, 0755) != 0 && errno != EEXIST)
        abort();
}

void temp_tree_bytes(const char *path, const void *bytes, size_t len)
{
    char full[512];
    FILE *file;

    full_path(path, full);
    make_parents(full);
    file = fopen(full, "w");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        abort();
}

void temp_tree_file(const char *path, const char *text)
{
    temp_tree_bytes(path, text, strlen(text));
}

void temp_tree_link(const char *path, const char *target)
{
    char full[512];

    full_path(path, full);
    make_parents(full);
    if (symlink(target, full) != 0)
        abort();
}

const char *temp_tree_text(const char *path)
{
    static char text[4096];
    char full[512];
    FILE *file;
    size_t len;

    full_path(path, full);
    file = fopen(full, "r");
    if (file == NULL)
        abort();
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    if (fclose(file) != 0)
        abort();
    return text;
}
