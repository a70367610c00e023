/* SPDX-License-Identifier: MIT */
/* What the rooms of the Linux glue share; see pcifront-linux.h. */
#ifndef PCIFRONT_LINUX_PRIVATE_H
#define PCIFRONT_LINUX_PRIVATE_H

#include <pthread.h>

#include "pcifront-linux.h"

struct xengntdev_handle;
struct xenevtchn_handle;
struct xs_handle;

struct pcifront_linux {
    struct xs_handle *store;
    struct xenevtchn_handle *evtchn;
    struct xengntdev_handle *gntshr;
    pthread_mutex_t mutex;
    const char *name;
    enum pcifront_level level;
};

/* channel.c: the page and the port. */
int glue_share_page(void *ctx, uint16_t domid, void **page, uint32_t *gref);
int glue_unshare_page(void *ctx, void *page, uint32_t gref);
int glue_open_port(void *ctx, uint16_t domid, uint32_t *port);
void glue_close_port(void *ctx, uint32_t port);
void glue_notify(void *ctx, uint32_t port);

/* wait.c: the only place that sleeps. */
int glue_wait(void *ctx, uint32_t port, uint64_t deadline_ns);
uint64_t glue_now_ns(void *ctx);

/* store.c */
int glue_xs_read(void *ctx, const char *path, char *value, size_t size);
int glue_xs_write(void *ctx, const struct pcifront_node *nodes, size_t count);
int glue_xs_watch(void *ctx, const char *path);
void glue_xs_unwatch(void *ctx, const char *path);

/* mmio.c */
int glue_map_mmio(void *ctx, uint64_t machine, uint64_t bytes,
                  enum pcifront_cache cache, void **address);
void glue_unmap_mmio(void *ctx, void *address, uint64_t bytes);

/* linux.c: one line to standard error, its control bytes replaced. */
void glue_log(void *ctx, enum pcifront_level level, const char *message);

#endif
