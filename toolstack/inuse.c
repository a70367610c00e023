/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See inuse.h: the walk below the device. What a disk is used for is mounts.c. */
#include "inuse.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inuse-private.h"
#include "sysfs.h"

#define DEPTH_MAX 24
#define IFF_UP    1ul

const char *proc_root = "/proc";

void inuse_say(struct inuse *out, const char *fmt, ...)
{
    char text[INUSE_TEXT];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    for (unsigned int i = 0; i < out->count; i++) {
        if (strcmp(out->what[i], text) == 0)
            return;
    }
    if (out->count < INUSE_MAX)
        memcpy(out->what[out->count++], text, sizeof(text));
}

static bool join(char path[INUSE_PATH], const char *dir, const char *leaf)
{
    int len = snprintf(path, INUSE_PATH, "%s/%s", dir, leaf);

    return len >= 0 && len < INUSE_PATH;
}

bool inuse_read(const char *dir, const char *leaf, char *buf, size_t len)
{
    char path[INUSE_PATH];
    FILE *file;
    bool ok;

    file = join(path, dir, leaf) ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    ok = fgets(buf, (int)len, file) != NULL;
    (void)fclose(file);
    if (ok)
        buf[strcspn(buf, "\n")] = '\0';
    return ok;
}

/* Does a directory of sysfs stand for a thing of this kind? */
static bool is_kind(const char *dir, const char *kind)
{
    char path[INUSE_PATH];
    char target[INUSE_PATH];
    const char *slash;
    ssize_t got = -1;

    if (join(path, dir, "subsystem"))
        got = readlink(path, target, sizeof(target) - 1);
    if (got < 0)
        return false;
    target[got] = '\0';
    slash = strrchr(target, '/');
    return strcmp(slash != NULL ? slash + 1 : target, kind) == 0;
}

static void look_at_interface(const char *dir, const char *name,
                              struct inuse *out)
{
    char text[32];

    if (inuse_read(dir, "flags", text, sizeof(text)) &&
        (strtoul(text, NULL, 16) & IFF_UP) != 0)
        inuse_say(out, "network interface %s is up", name);
}

static int walk(const char *dir, unsigned int depth, struct inuse *out);

/* One entry of a directory: never follows a link, never leaves the device. */
static int visit(const char *dir, const char *name, unsigned int depth,
                 struct inuse *out)
{
    char path[INUSE_PATH];
    struct stat st;

    if (!join(path, dir, name) || lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return 0;
    /* A function below this one (SR-IOV, a bridge) is another device. */
    if (is_kind(path, "pci"))
        return 0;
    if (is_kind(path, "block"))
        inuse_look_at_block(path, name, out);
    else if (is_kind(path, "net"))
        look_at_interface(path, name, out);
    return walk(path, depth + 1, out);
}

static int walk(const char *dir, unsigned int depth, struct inuse *out)
{
    const struct dirent *entry;
    DIR *handle;
    int ret = 0;

    if (depth > DEPTH_MAX)
        return 0;
    handle = opendir(dir);
    if (handle == NULL)
        return depth == 0 ? -errno : 0;
    while (ret == 0 && (entry = readdir(handle)) != NULL) {
        if (entry->d_name[0] != '.')
            ret = visit(dir, entry->d_name, depth, out);
    }
    (void)closedir(handle);
    return ret;
}

static void look_at_function(const char *dir, struct inuse *out)
{
    char text[32];

    if (inuse_read(dir, "boot_vga", text, sizeof(text)) &&
        strcmp(text, "1") == 0)
        inuse_say(out, "it is the display this machine booted with");
    if (inuse_read(dir, "sriov_numvfs", text, sizeof(text)) &&
        strcmp(text, "0") != 0)
        inuse_say(out, "%s virtual functions depend on it", text);
}

int inuse_scan(struct sbdf dev, struct inuse *out)
{
    char path[INUSE_PATH];
    char *dir;
    int ret;

    memset(out, 0, sizeof(*out));
    sysfs_device_path(dev, "", path, sizeof(path));
    /* The entry on the bus is a link, and the walk follows none. */
    dir = realpath(path, NULL);
    if (dir == NULL)
        return errno == ENOENT ? -ENODEV : -errno;
    look_at_function(dir, out);
    ret = walk(dir, 0, out);
    free(dir);
    return ret;
}
