/* SPDX-License-Identifier: MIT */
/*
 * xenstore through libxenstore. Values may come from a guest: a value with a
 * zero byte inside is refused, so that what is checked is what is used.
 */
#include "store.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

struct store {
    struct xs_handle *xs;
};

struct store_txn {
    xs_transaction_t id;
};

static xs_transaction_t txn_id(const struct store_txn *txn)
{
    return txn != NULL ? txn->id : XBT_NULL;
}

static int result(bool done)
{
    if (done)
        return 0;
    return errno != 0 ? -errno : -EIO;
}

struct store *store_open(void)
{
    struct store *st = calloc(1, sizeof(*st));
    int saved;

    if (st == NULL)
        return NULL;
    st->xs = xs_open(0);
    if (st->xs != NULL)
        return st;
    saved = errno;
    free(st);
    errno = saved != 0 ? saved : ENOENT;
    return NULL;
}

void store_close(struct store *st)
{
    if (st == NULL)
        return;
    xs_close(st->xs);
    free(st);
}

struct store_txn *store_begin(struct store *st)
{
    struct store_txn *txn = calloc(1, sizeof(*txn));
    int saved;

    if (txn == NULL)
        return NULL;
    txn->id = xs_transaction_start(st->xs);
    if (txn->id != XBT_NULL)
        return txn;
    saved = errno;
    free(txn);
    errno = saved;
    return NULL;
}

int store_commit(struct store *st, struct store_txn *txn)
{
    int ret = result(xs_transaction_end(st->xs, txn->id, false));

    free(txn);
    return ret;
}

void store_abort(struct store *st, struct store_txn *txn)
{
    if (txn == NULL)
        return;
    (void)xs_transaction_end(st->xs, txn->id, true);
    free(txn);
}

char *store_read(struct store *st, struct store_txn *txn, const char *path)
{
    unsigned int len = 0;
    char *value = xs_read(st->xs, txn_id(txn), path, &len);

    if (value == NULL)
        return NULL;
    if (strlen(value) != len) {
        free(value);
        errno = EINVAL;
        return NULL;
    }
    return value;
}

int store_read_buf(struct store *st, struct store_txn *txn, const char *path,
                   char *buf, size_t len)
{
    char *value = store_read(st, txn, path);
    int ret = 0;
    size_t need;

    if (value == NULL)
        return result(false);
    need = strlen(value) + 1;
    if (need > len)
        ret = -ENAMETOOLONG;
    else
        memcpy(buf, value, need);
    free(value);
    return ret;
}

int store_read_uint(struct store *st, struct store_txn *txn, const char *path,
                    uint32_t *out)
{
    char text[12] = "";
    uint64_t value = 0;
    int ret = store_read_buf(st, txn, path, text, sizeof(text));

    if (ret == -ENAMETOOLONG)
        return -EINVAL;
    if (ret != 0)
        return ret;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return -EINVAL;
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return -EINVAL;
        value = value * 10 + (uint64_t)(*digit - '0');
    }
    if (value > UINT32_MAX)
        return -EINVAL;
    *out = (uint32_t)value;
    return 0;
}

int store_write(struct store *st, struct store_txn *txn, const char *path,
                const char *value)
{
    return result(xs_write(st->xs, txn_id(txn), path, value,
                           (unsigned int)strlen(value)));
}

int store_writef(struct store *st, struct store_txn *txn, const char *path,
                 const char *fmt, ...)
{
    va_list args;
    char *value;
    int ret;

    va_start(args, fmt);
    ret = vasprintf(&value, fmt, args);
    va_end(args);
    if (ret < 0)
        return -ENOMEM;
    ret = store_write(st, txn, path, value);
    free(value);
    return ret;
}

int store_probe(struct store *st, struct store_txn *txn, const char *path)
{
    void *value = xs_read(st->xs, txn_id(txn), path, NULL);

    if (value == NULL)
        return result(false);
    free(value);
    return 0;
}

bool store_exists(struct store *st, struct store_txn *txn, const char *path)
{
    return store_probe(st, txn, path) == 0;
}

int store_remove(struct store *st, struct store_txn *txn, const char *path)
{
    int ret = result(xs_rm(st->xs, txn_id(txn), path));

    return ret == -ENOENT ? 0 : ret;
}

int store_mkdir(struct store *st, struct store_txn *txn, const char *path,
                uint16_t owner, uint16_t reader)
{
    struct xs_permissions perms[2] = {
        { .id = owner, .perms = XS_PERM_NONE },
        { .id = reader, .perms = XS_PERM_READ },
    };
    unsigned int count = owner == reader ? 1 : 2;

    if (!xs_mkdir(st->xs, txn_id(txn), path))
        return result(false);
    return result(xs_set_permissions(st->xs, txn_id(txn), path, perms, count));
}

char **store_list(struct store *st, struct store_txn *txn, const char *path,
                  unsigned int *count)
{
    *count = 0;
    return xs_directory(st->xs, txn_id(txn), path, count);
}

int store_watch(struct store *st, const char *path, const char *token)
{
    return result(xs_watch(st->xs, path, token));
}

void store_unwatch(struct store *st, const char *path, const char *token)
{
    (void)xs_unwatch(st->xs, path, token);
}

int store_fd(struct store *st)
{
    return xs_fileno(st->xs);
}

bool store_event(struct store *st, char path[STORE_PATH],
                 char token[STORE_PATH])
{
    char **event = xs_check_watch(st->xs);

    if (event == NULL)
        return false;
    (void)snprintf(path, STORE_PATH, "%s", event[XS_WATCH_PATH]);
    (void)snprintf(token, STORE_PATH, "%s", event[XS_WATCH_TOKEN]);
    free(event);
    return true;
}
