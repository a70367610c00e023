/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unlisting a device: ask first, delete afterwards. The indices close up as
 * libxl does it, because xl finds the devices by them.
 */
#include "publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "nodes.h"
#include "publish-private.h"
#include "transact.h"

struct removal {
    uint16_t domid;
    struct sbdf dev;
};

static int request_body(struct store *st, struct store_txn *txn, void *arg)
{
    const struct removal *removal = arg;
    enum xb_state state = XB_UNKNOWN;
    enum xb_state device = XB_UNKNOWN;
    char path[STORE_PATH];
    uint32_t index = 0;
    int ret = publish_state(st, txn, removal->domid, &state);

    if (ret == 0)
        ret = publish_index(st, txn, removal->domid, removal->dev, &index);
    if (ret != 0)
        return ret;
    publish_node_path(NODE_STATE, removal->domid, index, path);
    if (state == XB_RECONFIGURING || state == XB_RECONFIGURED) {
        /* An answer to an earlier request of ours may be what goes on. */
        ret = publish_read_state(st, txn, path, &device);
        return ret == 0 && device == XB_CLOSING ? 0 : -EAGAIN;
    }
    ret = publish_write_state(st, txn, path, XB_CLOSING);
    if (ret != 0 || state == XB_INITIALISING || state == XB_INITWAIT)
        return ret;
    return publish_write_back_state(st, txn, removal->domid, XB_RECONFIGURING);
}

int publish_remove_request(struct store *st, uint16_t domid, struct sbdf dev)
{
    struct removal removal = { .domid = domid, .dev = dev };

    return transact(st, request_body, &removal);
}

static int move_node(struct store *st, struct store_txn *txn, uint16_t domid,
                     enum device_node node, uint32_t from, uint32_t to)
{
    char path[STORE_PATH];
    char *value;
    int ret;

    publish_node_path(node, domid, from, path);
    value = store_read(st, txn, path);
    publish_node_path(node, domid, to, path);
    if (value == NULL)
        ret = errno == ENOENT ? store_remove(st, txn, path) : -errno;
    else
        ret = store_write(st, txn, path, value);
    free(value);
    return ret;
}

/* Close the gap at index, then drop what is left twice at the end. */
static int compact(struct store *st, struct store_txn *txn, uint16_t domid,
                   uint32_t index, uint32_t count)
{
    char path[STORE_PATH];
    int ret = 0;

    for (uint32_t i = index; i + 1 < count; i++) {
        for (enum device_node node = 0; node < NODE_COUNT; node++) {
            ret = move_node(st, txn, domid, node, i + 1, i);
            if (ret != 0)
                return ret;
        }
    }
    for (enum device_node node = 0; node < NODE_COUNT && ret == 0; node++) {
        publish_node_path(node, domid, count - 1, path);
        ret = store_remove(st, txn, path);
    }
    return ret != 0 ? ret : publish_write_count(st, txn, domid, count - 1);
}

static int remove_if_empty(struct store *st, struct store_txn *txn,
                           const char *path)
{
    unsigned int count = 0;
    char **names = store_list(st, txn, path, &count);

    if (names == NULL)
        return errno == ENOENT ? 0 : -errno;
    free(names);
    return count == 0 ? store_remove(st, txn, path) : 0;
}

static int clear_body(struct store *st, struct store_txn *txn, void *arg)
{
    const struct removal *removal = arg;
    const unsigned int domid = removal->domid;
    char path[STORE_PATH];
    int ret;

    (void)snprintf(path, sizeof(path), XS_FRONT_DIR, domid);
    ret = store_remove(st, txn, path);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_FRONT_PARENT, domid);
    ret = remove_if_empty(st, txn, path);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_BACK_DIR, domid);
    ret = store_remove(st, txn, path);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_BACK_DOMAIN, domid);
    return remove_if_empty(st, txn, path);
}

int publish_clear(struct store *st, uint16_t domid)
{
    struct removal removal = { .domid = domid };

    return transact(st, clear_body, &removal);
}

static int finish_body(struct store *st, struct store_txn *txn, void *arg)
{
    struct removal *removal = arg;
    uint32_t count;
    uint32_t index = 0;
    int ret = publish_count(st, txn, removal->domid, &count);

    if (ret == 0)
        ret = publish_index(st, txn, removal->domid, removal->dev, &index);
    if (ret != 0)
        return ret;
    if (count == 1)
        return clear_body(st, txn, removal);
    return compact(st, txn, removal->domid, index, count);
}

int publish_remove_finish(struct store *st, uint16_t domid, struct sbdf dev)
{
    struct removal removal = { .domid = domid, .dev = dev };

    return transact(st, finish_body, &removal);
}
