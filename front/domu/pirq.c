/* SPDX-License-Identifier: MIT */
/* Remembers which port is which pirq and what Xen wants at its end. */
#include "pirq.h"

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"
#include "event.h"
#include "hypercall.h"

#define PIRQS 64

struct bound {
    uint32_t port; /* 0: unused */
    uint32_t pirq;
    bool needs_eoi;
};

static struct bound table[PIRQS];

static struct bound *find(uint32_t port)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i].port == port)
            return &table[i];
    }
    return NULL;
}

int pirq_bind(uint32_t pirq, enum pirq_share share, uint32_t *port)
{
    struct evtchn_bind_pirq op = {
        .pirq = pirq,
        .flags = share == PIRQ_SHARED ? BIND_PIRQ__WILL_SHARE : 0,
    };
    struct physdev_irq_status_query query = { .irq = pirq };
    struct bound *bound = find(0);
    int ret;

    if (bound == NULL)
        return -XEN_ENOSPC;
    ret = hypercall_event(EVTCHNOP_bind_pirq, &op);
    if (ret != 0)
        return ret;
    bound->port = op.port;
    bound->pirq = pirq;
    /* An end of interrupt too many is harmless, one too few is not. */
    bound->needs_eoi =
        hypercall_physdev(PHYSDEVOP_irq_status_query, &query) != 0 ||
        (query.flags & XENIRQSTAT_needs_eoi) != 0;
    *port = op.port;
    return 0;
}

void pirq_unbind(uint32_t pirq, uint32_t port)
{
    struct bound *bound = port == 0 ? NULL : find(port);

    if (bound == NULL || bound->pirq != pirq)
        return;
    bound->port = 0;
    event_close(port);
}

void pirq_done(uint32_t port)
{
    struct bound *bound = port == 0 ? NULL : find(port);
    struct physdev_eoi op;

    if (bound == NULL || !bound->needs_eoi)
        return;
    op.irq = bound->pirq;
    (void)hypercall_physdev(PHYSDEVOP_eoi, &op);
}
