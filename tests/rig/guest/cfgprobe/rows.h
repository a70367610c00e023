/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reviewed list of intended differences: tab-separated
 *
 *	device  register  answers  bits  reason
 *
 * device is a pattern of names (fnmatch); register is "BLOCK+0xFROM",
 * "BLOCK+0xFROM-0xTO" (dwords, both included), "BLOCK+*" or "size"; BLOCK a
 * pattern of the names that report_place() makes; answers are words of a report
 * (probe_words) with commas between, or "*"; bits is a mask of the dword's bits
 * about which the two may disagree in those answers. "#" starts a comment.
 */
#ifndef CFGPROBE_ROWS_H
#define CFGPROBE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

#define ROWS_MAX 128u

struct row {
    unsigned int line;
    char device[REPORT_NAME_MAX];
    char block[REPORT_NAME_MAX];
    unsigned int from;
    unsigned int to;
    bool answers[PROBE_QUESTIONS];
    uint32_t bits;
    uint32_t used; /* bits that it has explained */
};

struct rows {
    unsigned int count;
    struct row rows[ROWS_MAX];
};

/* What makes no sense ends the process with status 2. Never freed. */
struct rows *rows_read(const char *path);

/* The bits of a difference that no row explains; marks the rows that do. */
uint32_t rows_explain(struct rows *rows, const char *device,
                      const struct report_place *place,
                      enum probe_question question, uint32_t bits);

/* Print rows with bits that explained nothing; how many there are. */
unsigned int rows_stale(const struct rows *rows);

#endif
