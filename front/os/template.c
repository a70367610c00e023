/* SPDX-License-Identifier: MIT */
/*
 * Copy this file into your kernel and fill the hooks in; pcifront-os.h is the
 * contract, the comments here are what each asks of you in a sentence. ctx is
 * whatever you hand to pcifront_create().
 */
#include "pcifront-os.h"

#define UNUSED_HERE(argument) ((void)(argument))

/* Memory for any type, under 4 KiB; NULL if there is none. */
static void *my_alloc(void *ctx, size_t size)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(size);
    return NULL;
}

/* The same block and size back. */
static void my_free(void *ctx, void *block, size_t size)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(block);
    UNUSED_HERE(size);
}

/* Take a page for yourself alone and grant it to domid, read-write. */
static int my_share_page(void *ctx, uint16_t domid, void **page, uint32_t *gref)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(domid);
    UNUSED_HERE(page);
    UNUSED_HERE(gref);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/*
 * End the grant with an atomic compare-and-exchange, then free the page; if the
 * entry says it is still in use, free neither and return PCIFRONT_ERR_FAILED.
 */
static int my_unshare_page(void *ctx, void *page, uint32_t gref)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(page);
    UNUSED_HERE(gref);
    return PCIFRONT_ERR_FAILED;
}

/* EVTCHNOP_alloc_unbound for domid; have its events end my_wait(). */
static int my_open_port(void *ctx, uint16_t domid, uint32_t *port)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(domid);
    UNUSED_HERE(port);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* EVTCHNOP_close. */
static void my_close_port(void *ctx, uint32_t port)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(port);
}

/* EVTCHNOP_send, at once. */
static void my_notify(void *ctx, uint32_t port)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(port);
}

/*
 * Sleep until an event of port, a watch, or the deadline; what came since the
 * last call counts, so clear "pending" here and look before you sleep.
 */
static int my_wait(void *ctx, uint32_t port, uint64_t deadline_ns)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(port);
    UNUSED_HERE(deadline_ns);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* Nanoseconds that only grow, on the clock my_wait() goes by. */
static uint64_t my_now_ns(void *ctx)
{
    UNUSED_HERE(ctx);
    return 0;
}

/* Value and NUL into value; its length, or PCIFRONT_ERR_NOENT and _PROTOCOL. */
static int my_xs_read(void *ctx, const char *path, char *value, size_t size)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(path);
    UNUSED_HERE(value);
    UNUSED_HERE(size);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* All nodes in one transaction or none; again after EAGAIN, so many times. */
static int my_xs_write(void *ctx, const struct pcifront_node *nodes,
                       size_t count)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(nodes);
    UNUSED_HERE(count);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* From now on a change at or below path ends my_wait(). */
static int my_xs_watch(void *ctx, const char *path)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(path);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* And no longer. */
static void my_xs_unwatch(void *ctx, const char *path)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(path);
}

/* Print a line; add the newline and who speaks. */
static void my_log(void *ctx, enum pcifront_level level, const char *message)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(level);
    UNUSED_HERE(message);
}

/* A mutex that may be held while sleeping; NULL with one flow of control. */
static void my_lock(void *ctx)
{
    UNUSED_HERE(ctx);
}

/* Its end. */
static void my_unlock(void *ctx)
{
    UNUSED_HERE(ctx);
}

/* Map machine frames of the device, uncached; NULL: drivers do it themselves. */
static int my_map_mmio(void *ctx, uint64_t machine, uint64_t bytes,
                       enum pcifront_cache cache, void **address)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(machine);
    UNUSED_HERE(bytes);
    UNUSED_HERE(cache);
    UNUSED_HERE(address);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* Remove that mapping. */
static void my_unmap_mmio(void *ctx, void *address, uint64_t bytes)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(address);
    UNUSED_HERE(bytes);
}

/* EVTCHNOP_bind_pirq; hand the port's events to the driver. NULL: no interrupts. */
static int my_bind_pirq(void *ctx, uint32_t pirq, enum pcifront_share share,
                        uint32_t *port)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(pirq);
    UNUSED_HERE(share);
    UNUSED_HERE(port);
    return PCIFRONT_ERR_UNSUPPORTED;
}

/* EVTCHNOP_close, after the last event was handled. */
static void my_unbind_pirq(void *ctx, uint32_t pirq, uint32_t port)
{
    UNUSED_HERE(ctx);
    UNUSED_HERE(pirq);
    UNUSED_HERE(port);
}

extern const struct pcifront_os my_os;
const struct pcifront_os my_os = {
    .abi = PCIFRONT_OS_ABI,
    .size = sizeof(struct pcifront_os),
    .alloc = my_alloc,
    .free = my_free,
    .share_page = my_share_page,
    .unshare_page = my_unshare_page,
    .open_port = my_open_port,
    .close_port = my_close_port,
    .notify = my_notify,
    .wait = my_wait,
    .now_ns = my_now_ns,
    .xs_read = my_xs_read,
    .xs_write = my_xs_write,
    .xs_watch = my_xs_watch,
    .xs_unwatch = my_xs_unwatch,
    .log = my_log,
    .lock = my_lock,
    .unlock = my_unlock,
    .map_mmio = my_map_mmio,
    .unmap_mmio = my_unmap_mmio,
    .bind_pirq = my_bind_pirq,
    .unbind_pirq = my_unbind_pirq,
};
