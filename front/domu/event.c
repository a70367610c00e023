/* SPDX-License-Identifier: MIT */
/* Two-level event channels (xen/xen.h, struct shared_info). */
#include "event.h"

#include "cruntime.h"
#include "hypercall.h"
#include "print.h"

#define WAIT_MAX  8
#define WORD_BITS (8 * sizeof(xen_ulong_t))

static struct shared_info *info;

void event_init(struct shared_info *shared)
{
    info = shared;
    memset(info->evtchn_mask, 0xff, sizeof(info->evtchn_mask));
}

int event_open(domid_t domid, uint32_t *port)
{
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = domid };
    int ret = hypercall_event(EVTCHNOP_alloc_unbound, &op);

    if (ret == 0)
        *port = op.port;
    return ret;
}

void event_close(uint32_t port)
{
    struct evtchn_close op = { .port = port };

    (void)hypercall_event(EVTCHNOP_close, &op);
    /* The number may come back for something else. */
    (void)event_take(port);
}

void event_send(uint32_t port)
{
    struct evtchn_send op = { .port = port };

    (void)hypercall_event(EVTCHNOP_send, &op);
}

bool event_take(uint32_t port)
{
    xen_ulong_t bit = (xen_ulong_t)1 << port % WORD_BITS;
    size_t word = port / WORD_BITS;

    if (port == 0 || word >= sizeof(info->evtchn_pending) / sizeof(bit))
        return false;
    return (__atomic_fetch_and(&info->evtchn_pending[word], ~bit,
                               __ATOMIC_ACQ_REL) &
            bit) != 0;
}

void event_wait(const uint32_t *ports, size_t count, uint64_t deadline)
{
    evtchn_port_t list[WAIT_MAX];
    struct sched_poll op = { .timeout = deadline };

    if (count > WAIT_MAX)
        panic("event: %zu ports at a time", count);
    for (size_t i = 0; i < count; i++) {
        if (ports[i] != 0)
            list[op.nr_ports++] = ports[i];
    }
    set_xen_guest_handle(op.ports, list);
    (void)hypercall_sched(SCHEDOP_poll, &op);
}
