/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After an upgrade the workers are still of the version before. They are replaced
 * one by one, each at a moment without a request, so that no guest waits longer
 * than the spare worker takes to map its page.
 */
#include <string.h>

#include "link.h"
#include "version.h"

#define NEXT_MS 300u

static struct loop_watch *next;

static bool is_ready(const struct link *link)
{
    return link->outdated && link->connected && link->running == XB_ACT_NONE;
}

static void replace_one(void *unused UNUSED)
{
    struct link *link = NULL;
    bool more = false;

    next = NULL;
    while ((link = link_next(link))) {
        more = more || (link->worker && link->outdated);
        if (!is_ready(link) || worker_retire(link->worker) < 0)
            continue;
        break;
    }
    if (more)
        next = loop_after(NEXT_MS, replace_one, NULL);
}

void link_upgrade(struct link *link, const char *version)
{
    link->outdated = strcmp(version, xenpci_version) != 0;
    if (!link->outdated)
        return;
    log_info("d%u: its worker is of version %s and is replaced", link->domid,
             version);
    if (!next)
        next = loop_after(NEXT_MS, replace_one, NULL);
}
