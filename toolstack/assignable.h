/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the assignable-* subcommands share. */
#ifndef TOOLSTACK_ASSIGNABLE_H
#define TOOLSTACK_ASSIGNABLE_H

#include "cmd.h"
#include "host.h"

/*
 * Does a living domain have the device? EXIT_BUSY with the trouble in out. A
 * claim that outlived its domain is removed, with a note.
 */
MUST_USE enum exit_code
assignable_check_owner(struct host *host, struct sbdf dev, struct outcome *out);

/* EXIT_NOT_FOUND unless the kernel knows the device. */
MUST_USE enum exit_code assignable_check_exists(struct sbdf dev,
                                                struct outcome *out);

/* Write or, with NULL, remove the device's name. */
MUST_USE int assignable_set_name(struct store *st, struct sbdf dev,
                                 const char *name);

#endif
