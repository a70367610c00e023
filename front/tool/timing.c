/* SPDX-License-Identifier: MIT */
/* See timing.h. */
#include "timing.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The smallest value that is not less than that share of all. */
static uint64_t percentile(const uint64_t *sorted, size_t count, size_t percent)
{
    size_t rank = (count * percent + 99) / 100;

    return sorted[rank > 0 ? rank - 1 : 0];
}

struct timing timing_of(uint64_t *took_ns, size_t count)
{
    qsort(took_ns, count, sizeof(*took_ns), by_value);
    return (struct timing){
        .min_ns = took_ns[0],
        .p50_ns = percentile(took_ns, count, 50),
        .p99_ns = percentile(took_ns, count, 99),
        .max_ns = took_ns[count - 1],
    };
}
