/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-xenlibs.h. */
#include "fake-xenlibs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#define PORT      5
#define NODES_MAX 4u

struct fake_xenlibs fake_xenlibs;

static struct {
    int event_fd;
    int watch_fd;
    struct node {
        const char *path;
        const void *value;
        unsigned int len;
    } nodes[NODES_MAX];
    unsigned int nnodes;
    char pending[256]; /* of the open transaction */
} state;

/* Only their addresses count. */
static char store_handle;
static char evtchn_handle;
static char gntshr_handle;
static char page[4096];

void fake_xenlibs_reset(void)
{
    memset(&fake_xenlibs, 0, sizeof(fake_xenlibs));
    memset(&state, 0, sizeof(state));
    state.event_fd = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
    state.watch_fd = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
}

void fake_xenlibs_drop(void)
{
    (void)close(state.event_fd);
    (void)close(state.watch_fd);
}

void fake_xenlibs_node(const char *path, const void *value, unsigned int len)
{
    if (state.nnodes == NODES_MAX)
        abort();
    state.nodes[state.nnodes++] = (struct node){ path, value, len };
}

static void add(int fd)
{
    uint64_t one = 1;

    if (write(fd, &one, sizeof(one)) != (ssize_t)sizeof(one))
        abort();
}

static bool take(int fd)
{
    uint64_t one;

    return read(fd, &one, sizeof(one)) == (ssize_t)sizeof(one);
}

void fake_xenlibs_event(void)
{
    add(state.event_fd);
}

void fake_xenlibs_fire(void)
{
    add(state.watch_fd);
}

int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    (void)mode;
    if (fake_xenlibs.missing_path != NULL &&
        strcmp(path, fake_xenlibs.missing_path) == 0) {
        errno = fake_xenlibs.missing;
        return -1;
    }
    return 0;
}

static void *opened(int err, void *handle)
{
    errno = err;
    if (err != 0)
        return NULL;
    fake_xenlibs.opens++;
    return handle;
}

/* ---- libxenstore ---- */

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    return opened(fake_xenlibs.open_store, &store_handle);
}

void xs_close(struct xs_handle *h)
{
    (void)h;
    fake_xenlibs.opens--;
}

int xs_fileno(struct xs_handle *h)
{
    (void)h;
    return state.watch_fd;
}

static const struct node *find_node(const char *path)
{
    for (unsigned int i = 0; i < state.nnodes; i++) {
        if (strcmp(path, state.nodes[i].path) == 0)
            return &state.nodes[i];
    }
    return NULL;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
              unsigned int *len)
{
    const struct node *node = find_node(path);
    char *copy;

    (void)h;
    (void)t;
    if (node == NULL) {
        errno = ENOENT;
        return NULL;
    }
    copy = calloc(1, node->len + 1);
    if (copy != NULL)
        memcpy(copy, node->value, node->len);
    *len = node->len;
    return copy;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    (void)h;
    state.pending[0] = '\0';
    return ++fake_xenlibs.transactions;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abandon)
{
    (void)h;
    (void)t;
    if (abandon) {
        fake_xenlibs.aborted++;
        return true;
    }
    if (fake_xenlibs.busy_transactions > 0) {
        fake_xenlibs.busy_transactions--;
        errno = EAGAIN;
        return false;
    }
    strcat(fake_xenlibs.wrote, state.pending);
    return true;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
              const void *data, unsigned int len)
{
    (void)h;
    (void)t;
    if (fake_xenlibs.write_errno != 0) {
        errno = fake_xenlibs.write_errno;
        return false;
    }
    strcat(state.pending, path);
    strcat(state.pending, "=");
    strncat(state.pending, data, len);
    strcat(state.pending, " ");
    return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    (void)h;
    (void)t;
    if (strcmp(path, "absent") == 0) {
        errno = ENOENT;
        return false;
    }
    strcat(state.pending, "-");
    strcat(state.pending, path);
    strcat(state.pending, " ");
    return true;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    (void)token;
    strcpy(fake_xenlibs.watching, path);
    return true;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    (void)token;
    if (strcmp(fake_xenlibs.watching, path) == 0)
        fake_xenlibs.watching[0] = '\0';
    return true;
}

char **xs_check_watch(struct xs_handle *h)
{
    (void)h;
    errno = EAGAIN;
    return take(state.watch_fd) ? calloc(2, sizeof(char *)) : NULL;
}

/* ---- libxenevtchn ---- */

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
                                 unsigned int flags)
{
    (void)logger;
    (void)flags;
    return opened(fake_xenlibs.open_evtchn, &evtchn_handle);
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    (void)xce;
    fake_xenlibs.opens--;
    return 0;
}

int xenevtchn_fd(xenevtchn_handle *xce)
{
    (void)xce;
    return state.event_fd;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    fake_xenlibs.notified += port == PORT;
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce,
                                                      uint32_t domid)
{
    (void)xce;
    (void)domid;
    fake_xenlibs.ports++;
    return PORT;
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    fake_xenlibs.ports -= port == PORT;
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    (void)xce;
    errno = EAGAIN;
    return take(state.event_fd) ? PORT : -1;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    fake_xenlibs.unmasked += port == PORT;
    return 0;
}

/* ---- libxengnttab ---- */

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger,
                                 unsigned int flags)
{
    (void)logger;
    (void)flags;
    return opened(fake_xenlibs.open_gntshr, &gntshr_handle);
}

int xengntshr_close(xengntshr_handle *xgs)
{
    (void)xgs;
    fake_xenlibs.opens--;
    return 0;
}

void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid, int count,
                            uint32_t *refs, int writable)
{
    (void)xgs;
    (void)domid;
    if (fake_xenlibs.share_errno != 0 || count != 1 || writable == 0) {
        errno = fake_xenlibs.share_errno;
        return NULL;
    }
    fake_xenlibs.pages++;
    *refs = 77;
    return page;
}

int xengntshr_unshare(xengntshr_handle *xgs, void *start, uint32_t count)
{
    (void)xgs;
    if (fake_xenlibs.unshare_fails || start != page)
        return -1;
    fake_xenlibs.pages -= count;
    return 0;
}
