/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong in xenstore: a list of findings, each about one node. */
#ifndef XENSTORE_SCHEMA_FAULTS_H
#define XENSTORE_SCHEMA_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "schema.h"

enum fault_kind {
    FAULT_MISSING,       /* a node that must be there is not */
    FAULT_UNTIMELY,      /* a node that must not be there in this state */
    FAULT_UNKNOWN,       /* a node nobody knows */
    FAULT_MALFORMED,     /* a value that does not have its form */
    FAULT_MISMATCH,      /* two nodes that contradict each other */
    FAULT_COUNT,         /* num_devs or root_num against what is listed */
    FAULT_DUPLICATE,     /* one device given away twice */
    FAULT_STALE_BACKEND, /* a back directory whose guest or front is gone */
    FAULT_DEAD_FRONTEND, /* a front without a back, or that has closed */
    FAULT_UNSERVED,      /* nobody does what the toolstack asked for */
    FAULT_CLAIM,         /* who has a device, against where it is listed */
    FAULT_ERROR,         /* a backend reported an error */
    FAULT_KINDS
};

/* A notice is worth reading; only faults make a verdict. */
enum fault_weight {
    FAULT_NOTICE,
    FAULT_FAULT
};

#define FAULT_NO_DOMAIN UINT32_MAX

struct fault {
    enum fault_kind kind;
    enum fault_weight weight;
    uint32_t domid; /* the guest, or FAULT_NO_DOMAIN */
    char path[SCHEMA_PATH];
    char text[192]; /* a sentence without its stop */
};

/* Zeroed is empty. */
struct faults {
    struct fault *list;
    size_t count;
    size_t room;
    int error; /* -ENOMEM once something was lost */
};

void faults_fini(struct faults *faults);

/* Where a finding belongs. */
struct fault_at {
    enum fault_kind kind;
    enum fault_weight weight;
    uint32_t domid;
    const char *path;
};
void faults_add(struct faults *faults, const struct fault_at *at,
                const char *fmt, ...) PRINTF(3, 4);

/* How many findings have the weight FAULT_FAULT. */
size_t faults_grave(const struct faults *faults);

/* "missing", "stale-backend", ...: for scripts, so they never change. */
const char *fault_kind_name(enum fault_kind kind);

#endif
