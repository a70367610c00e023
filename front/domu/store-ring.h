/* SPDX-License-Identifier: MIT */
/* Messages to and from xenstored; for store-client.c alone. */
#ifndef DOMU_STORE_RING_H
#define DOMU_STORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "compiler.h"

/* A piece of a request. */
struct store_piece {
    const char *bytes;
    size_t length;
};

/* An answer; the text is valid until the next request, and has a NUL behind. */
struct store_reply {
    const char *text;
    size_t length;
};

void store_ring_init(const struct start_info *info);

/* One request and its answer. An answer that is an error is that errno. */
MUST_USE int store_ring_ask(enum xsd_sockmsg_type type, uint32_t transaction,
                            const struct store_piece *pieces, size_t count,
                            struct store_reply *reply);

/* Take in what has come unasked; watch events since the beginning. */
uint32_t store_ring_changes(void);

uint32_t store_ring_port(void);

#endif
