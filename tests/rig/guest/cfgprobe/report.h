/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report of probe.h, read back: the functions of one guest. */
#ifndef CFGPROBE_REPORT_H
#define CFGPROBE_REPORT_H

#include "probe.h"

#define REPORT_FUNCTIONS_MAX 16u
#define REPORT_NAME_MAX      32u

struct report_function {
    char name[REPORT_NAME_MAX];
    char bdf[REPORT_NAME_MAX];
    unsigned int bytes;
    bool done; /* the report is whole */
    struct probe_dword dwords[PROBE_DWORDS];
};

struct report {
    unsigned int count;
    struct report_function functions[REPORT_FUNCTIONS_MAX];
};

/*
 * Read path; lines that are no part of a report are skipped, as a console has
 * them. What makes no sense ends the process with status 2. Never freed.
 */
struct report *report_read(const char *path);

/* NULL if there is none of that name. */
const struct report_function *report_find(const struct report *report,
                                          const char *name);

/*
 * Where a dword belongs, as the function's own chains say: "header+0x04",
 * "msix+0x00", "ext-0003+0x04".
 */
struct report_place {
    char block[REPORT_NAME_MAX];
    unsigned int offset;
};
struct report_place report_place(const struct report_function *f,
                                 unsigned int offset);

#endif
