/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-store.h. Small trees, so everything is a linear search. */
#include "fake-store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fake-tree.h"
#include "store.h"

#define WATCHES_MAX 256
#define EVENTS_MAX  4096

struct event {
    char path[STORE_PATH];
    char token[STORE_PATH];
};

struct watch {
    char path[STORE_PATH];
    char token[STORE_PATH];
};

struct store {
    struct store *next;
    int fd;
    struct watch watches[WATCHES_MAX];
    unsigned int nwatches;
    struct event events[EVENTS_MAX];
    unsigned int first, nevents;
};

struct store_txn {
    struct store_txn *next;
    struct store *owner;
    struct fake_tree tree;
    uint64_t generation;
    struct fake_changes changes;
};

static struct fake_tree world;
static uint64_t generation;
static struct store *connections;
static struct store_txn *transactions;
static unsigned int conflicts, fail_skip, read_skip;
static int fail_err, read_err;
static void (*idle_hook)(void *arg);
static void *idle_arg;
static bool idle_spent; /* called, and its events not all taken yet */

static void die(const char *what)
{
    fprintf(stderr, "fake store: %s\n", what);
    abort();
}

static void queue_event(struct store *st, const char *path, const char *token)
{
    struct event *event;

    if (st->nevents == EVENTS_MAX)
        die("too many events waiting");
    event = &st->events[(st->first + st->nevents++) % EVENTS_MAX];
    (void)snprintf(event->path, STORE_PATH, "%s", path);
    (void)snprintf(event->token, STORE_PATH, "%s", token);
    if (eventfd_write(st->fd, 1) != 0)
        die("eventfd");
}

static bool below(const char *path, const char *top)
{
    size_t len = strlen(top);

    return strncmp(path, top, len) == 0 &&
           (path[len] == '\0' || path[len] == '/');
}

static void fire(const struct fake_change *change)
{
    for (struct store *st = connections; st != NULL; st = st->next) {
        for (unsigned int i = 0; i < st->nwatches; i++) {
            const struct watch *watch = &st->watches[i];

            if (below(change->path, watch->path))
                queue_event(st, change->path, watch->token);
            else if (change->removed && below(watch->path, change->path))
                queue_event(st, watch->path, watch->token);
        }
    }
}

static void fire_all(struct fake_changes *changes)
{
    generation++;
    for (unsigned int i = 0; i < changes->count; i++)
        fire(&changes->list[i]);
    fake_changes_free(changes);
}

void fake_store_reset(void)
{
    fake_tree_free(&world);
    for (struct store *st = connections; st != NULL; st = st->next)
        st->nwatches = st->nevents = 0;
    conflicts = fail_skip = read_skip = 0;
    fail_err = read_err = 0;
    fake_store_on_idle(NULL, NULL);
}

void fake_store_set(const char *path, const char *value)
{
    struct fake_changes changes = { 0 };

    fake_tree_write(&world, path, value, &changes);
    fire_all(&changes);
}

void fake_store_unset(const char *path)
{
    struct fake_changes changes = { 0 };

    fake_tree_remove(&world, path, &changes);
    fire_all(&changes);
}

const char *fake_store_get(const char *path)
{
    const struct fake_node *node = fake_tree_find(&world, path);

    return node != NULL ? node->value : NULL;
}

bool fake_store_perms(const char *path, uint16_t *owner, uint16_t *reader)
{
    const struct fake_node *node = fake_tree_find(&world, path);

    if (node == NULL)
        return false;
    *owner = node->owner;
    *reader = node->reader;
    return true;
}

void fake_store_fire(const char *name)
{
    struct fake_change change = { .removed = false };

    (void)snprintf(change.path, sizeof(change.path), "%s", name);
    fire(&change);
}

void fake_store_conflicts(unsigned int count)
{
    conflicts = count;
}

void fake_store_fail(unsigned int skip, int err)
{
    fail_skip = skip;
    fail_err = err;
}

void fake_store_fail_read(unsigned int skip, int err)
{
    read_skip = skip;
    read_err = err;
}

