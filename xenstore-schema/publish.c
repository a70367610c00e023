/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading the pair's directories, and the few writers that adding and removing
 * share. The guest cannot write the back directory,
 * but other tools do, so nothing in it is taken to be well formed.
 */
#include "publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"
#include "publish-private.h"
#include "transact.h"

void publish_node_path(enum device_node node, uint16_t domid, uint32_t index,
                       char path[STORE_PATH])
{
#define PATH_OF(pattern) \
    (void)snprintf(path, STORE_PATH, pattern, (unsigned int)domid, index)

    switch (node) {
    case NODE_KEY:
        PATH_OF(XS_BACK_KEY);
        break;
    case NODE_DEV:
        PATH_OF(XS_BACK_DEV);
        break;
    case NODE_VDEVFN:
        PATH_OF(XS_BACK_VDEVFN);
        break;
    case NODE_OPTS:
        PATH_OF(XS_BACK_OPTS);
        break;
    case NODE_NAME:
        PATH_OF(XS_BACK_NAME);
        break;
    case NODE_STATE:
        PATH_OF(XS_BACK_STATE_N);
        break;
    case NODE_VDEV:
        PATH_OF(XS_BACK_VDEV);
        break;
    case NODE_COUNT:
        path[0] = '\0';
        break;
    }
#undef PATH_OF
}

int publish_read_state(struct store *st, struct store_txn *txn,
                       const char *path, enum xb_state *state)
{
    char text[4];
    int ret = store_read_buf(st, txn, path, text, sizeof(text));

    if (ret == -ENAMETOOLONG)
        return -EINVAL;
    if (ret == 0 && !xb_state_parse(text, state))
        return -EINVAL;
    return ret;
}

int publish_state(struct store *st, struct store_txn *txn, uint16_t domid,
                  enum xb_state *state)
{
    char path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_BACK_STATE, (unsigned int)domid);
    return publish_read_state(st, txn, path, state);
}

int publish_count(struct store *st, struct store_txn *txn, uint16_t domid,
                  uint32_t *count)
{
    char path[STORE_PATH];
    int ret;

    (void)snprintf(path, sizeof(path), XS_BACK_NUM_DEVS, (unsigned int)domid);
    ret = store_read_uint(st, txn, path, count);
    if (ret == 0 && *count > PUBLISH_DEVICES_MAX)
        return -EINVAL;
    return ret;
}

int publish_write_state(struct store *st, struct store_txn *txn,
                        const char *path, enum xb_state state)
{
    return store_writef(st, txn, path, "%u", (unsigned int)state);
}

int publish_write_back_state(struct store *st, struct store_txn *txn,
                             uint16_t domid, enum xb_state state)
{
    char path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_BACK_STATE, (unsigned int)domid);
    return publish_write_state(st, txn, path, state);
}

int publish_write_count(struct store *st, struct store_txn *txn, uint16_t domid,
                        uint32_t count)
{
    char path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_BACK_NUM_DEVS, (unsigned int)domid);
    return store_writef(st, txn, path, "%u", count);
}

static int read_dev(struct store *st, struct store_txn *txn, uint16_t domid,
                    uint32_t index, struct sbdf *dev)
{
    char path[STORE_PATH];
    char text[32];
    int ret;

    publish_node_path(NODE_DEV, domid, index, path);
    ret = store_read_buf(st, txn, path, text, sizeof(text));
    if (ret == 0 && !sbdf_parse(text, dev))
        return -EINVAL;
    return ret == -ENAMETOOLONG ? -EINVAL : ret;
}

/* Somebody has written rubbish or nothing; other errors are the store's. */
static bool is_damage(int ret)
{
    return ret == -ENOENT || ret == -EINVAL;
}

int publish_index(struct store *st, struct store_txn *txn, uint16_t domid,
                  struct sbdf dev, uint32_t *index)
{
    uint32_t count;
    int ret = publish_count(st, txn, domid, &count);

