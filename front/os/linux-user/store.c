/* SPDX-License-Identifier: MIT */
/* xenstore, as processes of a guest reach it: through its kernel. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "linux-private.h"

/* Somebody else's writes make a transaction start over; not for ever. */
#define WRITE_TRIES 64u

int glue_xs_read(void *ctx, const char *path, char *value, size_t size)
{
    struct pcifront_linux *glue = ctx;
    unsigned int len = 0;
    char *text = xs_read(glue->store, XBT_NULL, path, &len);
    int ret = PCIFRONT_ERR_PROTOCOL;

    if (text == NULL)
        return errno == ENOENT || errno == EACCES ? PCIFRONT_ERR_NOENT
                                                  : PCIFRONT_ERR_OS;
    if (len < size && memchr(text, '\0', len) == NULL) {
        memcpy(value, text, len);
        value[len] = '\0';
        ret = (int)len;
    }
    free(text);
    return ret;
}

static bool write_one(struct xs_handle *store, xs_transaction_t transaction,
                      const struct pcifront_node *node)
{
    if (node->value != NULL)
        return xs_write(store, transaction, node->path, node->value,
                        (unsigned int)strlen(node->value));
    return xs_rm(store, transaction, node->path) || errno == ENOENT;
}

/* One go at it; false with the reason in errno. */
static bool write_all(struct xs_handle *store,
                      const struct pcifront_node *nodes, size_t count)
{
    xs_transaction_t transaction = xs_transaction_start(store);

    if (transaction == XBT_NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!write_one(store, transaction, &nodes[i])) {
            int why = errno;

            (void)xs_transaction_end(store, transaction, true);
            errno = why;
            return false;
        }
    }
    return xs_transaction_end(store, transaction, false);
}

int glue_xs_write(void *ctx, const struct pcifront_node *nodes, size_t count)
{
    struct pcifront_linux *glue = ctx;

    for (unsigned int i = 0; i < WRITE_TRIES; i++) {
        if (write_all(glue->store, nodes, count))
            return PCIFRONT_OK;
        if (errno == EACCES || errno == ENOENT)
            return PCIFRONT_ERR_NOENT;
        if (errno != EAGAIN)
            break;
    }
    return PCIFRONT_ERR_OS;
}

/* The path is its own token: each is watched once. */
int glue_xs_watch(void *ctx, const char *path)
{
    struct pcifront_linux *glue = ctx;

    return xs_watch(glue->store, path, path) ? PCIFRONT_OK : PCIFRONT_ERR_OS;
}

void glue_xs_unwatch(void *ctx, const char *path)
{
    struct pcifront_linux *glue = ctx;

    (void)xs_unwatch(glue->store, path, path);
}
