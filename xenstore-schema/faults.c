/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing list of findings. */
#include "faults.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void faults_fini(struct faults *faults)
{
    free(faults->list);
    *faults = (struct faults){ 0 };
}

static struct fault *slot(struct faults *faults)
{
    if (faults->count == faults->room) {
        size_t room = faults->room == 0 ? 16 : 2 * faults->room;
        struct fault *list = reallocarray(faults->list, room, sizeof(*list));

        if (list == NULL) {
            faults->error = -ENOMEM;
            return NULL;
        }
        faults->list = list;
        faults->room = room;
    }
    return &faults->list[faults->count++];
}

void faults_add(struct faults *faults, const struct fault_at *at,
                const char *fmt, ...)
{
    struct fault *fault = slot(faults);
    va_list args;

    if (fault == NULL)
        return;
    *fault = (struct fault){
        .kind = at->kind,
        .weight = at->weight,
        .domid = at->domid,
    };
    (void)snprintf(fault->path, sizeof(fault->path), "%s", at->path);
    va_start(args, fmt);
    (void)vsnprintf(fault->text, sizeof(fault->text), fmt, args);
    va_end(args);
}

size_t faults_grave(const struct faults *faults)
{
    size_t count = 0;

    for (size_t i = 0; i < faults->count; i++)
        count += faults->list[i].weight == FAULT_FAULT;
    return count;
}

const char *fault_kind_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        [FAULT_MISSING] = "missing",
        [FAULT_UNTIMELY] = "untimely",
        [FAULT_UNKNOWN] = "unknown",
        [FAULT_MALFORMED] = "malformed",
        [FAULT_MISMATCH] = "mismatch",
        [FAULT_COUNT] = "count",
        [FAULT_DUPLICATE] = "duplicate",
        [FAULT_STALE_BACKEND] = "stale-backend",
        [FAULT_DEAD_FRONTEND] = "dead-frontend",
        [FAULT_UNSERVED] = "unserved",
        [FAULT_CLAIM] = "claim",
        [FAULT_ERROR] = "error",
    };

    return kind < FAULT_KINDS ? names[kind] : "?";
}