    if (ret != 0)
        return ret;
    for (uint32_t i = 0; i < count; i++) {
        struct sbdf there;

        ret = read_dev(st, txn, domid, i, &there);
        if (ret == 0 && sbdf_equal(there, dev)) {
            *index = i;
            return 0;
        }
        if (ret != 0 && !is_damage(ret))
            return ret;
    }
    return -ENOENT;
}

/* An absent text is an empty one; a long one is cut. */
static int read_text(struct store *st, struct store_txn *txn, const char *path,
                     char *buf, size_t len)
{
    char *text = store_read(st, txn, path);
    int ret = text != NULL ? 0 : -errno;

    (void)snprintf(buf, len, "%s", text != NULL ? text : "");
    free(text);
    return is_damage(ret) ? 0 : ret;
}

static int read_device(struct store *st, struct store_txn *txn, uint16_t domid,
                       uint32_t index, struct publish_device *out)
{
    char path[STORE_PATH];
    int ret;

    memset(out, 0, sizeof(*out));
    out->index = index;
    ret = read_dev(st, txn, domid, index, &out->dev);
    if (ret != 0)
        return ret;
    publish_node_path(NODE_STATE, domid, index, path);
    ret = publish_read_state(st, txn, path, &out->state);
    if (is_damage(ret)) {
        out->state = XB_UNKNOWN;
        ret = 0;
    }
    publish_node_path(NODE_VDEV, domid, index, path);
    if (ret == 0)
        ret = read_text(st, txn, path, out->vdev, sizeof(out->vdev));
    publish_node_path(NODE_NAME, domid, index, path);
    if (ret == 0)
        ret = read_text(st, txn, path, out->name, sizeof(out->name));
    publish_node_path(NODE_OPTS, domid, index, path);
    if (ret == 0)
        ret = read_text(st, txn, path, out->options, sizeof(out->options));
    return ret;
}

struct listing {
    uint16_t domid;
    struct publish_device *list;
    size_t count;
    int ret;
};

static int list_devices(struct store *st, struct store_txn *txn,
                        struct listing *listing)
{
    enum xb_state state;
    uint32_t count;
    int ret = publish_count(st, txn, listing->domid, &count);

    if (ret == -ENOENT) {
        /* A directory without its count is damage, not absence. */
        ret = publish_state(st, txn, listing->domid, &state);
        return ret == 0 ? -EINVAL : ret;
    }
    if (ret != 0)
        return ret;
    listing->list = calloc(count != 0 ? count : 1, sizeof(*listing->list));
    if (listing->list == NULL)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        ret = read_device(st, txn, listing->domid, i,
                          &listing->list[listing->count]);
        if (ret == 0)
            listing->count++;
        else if (!is_damage(ret))
            return ret; /* a part of a list would look like the whole */
    }
    return 0;
}

/*
 * Failure is kept in the argument and the transaction committed all the same:
 * only the commit tells whether the view was consistent, and a device missing
 * in the middle may just have been moved down meanwhile.
 */
static int list_body(struct store *st, struct store_txn *txn, void *arg)
{
    struct listing *listing = arg;

    free(listing->list);
    listing->list = NULL;
    listing->count = 0;
    listing->ret = list_devices(st, txn, listing);
    return 0;
}

int publish_list(struct store *st, uint16_t domid, struct publish_device **list,
                 size_t *count)
{
    struct listing listing = { .domid = domid };
    int ret = transact(st, list_body, &listing);

    if (ret == 0)
        ret = listing.ret;
    if (ret != 0) {
        free(listing.list);
        listing.list = NULL;
        listing.count = 0;
    }
    *list = listing.list;
    *count = listing.count;
    return ret;
}

int publish_find(struct store *st, uint16_t domid, struct sbdf dev,
                 struct publish_device *out)
{
    struct publish_device *list;
    size_t count;
    int ret = publish_list(st, domid, &list, &count);

    if (ret != 0)
        return ret;
    ret = -ENOENT;
    for (size_t i = 0; i < count && ret != 0; i++) {
        if (sbdf_equal(list[i].dev, dev)) {
            *out = list[i];
            ret = 0;
        }
    }
    free(list);
    return ret;
}
