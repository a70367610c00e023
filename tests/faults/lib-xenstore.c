/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxenstore for the walk: each function may fail, or asks the fake store. */
#include "beneath.h"
/* The rest of them want the new names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "fault.h"
#include "libs.h"
#include "store.h"

#define TXNS    8
#define HANDLES 8

static struct store_txn *txns[TXNS + 1];
static struct store *handles[HANDLES];
static bool of_world[HANDLES];

static void note_handle(struct store *from, struct store *to)
{
    for (unsigned int i = 0; i < HANDLES; i++) {
        if (handles[i] != from)
            continue;
        handles[i] = to;
        of_world[i] = false;
        return;
    }
    (void)fprintf(stderr, "walk: too many connections\n");
    abort();
}

void libs_store_keep(void)
{
    for (unsigned int i = 0; i < HANDLES; i++)
        of_world[i] = handles[i] != NULL;
}

/* xenstored drops watches and transactions of a connection that ends. */
void libs_store_drop(void)
{
    for (unsigned int t = 1; t <= TXNS; t++) {
        store_abort(NULL, txns[t]);
        txns[t] = NULL;
    }
    for (unsigned int i = 0; i < HANDLES; i++)
        if (!of_world[i]) {
            store_close(handles[i]);
            handles[i] = NULL;
        }
}

static struct store *store_of(struct xs_handle *h)
{
    return (struct store *)(void *)h;
}

/* 0 of ours is their success. */
static bool done(int ret)
{
    fault_go_on();
    errno = ret < 0 ? -ret : 0;
    return ret == 0;
}

static void *found(void *result)
{
    fault_go_on();
    return result;
}

struct xs_handle *__wrap_xs_open(unsigned long flags UNUSED)
{
    struct store *st;

    if (fault_here(CALL_xs_open))
        return NULL;
    fault_hold();
    st = store_open();
    note_handle(NULL, st);
    return found(st);
}

void xs_close(struct xs_handle *h)
{
    fault_hold();
    note_handle(store_of(h), NULL);
    store_close(store_of(h));
    fault_go_on();
}

int xs_fileno(struct xs_handle *h)
{
    return store_fd(store_of(h));
}

void *__wrap_xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
                     unsigned int *len)
{
    char *value;

    if (fault_here(CALL_xs_read))
        return NULL;
    fault_hold();
    value = store_read(store_of(h), txns[t], path);
    if (value && len)
        *len = (unsigned int)strlen(value);
    return found(value);
}

bool __wrap_xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
                     const void *data, unsigned int len UNUSED)
{
    if (fault_here(CALL_xs_write))
        return false;
    fault_hold();
    return done(store_write(store_of(h), txns[t], path, data));
}

bool __wrap_xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    if (fault_here(CALL_xs_rm))
        return false;
    fault_hold();
    return done(store_remove(store_of(h), txns[t], path));
}

/* What is there already keeps its permissions. */
bool __wrap_xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    if (fault_here(CALL_xs_mkdir))
        return false;
    fault_hold();
    if (store_exists(store_of(h), txns[t], path))
        return done(0);
    return done(store_write(store_of(h), txns[t], path, ""));
}

bool __wrap_xs_set_permissions(struct xs_handle *h, xs_transaction_t t,
                               const char *path, struct xs_permissions *perms,
                               unsigned int count)
{
    if (fault_here(CALL_xs_set_permissions))
        return false;
    fault_hold();
    return done(store_mkdir(store_of(h), txns[t], path, (uint16_t)perms[0].id,
                            (uint16_t)perms[count - 1].id));
}

char **__wrap_xs_directory(struct xs_handle *h, xs_transaction_t t,
                           const char *path, unsigned int *count)
{
    if (fault_here(CALL_xs_directory))
        return NULL;
    fault_hold();
    return found(store_list(store_of(h), txns[t], path, count));
}

xs_transaction_t __wrap_xs_transaction_start(struct xs_handle *h)
{
    xs_transaction_t t = 1;

    if (fault_here(CALL_xs_transaction_start))
        return XBT_NULL;
    fault_hold();
    while (t <= TXNS && txns[t])
        t++;
    if (t > TXNS) {
        (void)fprintf(stderr, "walk: too many transactions\n");
        abort();
    }
    txns[t] = store_begin(store_of(h));
    fault_go_on();
    return t;
}

/* One that cannot be committed is over, as in xenstored. */
bool __wrap_xs_transaction_end(struct xs_handle *h, xs_transaction_t t,
                               bool abandon)
{
    bool fails = fault_here(CALL_xs_transaction_end);
    struct store_txn *txn = txns[t];
    int err = errno;

    fault_hold();
    txns[t] = NULL;
    if (!fails && !abandon)
        return done(store_commit(store_of(h), txn));
    store_abort(store_of(h), txn);
    (void)done(0);
    errno = err;
    return !fails;
}

bool __wrap_xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    if (fault_here(CALL_xs_watch))
        return false;
    fault_hold();
    return done(store_watch(store_of(h), path, token));
}

bool __wrap_xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    bool fails = fault_here(CALL_xs_unwatch);

    /* The caller forgets it, and so does this. */
    fault_hold();
    store_unwatch(store_of(h), path, token);
    fault_go_on();
    return !fails;
}

char **__wrap_xs_check_watch(struct xs_handle *h)
{
    struct {
        char *list[2];
        char path[STORE_PATH], token[STORE_PATH];
    } * event;

    if (fault_here(CALL_xs_check_watch))
        return NULL;
    event = calloc(1, sizeof(*event));
    if (!event)
        return NULL;
    fault_hold();
    if (!store_event(store_of(h), event->path, event->token)) {
        free(event);
        event = NULL;
    } else {
        event->list[XS_WATCH_PATH] = event->path;
        event->list[XS_WATCH_TOKEN] = event->token;
    }
    errno = EAGAIN;
    return found(event);
}
