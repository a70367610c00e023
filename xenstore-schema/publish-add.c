/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listing a device, in the layout libxl writes and reads. */
#include "publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "nodes.h"
#include "publish-private.h"
#include "transact.h"

static int write_node(struct store *st, struct store_txn *txn,
                      enum device_node node, uint16_t domid, uint32_t index,
                      const char *value)
{
    char path[STORE_PATH];

    publish_node_path(node, domid, index, path);
    return store_write(st, txn, path, value);
}

static int write_device(struct store *st, struct store_txn *txn,
                        const struct publish_request *req, uint32_t index)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    int ret;

    sbdf_format(req->dev, address);
    ret = write_node(st, txn, NODE_KEY, req->domid, index, address);
    if (ret == 0)
        ret = write_node(st, txn, NODE_DEV, req->domid, index, address);
    if (ret == 0 && req->name != NULL)
        ret = write_node(st, txn, NODE_NAME, req->domid, index, req->name);
    if (ret == 0)
        ret = write_node(st, txn, NODE_OPTS, req->domid, index, req->options);
    if (ret != 0)
        return ret;
    publish_node_path(NODE_STATE, req->domid, index, path);
    ret = publish_write_state(st, txn, path, XB_INITIALISING);
    if (ret != 0)
        return ret;
    return publish_write_count(st, txn, req->domid, index + 1);
}

static int make_front(struct store *st, struct store_txn *txn, uint16_t domid)
{
    char front[STORE_PATH];
    char back[STORE_PATH];
    char path[STORE_PATH];
    int ret;

    (void)snprintf(front, sizeof(front), XS_FRONT_DIR, (unsigned int)domid);
    (void)snprintf(back, sizeof(back), XS_BACK_DIR, (unsigned int)domid);
    ret = store_remove(st, txn, front);
    if (ret == 0)
        ret = store_mkdir(st, txn, front, domid, 0);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_FRONT_BACKEND, (unsigned int)domid);
    ret = store_write(st, txn, path, back);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_FRONT_BACKEND_ID,
                   (unsigned int)domid);
    ret = store_write(st, txn, path, "0");
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, (unsigned int)domid);
    return publish_write_state(st, txn, path, XB_INITIALISING);
}

/* For humans and `xl`; a domain need not have a name. */
static int write_domain_name(struct store *st, struct store_txn *txn,
                             uint16_t domid)
{
    char path[STORE_PATH];
    char *name;
    int ret;

    (void)snprintf(path, sizeof(path), XS_DOMAIN_NAME, (unsigned int)domid);
    name = store_read(st, txn, path);
    (void)snprintf(path, sizeof(path), XS_BACK_DOMAIN_NAME,
                   (unsigned int)domid);
    ret = store_write(st, txn, path, name != NULL ? name : "");
    free(name);
    return ret;
}

static int make_back(struct store *st, struct store_txn *txn, uint16_t domid)
{
    char front[STORE_PATH];
    char path[STORE_PATH];
    int ret;

    (void)snprintf(path, sizeof(path), XS_BACK_DIR, (unsigned int)domid);
    ret = store_remove(st, txn, path);
    if (ret == 0)
        ret = store_mkdir(st, txn, path, 0, domid);
    if (ret != 0)
        return ret;
    (void)snprintf(front, sizeof(front), XS_FRONT_DIR, (unsigned int)domid);
    (void)snprintf(path, sizeof(path), XS_BACK_FRONTEND, (unsigned int)domid);
    ret = store_write(st, txn, path, front);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_BACK_FRONTEND_ID,
                   (unsigned int)domid);
    ret = store_writef(st, txn, path, "%u", (unsigned int)domid);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_BACK_ONLINE, (unsigned int)domid);
    ret = store_write(st, txn, path, "1");
    if (ret == 0)
        ret = write_domain_name(st, txn, domid);
    if (ret != 0)
        return ret;
    /* Not Initialising: xen-pciback would take the directory for its own. */
    return publish_write_back_state(st, txn, domid, XB_INITWAIT);
}

static int add_first(struct store *st, struct store_txn *txn,
                     const struct publish_request *req)
{
    int ret = make_back(st, txn, req->domid);

    if (ret == 0)
        ret = make_front(st, txn, req->domid);
    return ret != 0 ? ret : write_device(st, txn, req, 0);
}

static int add_next(struct store *st, struct store_txn *txn,
                    const struct publish_request *req, enum xb_state state)
{
    uint32_t count;
    uint32_t index;
    int ret = publish_count(st, txn, req->domid, &count);

    if (ret != 0)
        return ret == -ENOENT ? -EINVAL : ret;
    ret = publish_index(st, txn, req->domid, req->dev, &index);
    if (ret != -ENOENT)
        return ret == 0 ? -EEXIST : ret;
    if (count >= PUBLISH_DEVICES_MAX)
        return -ENOSPC;
    ret = write_device(st, txn, req, count);
    if (ret != 0 || state != XB_CONNECTED)
        return ret;
    return publish_write_back_state(st, txn, req->domid, XB_RECONFIGURING);
}

static int add_it(struct store *st, struct store_txn *txn,
                  const struct publish_request *req)
{
    enum xb_state state = XB_UNKNOWN;
    int ret = publish_state(st, txn, req->domid, &state);

    if (ret == -ENOENT)
        return add_first(st, txn, req);
    if (ret != 0)
        return ret;
    switch (state) {
    case XB_INITIALISING:
    case XB_INITWAIT:
    case XB_INITIALISED:
    case XB_CONNECTED:
        return add_next(st, txn, req, state);
    case XB_RECONFIGURING:
    case XB_RECONFIGURED:
        return -EAGAIN;
    case XB_CLOSING:
    case XB_CLOSED:
        return -EBUSY;
    case XB_UNKNOWN:
        break;
    }
    return -EINVAL;
}

static int add_body(struct store *st, struct store_txn *txn, void *arg)
{
    const struct publish_request *req = arg;
    int ret = req->claim ? claim_take_in(st, txn, req->claim) : 0;

    return ret < 0 ? ret : add_it(st, txn, req);
}

int publish_add(struct store *st, const struct publish_request *req)
{
    struct publish_request copy = *req;

    return transact(st, add_body, &copy);
}
