/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When to spin, when to sleep, when to stop listening for a while. */
#include "pace.h"

#define SPIN_MAX_NS 2000000u /* more than any front's own turnaround */
#define SPIN_MIN_NS 50000u
#define TAKEN_NS    500000u /* no two looks are that far apart by themselves */
#define SHARE_NS    100000000u
#define FREE_IDLE   16u /* late events of a fast guest are normal */
#define IDLE_MAX_MS 64u /* far below the front's 2 s patience */

void pace_request(struct pace *pace, uint64_t now_ns)
{
    uint64_t gap = now_ns - pace->answered_ns;

    pace->idle_events = 0;
    if (pace->answered_ns == 0 || gap > SPIN_MAX_NS ||
        now_ns < pace->share_ns) {
        pace->spin_ns = 0;
        return;
    }
    /* Twice the gap just seen covers the jitter of a steady caller. */
    pace->spin_ns = 2 * gap;
    if (pace->spin_ns < SPIN_MIN_NS)
        pace->spin_ns = SPIN_MIN_NS;
    if (pace->spin_ns > SPIN_MAX_NS)
        pace->spin_ns = SPIN_MAX_NS;
}

void pace_answer(struct pace *pace, uint64_t now_ns)
{
    pace->answered_ns = pace->looked_ns = now_ns;
}

/*
 * Somebody else ran in between. A worker that spins on gets slices of the
 * processor and loses it for as long; one that sleeps is woken first.
 */
bool pace_spin(struct pace *pace, uint64_t now_ns)
{
    uint64_t away = now_ns - pace->looked_ns;

    pace->looked_ns = now_ns;
    if (pace->spin_ns != 0 && away > TAKEN_NS) {
        pace->share_ns = now_ns + SHARE_NS;
        pace->spin_ns = 0;
    }
    return now_ns - pace->answered_ns < pace->spin_ns;
}

void pace_missed(struct pace *pace)
{
    pace->spin_ns = 0;
}

uint32_t pace_idle_event(struct pace *pace)
{
    uint32_t ms = 1;
    unsigned int i;

    pace->idle_events++;
    if (pace->idle_events <= FREE_IDLE)
        return 0;
    for (i = FREE_IDLE + 1; i < pace->idle_events && ms < IDLE_MAX_MS; i++)
        ms *= 2;
    return ms;
}
