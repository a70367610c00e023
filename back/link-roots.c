/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * root-M and root_num: on which buses the guest looks for its devices. Roots are
 * only ever added: a front that scans has remembered the number of each.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "nodes.h"
#include "transact.h"

#define ROOTS_MAX 256u
#define ROOT_TEXT 8 /* "dddd:bb" */

struct roots {
    const struct link *link;
    unsigned int count;
    char text[ROOTS_MAX][ROOT_TEXT];
};

static void add_root(struct roots *roots, const char *text)
{
    unsigned int i;

    for (i = 0; i < roots->count; i++)
        if (strcmp(roots->text[i], text) == 0)
            return;
    if (roots->count < ROOTS_MAX)
        (void)snprintf(roots->text[roots->count++], ROOT_TEXT, "%s", text);
}

/* What is there already keeps its number; what cannot be read is written anew. */
static void read_roots(struct store *st, struct store_txn *txn,
                       struct roots *roots)
{
    char path[STORE_PATH], text[ROOT_TEXT];
    uint32_t count = 0, i;

    roots->count = 0;
    (void)snprintf(path, sizeof(path), XS_BACK_ROOT_NUM, roots->link->domid);
    if (store_read_uint(st, txn, path, &count) < 0 || count > ROOTS_MAX)
        return;
    for (i = 0; i < count; i++) {
        (void)snprintf(path, sizeof(path), XS_BACK_ROOT_N, roots->link->domid,
                       i);
        if (store_read_buf(st, txn, path, text, sizeof(text)) < 0)
            return;
        add_root(roots, text);
    }
}

static void add_devices(struct roots *roots)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev))) {
        char text[ROOT_TEXT];

        if (!link_owns(roots->link, dev) || dev->phase != DEVICE_READY)
            continue;
        (void)snprintf(text, sizeof(text), "%04x:%02x", dev->virt.segment,
                       dev->virt.bus);
        add_root(roots, text);
    }
}

static int body_roots(struct store *st, struct store_txn *txn, void *arg)
{
    struct roots *roots = arg;
    uint16_t domid = roots->link->domid;
    char path[STORE_PATH];
    unsigned int i;
    int ret = 0;

    (void)snprintf(path, sizeof(path), XS_BACK_STATE, domid);
    if (!store_exists(st, txn, path))
        return -ENOENT;
    read_roots(st, txn, roots);
    add_devices(roots);
    for (i = 0; i < roots->count && ret == 0; i++) {
        (void)snprintf(path, sizeof(path), XS_BACK_ROOT_N, domid, i);
        ret = store_write(st, txn, path, roots->text[i]);
    }
    if (ret < 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_BACK_ROOT_NUM, domid);
    return store_writef(st, txn, path, "%u", roots->count);
}

void link_write_roots(struct link *link)
{
    struct roots roots = { .link = link };
    int ret = transact(link->store, body_roots, &roots);

    if (ret < 0 && ret != -ENOENT)
        log_warnx("d%u: cannot write the roots: %s", link->domid,
                  strerror(-ret));
}
