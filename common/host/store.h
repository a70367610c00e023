/* SPDX-License-Identifier: MIT */
/*
 * xenstore for the dom0 programs: thin, typed, and never a node name of its
 * own (names come from xenstore-schema's generated nodes.h).
 * int results: 0 or a negative errno. -ENOENT means the node is absent.
 * Every call blocks on xenstored only.
 */
#ifndef COMMON_HOST_STORE_H
#define COMMON_HOST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

struct store;
struct store_txn; /* NULL wherever "no transaction" is meant */

#define STORE_PATH 256 /* bytes that hold any path of ours and its NUL */

/* NULL with errno set; ENOENT or ECONNREFUSED mean no xenstored. */
struct store *store_open(void);
void store_close(struct store *st);

struct store_txn *store_begin(struct store *st);
/* -EAGAIN: somebody else was faster, do it all again. Frees txn always. */
MUST_USE int store_commit(struct store *st, struct store_txn *txn);
void store_abort(struct store *st, struct store_txn *txn);

/* The value, NUL-terminated, in malloc'd memory the caller frees; NULL+errno. */
char *store_read(struct store *st, struct store_txn *txn, const char *path);

/* Read into a buffer; -ENAMETOOLONG if it does not fit, nothing is cut. */
MUST_USE int store_read_buf(struct store *st, struct store_txn *txn,
                            const char *path, char *buf, size_t len);

/* Decimal number without sign, blanks or leading zeros abuse; -EINVAL. */
MUST_USE int store_read_uint(struct store *st, struct store_txn *txn,
                             const char *path, uint32_t *out);

MUST_USE int store_write(struct store *st, struct store_txn *txn,
                         const char *path, const char *value);
MUST_USE int store_writef(struct store *st, struct store_txn *txn,
                          const char *path, const char *fmt, ...) PRINTF(4, 5);

/* 0: the node is there. -ENOENT: it is not. Else nobody knows. */
MUST_USE int store_probe(struct store *st, struct store_txn *txn,
                         const char *path);

/* The same where not to know is as good as absence. */
MUST_USE bool store_exists(struct store *st, struct store_txn *txn,
                           const char *path);

/* Remove a node and all below it; an absent node is a success. */
MUST_USE int store_remove(struct store *st, struct store_txn *txn,
                          const char *path);

/* Make a directory owned by `owner` that `reader` may read. */
MUST_USE int store_mkdir(struct store *st, struct store_txn *txn,
                         const char *path, uint16_t owner, uint16_t reader);

/* Children's names; one malloc'd block, free() it. NULL + errno. */
char **store_list(struct store *st, struct store_txn *txn, const char *path,
                  unsigned int *count);

/* Watches. The token comes back with each event; kept by the caller. */
MUST_USE int store_watch(struct store *st, const char *path, const char *token);
void store_unwatch(struct store *st, const char *path, const char *token);

/* Readable when an event waits. */
int store_fd(struct store *st);

/*
 * The next event without blocking: false if none waits. Path and token are
 * copied into the caller's buffers (cut if too long: then the path is a prefix).
 */
MUST_USE bool store_event(struct store *st, char path[STORE_PATH],
                          char token[STORE_PATH]);

#endif
