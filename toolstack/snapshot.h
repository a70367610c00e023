/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tree and check look at: a listing of xenstore, and its findings. */
#ifndef TOOLSTACK_SNAPSHOT_H
#define TOOLSTACK_SNAPSHOT_H

#include "cmd.h"
#include "validate.h"

struct snapshot {
    struct listing list;
    struct faults faults;
    uint32_t domid;   /* the guest asked for, or VALIDATE_ALL */
    uint32_t *guests; /* with a pair, or a half of one; ascending */
    size_t nguests;
};

/*
 * Read xenstore, or args->file, judge it, and find the guest that the operand
 * names. The trouble in out and nothing to free unless EXIT_DONE.
 */
MUST_USE enum exit_code snapshot_take(const struct args *args,
                                      struct snapshot *shot,
                                      struct outcome *out);
void snapshot_free(struct snapshot *shot);

/* Is this guest part of what was asked for? */
bool snapshot_wants(const struct snapshot *shot, uint32_t domid);

/* The findings about one path (NULL: all), as a JSON array. */
struct json_object *snapshot_faults_json(const struct snapshot *shot,
                                         const char *path);

#endif
