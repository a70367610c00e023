/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-kernel.h: xenstore, as this domain sees it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fake-kernel.h"
#include "nodes.h"
#include "store.h"

#define ALPHABET                                                 \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345" \
    "6789-/_@"

const char *fake_kernel_path(const struct fake_kernel *k, const char *path,
                             char full[256])
{
    if (path[0] == '/')
        (void)snprintf(full, 256, "%s", path);
    else
        (void)snprintf(full, 256, XS_DOMAIN_DIR "/%s", k->domid, path);
    return full;
}

/* What xenstored answers EINVAL to (Xen docs/misc/xenstore.txt). */
static bool path_ok(const char *path)
{
    size_t len = strlen(path);

    return len > 0 && len < 200 && strspn(path, ALPHABET) == len &&
           path[len - 1] != '/' && !strstr(path, "//");
}

static int hook_read(void *ctx, const char *path, char *value, size_t size)
{
    struct fake_kernel *k = ctx;
    char full[256];
    int ret;

    if (!fake_kernel_may(k, "xs_read"))
        return PCIFRONT_ERR_OS;
    if (!path_ok(path))
        return PCIFRONT_ERR_OS;
    if (size == 0)
        fake_kernel_die("xs_read into nothing");
    ret = store_read_buf(k->store, NULL, fake_kernel_path(k, path, full), value,
                         size);
    if (ret == -ENOENT)
        return PCIFRONT_ERR_NOENT;
    if (ret < 0)
        return PCIFRONT_ERR_PROTOCOL;
    return (int)strlen(value);
}

static int hook_write(void *ctx, const struct pcifront_node *nodes,
                      size_t count)
{
    struct fake_kernel *k = ctx;
    struct store_txn *txn;
    char full[256], prefix[256];
    int ret;

    if (!fake_kernel_may(k, "xs_write"))
        return PCIFRONT_ERR_OS;
    (void)fake_kernel_path(k, "device", prefix);
    txn = store_begin(k->store);
    for (size_t i = 0; i < count; i++) {
        (void)fake_kernel_path(k, nodes[i].path, full);
        if (!path_ok(nodes[i].path) ||
            strncmp(full, prefix, strlen(prefix)) != 0)
            fake_kernel_die("write to %s", full);
        ret = nodes[i].value ? store_write(k->store, txn, full, nodes[i].value)
                             : store_remove(k->store, txn, full);
        if (ret != 0)
            fake_kernel_die("write to %s: %d", full, ret);
    }
    if (store_commit(k->store, txn) != 0)
        fake_kernel_die("somebody writes in between");
    return 0;
}

static int hook_watch(void *ctx, const char *path)
{
    struct fake_kernel *k = ctx;
    char full[256];

    if (!fake_kernel_may(k, "xs_watch"))
        return PCIFRONT_ERR_OS;
    if (!path_ok(path))
        return PCIFRONT_ERR_OS;
    (void)fake_kernel_path(k, path, full);
    for (unsigned int i = 0; i < ARRAY_LEN(k->watches); i++) {
        if (strcmp(k->watches[i], full) == 0)
            fake_kernel_die("%s is watched already", full);
        if (k->watches[i][0] != '\0')
            continue;
        (void)snprintf(k->watches[i], sizeof(k->watches[i]), "%s", full);
        return store_watch(k->store, full, full) == 0 ? 0 : PCIFRONT_ERR_OS;
    }
    fake_kernel_die("too many watches");
}

static void hook_unwatch(void *ctx, const char *path)
{
    struct fake_kernel *k = ctx;
    char full[256];

    fake_kernel_count(k, "xs_unwatch");
    (void)fake_kernel_path(k, path, full);
    for (unsigned int i = 0; i < ARRAY_LEN(k->watches); i++) {
        if (strcmp(k->watches[i], full) != 0)
            continue;
        k->watches[i][0] = '\0';
        store_unwatch(k->store, full, full);
        return;
    }
    fake_kernel_die("%s is not watched", full);
}

unsigned int fake_kernel_watches(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < ARRAY_LEN(k->watches); i++)
        n += k->watches[i][0] != '\0';
    return n;
}

void fake_kernel_store_hooks(struct pcifront_os *os)
{
    os->xs_read = hook_read;
    os->xs_write = hook_write;
    os->xs_watch = hook_watch;
    os->xs_unwatch = hook_unwatch;
}
