/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A xenstored in memory behind the interface of common/host/store.h: link
 * fake-store.o instead of store.o. One tree per process; every store_open()
 * is another connection to it, with its own watches. Transactions are real:
 * they see a snapshot, and a commit fails with -EAGAIN when anything changed
 * underneath. Watch events come in order; a new watch fires once at once.
 */
#ifndef TESTS_UNIT_FAKE_STORE_H
#define TESTS_UNIT_FAKE_STORE_H

#include <stdbool.h>
#include <stdint.h>

/* Forget all nodes, watches, events, injected faults and hooks. */
void fake_store_reset(void);

/* Act as somebody else: write or remove a node outside of any connection. */
void fake_store_set(const char *path, const char *value);
void fake_store_unset(const char *path);

/* A node's value, or NULL; valid until the tree changes. */
const char *fake_store_get(const char *path);

/* Owner and reader that apply to the node; false when it does not exist. */
bool fake_store_perms(const char *path, uint16_t *owner, uint16_t *reader);

/* Fire a special watch such as "@releaseDomain". */
void fake_store_fire(const char *name);

/* Let the next `count` commits fail with -EAGAIN. */
void fake_store_conflicts(unsigned int count);

/* Let the write, mkdir or removal after `skip` more ones fail with err. */
void fake_store_fail(unsigned int skip, int err);
/* ... and the read after `skip` more ones (store_read_buf, store_read_uint). */
void fake_store_fail_read(unsigned int skip, int err);

/*
 * Called when a connection asks for an event and none waits, to play the
 * other side without a thread. Once for every time the events run out, so that
 * a caller which drains the events and then looks sees one step at a time.
 */
void fake_store_on_idle(void (*hook)(void *arg), void *arg);

/* Every node below path as "path = value" lines, sorted; free() it. */
char *fake_store_dump(const char *path);

/* The connection's client dies, maybe in the middle of transactions. */
struct store;
void fake_store_hang_up(struct store *st);

/* Connections and transactions still open: 0 at the end of a clean test. */
unsigned int fake_store_open_count(void);

#endif
