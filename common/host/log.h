/* SPDX-License-Identifier: MIT */
/*
 * Six log functions. One event, one line, no newline in the format, errno
 * preserved. Lines about a device start "d<domid> <sbdf>: ". Whatever a guest
 * can provoke goes through log_limited() with that guest's budget.
 */
#ifndef COMMON_HOST_LOG_H
#define COMMON_HOST_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

enum log_to {
    LOG_TO_STDERR,
    LOG_TO_SYSLOG
};

/* name precedes every line ("xenpcid", "xenpcid[d3]"); kept, not copied. */
void log_open(const char *name, enum log_to to, bool debug);

/* Every line from now on goes to fn instead, without the name; priority is
 * syslog(3)'s. */
typedef void log_fn(int priority, const char *line);
void log_through(log_fn *fn);

void log_debug(const char *fmt, ...) PRINTF(1, 2); /* a step */
void log_info(const char *fmt, ...) PRINTF(1, 2);  /* a state change */
void log_warn(const char *fmt, ...) PRINTF(1, 2);  /* refused; adds errno */
void log_warnx(const char *fmt, ...) PRINTF(1, 2); /* refused or degraded */
void fatal(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));
void fatalx(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

/* A budget: at most burst lines, refilled at one line per refill_s seconds. */
struct log_budget {
    uint64_t next_ns;
    unsigned int left;
    uint64_t suppressed; /* since the last line that got through */
};

/* log_warnx() if the budget allows; says how many lines were suppressed. */
void log_limited(struct log_budget *budget, const char *fmt, ...) PRINTF(2, 3);

/* The same for what is no complaint. */
void log_limited_info(struct log_budget *budget, const char *fmt, ...)
    PRINTF(2, 3);

#endif
