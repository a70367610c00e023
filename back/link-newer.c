/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests whose devices a newer xenpcid has recorded: they are that one's. */
#include <errno.h>
#include <stdlib.h>

#include "link.h"
#include "publish.h"
#include "state.h"

/* The domains whose devices a newer xenpcid has recorded. */
static uint16_t *newer;
static unsigned int nnewer;

void link_forget_newer(void)
{
    free(newer);
    newer = NULL;
    nnewer = 0;
}

void link_note_newer(struct sbdf sbdf)
{
    uint16_t domid, *grown;

    if (state_owner(sbdf, &domid) < 0)
        return;
    grown = realloc(newer, (nnewer + 1) * sizeof(*newer));
    if (!grown)
        return;
    newer = grown;
    newer[nnewer++] = domid;
}

bool link_newer_has_it(struct link *link)
{
    struct hyp_domain domain;
    enum xb_state state;
    bool found = false;
    unsigned int i;

    for (i = 0; i < nnewer && !found; i++)
        found = newer[i] == link->domid;
    /* Of a guest that is gone nothing is left to be careful with. */
    if (!found || link->self != XB_UNKNOWN ||
        publish_state(link->store, NULL, link->domid, &state) == -ENOENT ||
        (hyp_domain(link->hyp, link->domid, &domain) == 0 && !domain.exists))
        return false;
    if (!link->newer)
        link_report(link, NULL, -ENOTSUP,
                    "a newer xenpcid has given this guest a device, and this "
                    "one does not understand its record; start that one "
                    "again, or shut the guest down first");
    link->newer = true;
    return true;
}
