/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A part of xenstore as a list of paths and values: read live by somebody else,
 * or from the text that `xenstore-ls -f` prints. No I/O here.
 * int results: 0 or a negative errno.
 */
#ifndef XENSTORE_SCHEMA_LISTING_H
#define XENSTORE_SCHEMA_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

struct listing_entry {
    char *path;
    char *value;
};

/* Zeroed is empty. */
struct listing {
    struct listing_entry *entries;
    size_t count;
    size_t room;
};

void listing_fini(struct listing *list);

/* Both texts are copied. -ENOMEM. */
MUST_USE int listing_add(struct listing *list, const char *path,
                         const char *value);

/* -EINVAL: the line with that number is not one of xenstore-ls -f. */
MUST_USE int listing_parse(struct listing *list, const char *text,
                           unsigned int *line);

/* Call it after the last addition: the functions below need the order. */
void listing_sort(struct listing *list);

/* A node's value, or NULL. */
const char *listing_get(const struct listing *list, const char *path);

/* Is the node there, or anything below it? */
bool listing_has(const struct listing *list, const char *path);

/* The entries of a subtree stand together: [*first, *end). */
void listing_subtree(const struct listing *list, const char *path,
                     size_t *first, size_t *end);

#endif
