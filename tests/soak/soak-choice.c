/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who and what an operation is about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "claim.h"
#include "fake-store.h"
#include "nodes.h"
#include "pciregs.h"
#include "publish.h"
#include "soak-ops.h"

struct soak_guest *any_guest(guest_ok *ok)
{
    const uint32_t first = soak_random(SOAK_GUESTS);

    for (uint32_t i = 0; i < SOAK_GUESTS; i++) {
        struct soak_guest *g = &soak_guests[(first + i) % SOAK_GUESTS];

        if (ok(g))
            return g;
    }
    return NULL;
}

bool is_absent(const struct soak_guest *g)
{
    return g->domid == 0;
}

bool is_alive(const struct soak_guest *g)
{
    return g->domid != 0 && !g->dying;
}

bool is_not_booted(const struct soak_guest *g)
{
    return is_alive(g) && !g->w.pf && !g->rogue;
}

bool has_no_front(const struct soak_guest *g)
{
    return is_alive(g) && !g->w.pf;
}

bool is_booted(const struct soak_guest *g)
{
    return is_alive(g) && g->w.pf;
}

struct soak_device *any_device(bool listed)
{
    const uint32_t first = soak_random(SOAK_DEVICES);

    for (uint32_t i = 0; i < SOAK_DEVICES; i++) {
        struct soak_device *dev = &soak_devices[(first + i) % SOAK_DEVICES];

        if ((soak_lister(dev->sbdf) != NULL) == listed)
            return dev;
    }
    return NULL;
}

size_t listed_count(const struct soak_guest *g)
{
    struct publish_device *list = NULL;
    size_t n = 0;

    if (publish_list(soak_tool, g->domid, &list, &n) < 0)
        n = 0;
    free(list);
    return n;
}

void note(const struct soak_guest *g, const struct soak_device *dev)
{
    char name[SBDF_TEXT];

    soak_note("d%u %s", g->domid, dev ? sbdf_format(dev->sbdf, name) : "");
}
