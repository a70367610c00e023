/* SPDX-License-Identifier: MIT */
/* Durations in order. Pure. */
#ifndef FRONT_TOOL_TIMING_H
#define FRONT_TOOL_TIMING_H

#include <stddef.h>
#include <stdint.h>

struct timing {
    uint64_t min_ns;
    uint64_t p50_ns;
    uint64_t p99_ns;
    uint64_t max_ns;
};

/* Of count durations, at least one, which it sorts; nearest rank. */
struct timing timing_of(uint64_t *took_ns, size_t count);

#endif
