/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See transact.h. */
#include "transact.h"

#include <errno.h>

/* A guest that rewrites its nodes without pause must not hold us for ever. */
#define ATTEMPTS 64

int transact(struct store *st, transact_body *body, void *arg)
{
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        struct store_txn *txn = store_begin(st);
        int ret;

        if (txn == NULL)
            return errno != 0 ? -errno : -EIO;
        ret = body(st, txn, arg);
        if (ret != 0) {
            store_abort(st, txn);
            return ret;
        }
        ret = store_commit(st, txn);
        if (ret != -EAGAIN)
            return ret;
    }
    return -EAGAIN;
}
