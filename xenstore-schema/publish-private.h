/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What publish.c, publish-add.c and publish-remove.c share. */
#ifndef XENSTORE_SCHEMA_PUBLISH_PRIVATE_H
#define XENSTORE_SCHEMA_PUBLISH_PRIVATE_H

#include "publish.h"

/* The nodes each listed device has; an index names one set of them. */
enum device_node {
    NODE_KEY,
    NODE_DEV,
    NODE_VDEVFN,
    NODE_OPTS,
    NODE_NAME,
    NODE_STATE,
    NODE_VDEV,
    NODE_COUNT
};

void publish_node_path(enum device_node node, uint16_t domid, uint32_t index,
                       char path[STORE_PATH]);

MUST_USE int publish_count(struct store *st, struct store_txn *txn,
                           uint16_t domid, uint32_t *count);

/* -EINVAL when the node holds anything but a state. */
MUST_USE int publish_read_state(struct store *st, struct store_txn *txn,
                                const char *path, enum xb_state *state);
MUST_USE int publish_write_state(struct store *st, struct store_txn *txn,
                                 const char *path, enum xb_state state);
MUST_USE int publish_write_back_state(struct store *st, struct store_txn *txn,
                                      uint16_t domid, enum xb_state state);
MUST_USE int publish_write_count(struct store *st, struct store_txn *txn,
                                 uint16_t domid, uint32_t count);

/* The index of a device; -ENOENT. */
MUST_USE int publish_index(struct store *st, struct store_txn *txn,
                           uint16_t domid, struct sbdf dev, uint32_t *index);

#endif
