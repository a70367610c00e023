/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a block device is used for. Mounts are matched by device number, and by
 * name too because btrfs and overlays show a number of their own.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inuse-private.h"
#include "sysfs.h"

#define STACK_MAX 8

struct block {
    const char *name; /* as the kernel has it: nvme0n1p2, dm-3 */
    char number[32];  /* "259:2" */
    char mapper[128]; /* the name in /dev/mapper, or "" */
};

static bool is_node_of(const struct block *block, const char *node)
{
    const char *slash = strrchr(node, '/');

    if (slash == NULL)
        return false;
    return strcmp(slash + 1, block->name) == 0 ||
           (block->mapper[0] != '\0' && strcmp(slash + 1, block->mapper) == 0);
}

/*
 * proc(5), mountinfo: "id parent major:minor root mountpoint options
 * [optional...] - type source options".
 */
static void match_mount(const struct block *block, char *line,
                        struct inuse *out)
{
    char *dash = strstr(line, " - ");
    char number[32];
    char target[512];
    char source[512];

    if (dash == NULL ||
        sscanf(line, "%*s %*s %31s %*s %511s", number, target) != 2 ||
        sscanf(dash, " - %*s %511s", source) != 1)
        return;
    if (strcmp(number, block->number) == 0 || is_node_of(block, source))
        inuse_say(out, "%s is mounted on %.100s", block->name, target);
}

static void match_swap(const struct block *block, char *line, struct inuse *out)
{
    char node[512];

    if (sscanf(line, "%511s", node) == 1 && is_node_of(block, node))
        inuse_say(out, "%s is swap space", block->name);
}

static void each_line(const char *file, const struct block *block,
                      void (*match)(const struct block *, char *,
                                    struct inuse *),
                      struct inuse *out)
{
    char path[INUSE_PATH];
    char *line = NULL;
    size_t room = 0;
    FILE *in;

    (void)snprintf(path, sizeof(path), "%s/%s", proc_root, file);
    in = fopen(path, "re");
    if (in == NULL)
        return;
    while (getline(&line, &room, in) > 0)
        match(block, line, out);
    free(line);
    (void)fclose(in);
}

static void look(const char *dir, const char *name, unsigned int depth,
                 struct inuse *out);

/* LVM, LUKS, md and multipath sit on top as holders. */
static void look_at_holders(const char *dir, unsigned int depth,
                            struct inuse *out)
{
    char path[INUSE_PATH];
    const struct dirent *entry;
    DIR *handle;

    (void)snprintf(path, sizeof(path), "%s/holders", dir);
    handle = opendir(path);
    if (handle == NULL)
        return;
    while ((entry = readdir(handle)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%s/class/block/%s", sysfs_root,
                       entry->d_name);
        look(path, entry->d_name, depth + 1, out);
    }
    (void)closedir(handle);
}

/*
 * With NVMe multipath the disk that is mounted, nvme0n1, hangs off the
 * subsystem, and only the hidden path nvme0c1n1 stands below the device.
 */
static void look_at_multipath(const char *name, unsigned int depth,
                              struct inuse *out)
{
    char path[INUSE_PATH];
    char head[64];
    char subsystem[16];
    char disk[16];
    const struct dirent *entry;
    DIR *handle;

    if (sscanf(name, "nvme%15[0-9]c%*[0-9]n%15[0-9]", subsystem, disk) != 2)
        return;
    (void)snprintf(head, sizeof(head), "nvme%sn%s", subsystem, disk);
    (void)snprintf(path, sizeof(path), "%s/class/block", sysfs_root);
    handle = opendir(path);
    if (handle == NULL)
        return;
    while ((entry = readdir(handle)) != NULL) {
        size_t len = strlen(head);

        if (strncmp(entry->d_name, head, len) != 0 ||
            (entry->d_name[len] != '\0' && entry->d_name[len] != 'p'))
            continue;
        (void)snprintf(path, sizeof(path), "%s/class/block/%s", sysfs_root,
                       entry->d_name);
        look(path, entry->d_name, depth + 1, out);
    }
    (void)closedir(handle);
}

static void look(const char *dir, const char *name, unsigned int depth,
                 struct inuse *out)
{
    struct block block = { .name = name };

    if (depth > STACK_MAX)
        return;
    if (!inuse_read(dir, "dev", block.number, sizeof(block.number)))
        block.number[0] = '\0';
    if (!inuse_read(dir, "dm/name", block.mapper, sizeof(block.mapper)))
        block.mapper[0] = '\0';
    each_line("self/mountinfo", &block, match_mount, out);
    each_line("swaps", &block, match_swap, out);
    look_at_holders(dir, depth, out);
    look_at_multipath(name, depth, out);
}

void inuse_look_at_block(const char *dir, const char *name, struct inuse *out)
{
    look(dir, name, 0, out);
}
