/* SPDX-License-Identifier: MIT */
/*
 * xenstore. Paths are absolute or relative to the domain's own directory.
 * Everything sleeps until xenstored answers, 20 seconds at most. 0 or a
 * negative errno: -XEN_ENOENT, -XEN_EACCES and others as xenstored says,
 * -XEN_EAGAIN a transaction that lost ten times, -XEN_ETIMEDOUT no answer,
 * -XEN_EIO an answer that makes no sense.
 */
#ifndef DOMU_STORE_CLIENT_H
#define DOMU_STORE_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "compiler.h"

void store_init(const struct start_info *info);

/* The value and a NUL; its length. -XEN_EIO: too long, or a NUL inside. */
MUST_USE int store_read(const char *path, char *value, size_t size);

struct store_node {
    const char *path;
    const char *value; /* NULL: remove the node, which may be absent */
};

/* All in one transaction, or none. */
MUST_USE int store_write(const struct store_node *nodes, size_t count);

/* A change at or below path counts from now on. Setting it counts once. */
MUST_USE int store_watch(const char *path);
void store_unwatch(const char *path);

/*
 * How many changes of what is watched were seen so far. Two parts of a kernel
 * may look; each remembers the number it saw last.
 */
uint32_t store_changes(void);

/* The port that says so; for event_wait(). store_changes() takes its events. */
uint32_t store_port(void);

#endif
