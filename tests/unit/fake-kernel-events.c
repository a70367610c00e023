/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-kernel.h: ports, interrupts, the clock, and sleep. */
#include <stdio.h>

#include "fake-kernel.h"
#include "store.h"

#define MS     1000000u
#define MOMENT 20000u

static uint32_t port_new(struct fake_kernel *k)
{
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++) {
        if (k->ports[i] == 0) {
            k->ports[i] = k->next_port++;
            return k->ports[i];
        }
    }
    fake_kernel_die("too many ports");
}

bool fake_kernel_port_open(const struct fake_kernel *k, uint32_t port)
{
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        if (port != 0 && k->ports[i] == port)
            return true;
    return false;
}

static void port_drop(struct fake_kernel *k, uint32_t port)
{
    if (!fake_kernel_port_open(k, port))
        fake_kernel_die("port %u is not open", port);
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        if (k->ports[i] == port)
            k->ports[i] = 0;
}

static int hook_open_port(void *ctx, uint16_t domid UNUSED, uint32_t *port)
{
    struct fake_kernel *k = ctx;

    if (!fake_kernel_may(k, "open_port"))
        return PCIFRONT_ERR_OS;
    *port = port_new(k);
    return 0;
}

static void hook_close_port(void *ctx, uint32_t port)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "close_port");
    port_drop(k, port);
    k->event = false;
}

static int hook_bind_pirq(void *ctx, uint32_t pirq, enum pcifront_share share,
                          uint32_t *port)
{
    struct fake_kernel *k = ctx;

    if (!fake_kernel_may(k, "bind_pirq"))
        return PCIFRONT_ERR_OS;
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++) {
        struct fake_pirq *p = &k->pirqs[i];

        if (p->port != 0)
            continue;
        p->pirq = pirq;
        p->share = share;
        p->port = *port = port_new(k);
        return 0;
    }
    fake_kernel_die("too many pirqs");
}

static void hook_unbind_pirq(void *ctx, uint32_t pirq, uint32_t port)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "unbind_pirq");
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++) {
        struct fake_pirq *p = &k->pirqs[i];

        if (port == 0 || p->port != port)
            continue;
        if (p->pirq != pirq)
            fake_kernel_die("unbind of another pirq");
        p->port = 0;
        port_drop(k, port);
        return;
    }
    fake_kernel_die("unbind of a pirq that is not bound");
}

unsigned int fake_kernel_ports(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        n += k->ports[i] != 0;
    return n;
}

static void hook_notify(void *ctx, uint32_t port)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "notify");
    if (!fake_kernel_port_open(k, port))
        fake_kernel_die("notify of port %u, which is not open", port);
    k->notified++;
    if (k->peer.notify)
        k->peer.notify(k->peer.arg);
}

static uint64_t hook_now_ns(void *ctx)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "now_ns");
    return k->clock_stuck ? 1000000000 : k->now_ns;
}

/*
 * Has anything come since the last wait? Then it is taken. That takes a moment,
 * or a peer that always has something to say would make time stand still.
 */
static bool take_events(struct fake_kernel *k)
{
    char path[STORE_PATH], token[STORE_PATH];
    bool any = k->event;

    k->event = false;
    while (store_event(k->store, path, token))
        any = true;
    if (any)
        k->now_ns += MOMENT;
    if (k->flood) {
        k->now_ns += MS;
        any = true;
    }
    return any;
}

static void sleep_until(struct fake_kernel *k, uint64_t deadline_ns)
{
    uint64_t until = deadline_ns;

    if (k->alarm_ns > k->now_ns && k->alarm_ns < until)
        until = k->alarm_ns;
    if (k->alarm_ns <= until)
        k->alarm_ns = 0;
    k->now_ns = until;
}

static int hook_wait(void *ctx, uint32_t port, uint64_t deadline_ns)
{
    struct fake_kernel *k = ctx;

    if (k->os.lock && k->locked != 1)
        fake_kernel_die("wait without the lock");
    if (port != 0 && !fake_kernel_port_open(k, port))
        fake_kernel_die("wait for port %u, which is not open", port);
    if (!fake_kernel_may(k, "wait"))
        return PCIFRONT_ERR_OS;
    k->waits++;
    for (;;) {
        if (k->peer.turn)
            k->peer.turn(k->peer.arg);
        if (take_events(k) || k->now_ns >= deadline_ns)
            return 0;
        sleep_until(k, deadline_ns);
    }
}

void fake_kernel_event_hooks(struct pcifront_os *os)
{
    os->open_port = hook_open_port;
    os->close_port = hook_close_port;
    os->notify = hook_notify;
    os->wait = hook_wait;
    os->now_ns = hook_now_ns;
    os->bind_pirq = hook_bind_pirq;
    os->unbind_pirq = hook_unbind_pirq;
}