void fake_store_on_idle(void (*hook)(void *arg), void *arg)
{
    idle_hook = hook;
    idle_arg = arg;
    idle_spent = false;
}

char *fake_store_dump(const char *path)
{
    return fake_tree_dump(&world, path);
}

unsigned int fake_store_open_count(void)
{
    unsigned int count = 0;

    for (const struct store_txn *txn = transactions; txn; txn = txn->next)
        count++;
    for (const struct store *st = connections; st != NULL; st = st->next)
        count++;
    return count;
}

struct store *store_open(void)
{
    struct store *st = calloc(1, sizeof(*st));

    if (st == NULL)
        return NULL;
    st->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    st->next = connections;
    connections = st;
    return st;
}

void store_close(struct store *st)
{
    struct store **link = &connections;

    if (st == NULL)
        return;
    while (*link != st)
        link = &(*link)->next;
    *link = st->next;
    (void)close(st->fd);
    free(st);
}

struct store_txn *store_begin(struct store *st)
{
    struct store_txn *txn = calloc(1, sizeof(*txn));

    if (txn == NULL)
        return NULL;
    fake_tree_copy(&txn->tree, &world);
    txn->generation = generation;
    txn->owner = st;
    txn->next = transactions;
    transactions = txn;
    return txn;
}

void store_abort(struct store *st UNUSED, struct store_txn *txn)
{
    struct store_txn **link = &transactions;

    if (txn == NULL)
        return;
    while (*link != txn)
        link = &(*link)->next;
    *link = txn->next;
    fake_tree_free(&txn->tree);
    fake_changes_free(&txn->changes);
    free(txn);
}

int store_commit(struct store *st, struct store_txn *txn)
{
    bool lost = txn->generation != generation;

    if (conflicts > 0) {
        conflicts--;
        lost = true;
    }
    if (!lost && txn->changes.count > 0) {
        struct fake_tree old = world;

        world = txn->tree;
        txn->tree = old;
        fire_all(&txn->changes);
    }
    store_abort(st, txn);
    return lost ? -EAGAIN : 0;
}

static struct fake_tree *tree_of(struct store_txn *txn)
{
    return txn != NULL ? &txn->tree : &world;
}

void fake_store_hang_up(struct store *st)
{
    struct store_txn *txn = transactions;

    while (txn != NULL) {
        struct store_txn *next = txn->next;

        if (txn->owner == st)
            store_abort(st, txn);
        txn = next;
    }
    store_close(st);
}

char *store_read(struct store *st UNUSED, struct store_txn *txn,
                 const char *path)
{
    const struct fake_node *node = fake_tree_find(tree_of(txn), path);

    if (node == NULL) {
        errno = ENOENT;
        return NULL;
    }
    return strdup(node->value);
}

/* Does an injected fault hit this call? */
static int fault(unsigned int *skip, int *next)
{
    int err = *next;

    if (err == 0)
        return 0;
    if (*skip > 0) {
        (*skip)--;
        return 0;
    }
    *next = 0;
    return err < 0 ? err : -err;
}

static int change_fault(void)
{
    return fault(&fail_skip, &fail_err);
}

int store_read_buf(struct store *st UNUSED, struct store_txn *txn,
                   const char *path, char *buf, size_t len)
{
    const struct fake_node *node = fake_tree_find(tree_of(txn), path);
    int ret = fault(&read_skip, &read_err);

    if (ret < 0)
        return ret;
    if (node == NULL)
        return -ENOENT;
    if (strlen(node->value) >= len)
        return -ENAMETOOLONG;
    memcpy(buf, node->value, strlen(node->value) + 1);
    return 0;
}

int store_read_uint(struct store *st, struct store_txn *txn, const char *path,
                    uint32_t *out)
{
    char text[12];
    char again[12];
    unsigned long value;
    int ret = store_read_buf(st, txn, path, text, sizeof(text));

    if (ret != 0)
        return ret == -ENAMETOOLONG ? -EINVAL : ret;
    value = strtoul(text, NULL, 10);
    (void)snprintf(again, sizeof(again), "%lu", value);
    if (value > UINT32_MAX || strcmp(text, again) != 0)
        return -EINVAL;
    *out = (uint32_t)value;
    return 0;
}

