/* SPDX-License-Identifier: MIT */
/* The arithmetic is that of struct vcpu_time_info (xen/xen.h). */
#include "clock.h"

static const struct vcpu_time_info *source;
static uint64_t latest;

void clock_init(const struct shared_info *shared)
{
    source = &shared->vcpu_info[0].time;
}

/* The fence keeps the reading between the looks at the version. */
static uint64_t tsc_read(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("lfence\n\trdtsc\n\tlfence"
                     : "=a"(low), "=d"(high)
                     :
                     : "memory");
    return (uint64_t)high << 32 | low;
}

/* ticks * multiplier >> 32 without losing the upper half of the product. */
static uint64_t scale(uint64_t ticks, int8_t shift, uint32_t multiplier)
{
    if (shift >= 0)
        ticks <<= shift & 63;
    else
        ticks >>= -shift & 63;
    return (ticks >> 32) * multiplier +
           ((ticks & UINT32_MAX) * multiplier >> 32);
}

uint64_t clock_now(void)
{
    uint32_t version;
    uint64_t now;

    /*
     * Xen writes these on this processor, between two instructions of ours: a
     * second look is enough, and an odd version is never seen for long.
     */
    do {
        version = __atomic_load_n(&source->version, __ATOMIC_ACQUIRE);
        now = source->system_time + scale(tsc_read() - source->tsc_timestamp,
                                          source->tsc_shift,
                                          source->tsc_to_system_mul);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while ((version & 1) != 0 ||
             version != __atomic_load_n(&source->version, __ATOMIC_RELAXED));
    if (now > latest)
        latest = now;
    return latest;
}
