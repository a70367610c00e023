/* SPDX-License-Identifier: MIT */
/* Requests of xenstore, one function each (io/xs_wire.h, docs/misc/xenstore). */
#include "store-client.h"

#include <stdbool.h>

#include "cruntime.h"
#include "store-ring.h"

#define TRIES 10

/* A piece with its NUL. */
static struct store_piece with_nul(const char *text)
{
    return (struct store_piece){ text, strlen(text) + 1 };
}

static int ask(enum xsd_sockmsg_type type, uint32_t transaction,
               const struct store_piece *pieces, size_t count)
{
    struct store_reply reply;

    return store_ring_ask(type, transaction, pieces, count, &reply);
}

void store_init(const struct start_info *info)
{
    store_ring_init(info);
}

int store_read(const char *path, char *value, size_t size)
{
    struct store_piece piece = with_nul(path);
    struct store_reply reply;
    int ret = store_ring_ask(XS_READ, 0, &piece, 1, &reply);

    if (ret != 0)
        return ret;
    if (reply.length >= size || strlen(reply.text) != reply.length)
        return -XEN_EIO;
    memcpy(value, reply.text, reply.length + 1);
    return (int)reply.length;
}

/* The transaction's number, as decimal text; 0 is none. */
static int begin(uint32_t *transaction)
{
    struct store_piece piece = with_nul("");
    struct store_reply reply;
    int ret = store_ring_ask(XS_TRANSACTION_START, 0, &piece, 1, &reply);
    uint64_t number = 0;

    if (ret != 0)
        return ret;
    for (const char *c = reply.text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || number > UINT32_MAX)
            return -XEN_EIO;
        number = number * 10 + (uint64_t)(*c - '0');
    }
    *transaction = (uint32_t)number;
    return number == 0 || number > UINT32_MAX ? -XEN_EIO : 0;
}

static int write_node(uint32_t transaction, const struct store_node *node)
{
    struct store_piece pieces[2] = { with_nul(node->path) };
    int ret;

    if (node->value == NULL) {
        ret = ask(XS_RM, transaction, pieces, 1);
        return ret == -XEN_ENOENT ? 0 : ret;
    }
    pieces[1] = (struct store_piece){ node->value, strlen(node->value) };
    return ask(XS_WRITE, transaction, pieces, 2);
}

static int write_once(const struct store_node *nodes, size_t count)
{
    struct store_piece verdict;
    uint32_t transaction;
    int ret = begin(&transaction);
    int end;

    if (ret != 0)
        return ret;
    for (size_t i = 0; i < count && ret == 0; i++)
        ret = write_node(transaction, &nodes[i]);
    verdict = with_nul(ret == 0 ? "T" : "F");
    end = ask(XS_TRANSACTION_END, transaction, &verdict, 1);
    return ret != 0 ? ret : end;
}

int store_write(const struct store_node *nodes, size_t count)
{
    int ret = -XEN_EAGAIN;

    for (unsigned int i = 0; i < TRIES && ret == -XEN_EAGAIN; i++)
        ret = write_once(nodes, count);
    return ret;
}

/* The token is the path: nobody here asks which watch it was. */
int store_watch(const char *path)
{
    struct store_piece pieces[2] = { with_nul(path), with_nul(path) };
    int ret = ask(XS_WATCH, 0, pieces, 2);

    return ret == -XEN_EEXIST ? 0 : ret;
}

void store_unwatch(const char *path)
{
    struct store_piece pieces[2] = { with_nul(path), with_nul(path) };

    (void)ask(XS_UNWATCH, 0, pieces, 2);
}

uint32_t store_changes(void)
{
    return store_ring_changes();
}

uint32_t store_port(void)
{
    return store_ring_port();
}
