/* SPDX-License-Identifier: MIT */
/*
 * The hooks of pcifront-os.h. There is one flow of control, so no lock; and no
 * interrupt, so waiting is SCHEDOP_poll on the ports that matter.
 */
#include "glue.h"

#include <stdbool.h>

#include "clock.h"
#include "event.h"
#include "grant.h"
#include "heap.h"
#include "mm.h"
#include "pirq.h"
#include "print.h"
#include "store-client.h"

#define NODES_MAX 16

/* Negative errno of this kernel to the contract's. */
static int error_of(int ret)
{
    switch (ret) {
    case -XEN_ENOENT:
    case -XEN_EACCES:
    case -XEN_EPERM:
        return PCIFRONT_ERR_NOENT;
    case -XEN_ENOMEM:
    case -XEN_ENOSPC:
        return PCIFRONT_ERR_NOMEM;
    case -XEN_ETIMEDOUT:
        return PCIFRONT_ERR_TIMEOUT;
    case -XEN_EIO:
        return PCIFRONT_ERR_PROTOCOL;
    default:
        return ret < 0 ? PCIFRONT_ERR_OS : ret;
    }
}

static void *glue_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return heap_alloc(size);
}

static void glue_free(void *ctx, void *block, size_t size)
{
    (void)ctx;
    heap_free(block, size);
}

static int share_page(void *ctx, uint16_t domid, void **page, uint32_t *gref)
{
    int ret;

    (void)ctx;
    *page = mm_page_new();
    if (*page == NULL)
        return PCIFRONT_ERR_NOMEM;
    ret = grant_give(domid, *page, gref);
    if (ret != 0)
        mm_page_free(*page);
    return error_of(ret);
}

static int unshare_page(void *ctx, void *page, uint32_t gref)
{
    (void)ctx;
    /* Still mapped: grant and page are given up, as the contract asks. */
    if (grant_end(gref) != 0)
        return PCIFRONT_ERR_FAILED;
    mm_page_free(page);
    return PCIFRONT_OK;
}

static int open_port(void *ctx, uint16_t domid, uint32_t *port)
{
    struct glue *glue = ctx;
    int ret = event_open(domid, port);

    if (ret == 0)
        glue->port = *port;
    return error_of(ret);
}

static void close_port(void *ctx, uint32_t port)
{
    struct glue *glue = ctx;

    if (glue->port == port)
        glue->port = 0;
    event_close(port);
}

static void notify(void *ctx, uint32_t port)
{
    (void)ctx;
    event_send(port);
}

/* Has anything come that this reader has not seen? Now it has. */
static bool news(struct glue *glue, struct glue_view *view)
{
    struct glue_view now;
    bool new;

    if (event_take(glue->port))
        glue->events++;
    now.events = glue->events;
    now.changes = store_changes();
    new = now.events != view->events || now.changes != view->changes;
    *view = now;
    return new;
}

static void sleep_until(struct glue *glue, struct glue_view *view,
                        uint64_t deadline_ns)
{
    uint32_t ports[2] = { store_port(), glue->port };

    while (!news(glue, view) && clock_now() < deadline_ns)
        event_wait(ports, ARRAY_LEN(ports), deadline_ns);
}

static int wait_news(void *ctx, uint32_t port, uint64_t deadline_ns)
{
    struct glue *glue = ctx;

    (void)port; /* the only one there is */
    sleep_until(glue, &glue->library, deadline_ns);
    return PCIFRONT_OK;
}

void glue_sleep(struct glue *glue, uint64_t deadline_ns)
{
    sleep_until(glue, &glue->program, deadline_ns);
}

static uint64_t now_ns(void *ctx)
{
    (void)ctx;
    return clock_now();
}

static int xs_read(void *ctx, const char *path, char *value, size_t size)
{
    (void)ctx;
    return error_of(store_read(path, value, size));
}

static int xs_write(void *ctx, const struct pcifront_node *nodes, size_t count)
{
    struct store_node list[NODES_MAX];

    (void)ctx;
    if (count > NODES_MAX)
        return PCIFRONT_ERR_INVALID;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct store_node){ nodes[i].path, nodes[i].value };
    return error_of(store_write(list, count));
}

static int xs_watch(void *ctx, const char *path)
{
    (void)ctx;
    return error_of(store_watch(path));
}

static void xs_unwatch(void *ctx, const char *path)
{
    (void)ctx;
    store_unwatch(path);
}

static void write_log(void *ctx, enum pcifront_level level, const char *message)
{
    (void)ctx;
    if (level == PCIFRONT_LOG_DEBUG)
        return;
    print("pcifront: %s%s\n", level == PCIFRONT_LOG_WARN ? "warning: " : "",
          message);
}

static int map_mmio(void *ctx, uint64_t machine, uint64_t bytes,
                    enum pcifront_cache cache, void **address)
{
    (void)ctx;
    (void)cache; /* uncached is right for both */
    *address =
        mm_window_open(machine >> PAGE_SHIFT, bytes >> PAGE_SHIFT, MM_DEVICE);
    return *address == NULL ? PCIFRONT_ERR_NOMEM : PCIFRONT_OK;
}

static void unmap_mmio(void *ctx, void *address, uint64_t bytes)
{
    (void)ctx;
    mm_window_close(address, bytes >> PAGE_SHIFT);
}

static int bind_pirq(void *ctx, uint32_t pirq, enum pcifront_share share,
                     uint32_t *port)
{
    (void)ctx;
    return error_of(pirq_bind(
        pirq, share == PCIFRONT_SHARED ? PIRQ_SHARED : PIRQ_EXCLUSIVE, port));
}

static void unbind_pirq(void *ctx, uint32_t pirq, uint32_t port)
{
    (void)ctx;
    pirq_unbind(pirq, port);
}

const struct pcifront_os glue_os = {
    .abi = PCIFRONT_OS_ABI,
    .size = sizeof(struct pcifront_os),
    .alloc = glue_alloc,
    .free = glue_free,
    .share_page = share_page,
    .unshare_page = unshare_page,
    .open_port = open_port,
    .close_port = close_port,
    .notify = notify,
    .wait = wait_news,
    .now_ns = now_ns,
    .xs_read = xs_read,
    .xs_write = xs_write,
    .xs_watch = xs_watch,
    .xs_unwatch = xs_unwatch,
    .log = write_log,
    .map_mmio = map_mmio,
    .unmap_mmio = unmap_mmio,
    .bind_pirq = bind_pirq,
    .unbind_pirq = unbind_pirq,
};
