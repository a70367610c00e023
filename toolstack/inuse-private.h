/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What inuse.c and mounts.c share. */
#ifndef TOOLSTACK_INUSE_PRIVATE_H
#define TOOLSTACK_INUSE_PRIVATE_H

#include <stdbool.h>

#include "inuse.h"

#define INUSE_PATH 1024

/* Add a finding; repeated ones and those over the limit are dropped. */
void inuse_say(struct inuse *out, const char *fmt, ...) PRINTF(2, 3);

/* First line of dir/leaf without its newline. */
MUST_USE bool inuse_read(const char *dir, const char *leaf, char *buf,
                         size_t len);

/* Is this disk or partition, or anything stacked on it, mounted or swap? */
void inuse_look_at_block(const char *dir, const char *name, struct inuse *out);

#endif
