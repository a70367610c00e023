/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change of the store that happens whole or not at all. */
#ifndef XENSTORE_SCHEMA_TRANSACT_H
#define XENSTORE_SCHEMA_TRANSACT_H

#include "store.h"

/* 0 to commit, a negative errno to leave everything as it was. */
typedef int transact_body(struct store *st, struct store_txn *txn, void *arg);

/*
 * Run body in a transaction, again from the start whenever somebody else was
 * faster. -EAGAIN after many defeats in a row.
 */
MUST_USE int transact(struct store *st, transact_body *body, void *arg);

#endif
