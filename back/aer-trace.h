/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's trace event ras:aer_event: which device reported which error, and
 * how grave. Read through a trace instance of our own, which nobody else's
 * tracing disturbs. Broker only.
 */
#ifndef BACK_AER_TRACE_H
#define BACK_AER_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"
#include "sbdf.h"

/* Where tracefs is, for tests. */
extern const char *aer_trace_root;

enum aer_severity {
    AER_SEVERITY_UNKNOWN,
    AER_SEVERITY_CORRECTED,
    AER_SEVERITY_NONFATAL,
    AER_SEVERITY_FATAL
};

#define AER_TRACE_TEXT 96

struct aer_traced {
    struct sbdf sbdf;
    enum aer_severity severity;
    char text[AER_TRACE_TEXT]; /* "Completion Timeout"; "" if it says none */
};

/* One line of the trace. False when it is not exactly such an event. */
MUST_USE bool aer_trace_parse(const char *line, struct aer_traced *out);

/*
 * Make the instance and turn on the event. A descriptor that is readable when
 * an event waits, or a negative errno: -ENOENT without tracefs or the event.
 */
MUST_USE int aer_trace_open(void);
void aer_trace_close(int fd);

/* Call each(arg, event) for all that wait now. */
void aer_trace_read(int fd,
                    void (*each)(void *arg, const struct aer_traced *traced),
                    void *arg);

#endif
