/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often a guest's worker may die, and how often of the guest. */
#include "link.h"

/* A worker that dies is replaced, without an end to it: DEATHS times at once,
 * then every DEATH_MS. */
#define DEATHS   10u
#define DEATH_MS 1000u

/* So many in a row that die of the first request they find end the link. */
#define UNSETTLED_MAX 6u

uint32_t link_next_worker_ms(struct link *link)
{
    uint64_t earned = (loop_now_ms() - link->deaths_since) / DEATH_MS;

    link->deaths_since += earned * DEATH_MS;
    link->deaths =
        earned >= link->deaths ? 0 : link->deaths - (unsigned int)earned;
    if (link->deaths >= DEATHS)
        return DEATH_MS;
    link->deaths++;
    return 0;
}

bool link_keeps_dying(struct link *link)
{
    if (link->settled)
        return false;
    return ++link->unsettled >= UNSETTLED_MAX;
}