static void changed(struct store_txn *txn, struct fake_changes *changes)
{
    if (txn == NULL)
        fire_all(changes);
}

int store_write(struct store *st UNUSED, struct store_txn *txn,
                const char *path, const char *value)
{
    struct fake_changes now = { 0 };
    int ret = change_fault();

    if (ret != 0)
        return ret;
    fake_tree_write(tree_of(txn), path, value,
                    txn != NULL ? &txn->changes : &now);
    changed(txn, &now);
    return 0;
}

int store_writef(struct store *st, struct store_txn *txn, const char *path,
                 const char *fmt, ...)
{
    char value[4096];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    return store_write(st, txn, path, value);
}

int store_probe(struct store *st UNUSED, struct store_txn *txn,
                const char *path)
{
    return fake_tree_find(tree_of(txn), path) != NULL ? 0 : -ENOENT;
}

bool store_exists(struct store *st UNUSED, struct store_txn *txn,
                  const char *path)
{
    return fake_tree_find(tree_of(txn), path) != NULL;
}

int store_remove(struct store *st UNUSED, struct store_txn *txn,
                 const char *path)
{
    struct fake_changes now = { 0 };
    int ret = change_fault();

    if (ret != 0)
        return ret;
    fake_tree_remove(tree_of(txn), path, txn != NULL ? &txn->changes : &now);
    changed(txn, &now);
    return 0;
}

int store_mkdir(struct store *st, struct store_txn *txn, const char *path,
                uint16_t owner, uint16_t reader)
{
    struct fake_node *node;
    int ret = 0;

    if (fake_tree_find(tree_of(txn), path) == NULL)
        ret = store_write(st, txn, path, "");
    if (ret != 0)
        return ret;
    node = fake_tree_find(tree_of(txn), path);
    node->owner = owner;
    node->reader = reader;
    return 0;
}

char **store_list(struct store *st UNUSED, struct store_txn *txn,
                  const char *path, unsigned int *count)
{
    return fake_tree_list(tree_of(txn), path, count);
}

int store_watch(struct store *st, const char *path, const char *token)
{
    struct watch *watch;

    for (unsigned int i = 0; i < st->nwatches; i++) {
        if (strcmp(st->watches[i].path, path) == 0 &&
            strcmp(st->watches[i].token, token) == 0)
            return -EEXIST;
    }
    if (st->nwatches == WATCHES_MAX)
        return -E2BIG;
    watch = &st->watches[st->nwatches++];
    (void)snprintf(watch->path, STORE_PATH, "%s", path);
    (void)snprintf(watch->token, STORE_PATH, "%s", token);
    queue_event(st, path, token);
    return 0;
}

void store_unwatch(struct store *st, const char *path, const char *token)
{
    for (unsigned int i = 0; i < st->nwatches; i++) {
        if (strcmp(st->watches[i].path, path) == 0 &&
            strcmp(st->watches[i].token, token) == 0) {
            st->watches[i] = st->watches[--st->nwatches];
            return;
        }
    }
}

int store_fd(struct store *st)
{
    return st->fd;
}

bool store_event(struct store *st, char path[STORE_PATH],
                 char token[STORE_PATH])
{
    eventfd_t ignored;

    if (st->nevents == 0 && idle_hook != NULL && !idle_spent) {
        idle_hook(idle_arg);
        idle_spent = st->nevents > 0;
    } else if (st->nevents == 0 && idle_spent) {
        /* Stay readable: the hook may have more to say next time. */
        idle_spent = false;
        return false;
    }
    if (st->nevents == 0) {
        (void)eventfd_read(st->fd, &ignored);
        return false;
    }
    memcpy(path, st->events[st->first].path, STORE_PATH);
    memcpy(token, st->events[st->first].token, STORE_PATH);
    st->first = (st->first + 1) % EVENTS_MAX;
    st->nevents--;
    return true;
}
