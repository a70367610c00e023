/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-backend.h: the shared page, from the backend's end. */
#include <stdlib.h>
#include <string.h>

#include "fake-backend.h"

#define PAGE 4096u

static void ring_the_bell(struct fake_backend *be)
{
    if (fake_kernel_port_open(be->k, be->port))
        be->k->event = true;
}

/* What no decent backend does to the page, flags included. */
static uint32_t *flags_of(struct fake_backend *be)
{
    return (uint32_t *)(void *)be->page;
}

static void scribble(struct fake_backend *be)
{
    uint8_t *bytes = (uint8_t *)be->page;

    for (unsigned int i = 4; i < PAGE; i++)
        bytes[i] = (uint8_t)(i * 37 + be->requests);
}

static void give(struct fake_backend *be)
{
    bool given = true;

    switch (be->answer) {
    case FAKE_ANSWER_SCRIBBLE:
        scribble(be);
        (void)__atomic_fetch_and(flags_of(be), ~1u, __ATOMIC_RELEASE);
        break;
    case FAKE_ANSWER_FLAG:
        (void)__atomic_fetch_and(flags_of(be), ~1u, __ATOMIC_RELEASE);
        break;
    case FAKE_ANSWER_SILENT:
        (void)!ring_reply(be->page, &be->op);
        given = false;
        break;
    case FAKE_ANSWER_PROMPT:
    case FAKE_ANSWER_NORMAL:
    case FAKE_ANSWER_LATE:
    case FAKE_ANSWER_NEVER:
        given = ring_reply(be->page, &be->op);
        break;
    }
    be->taken = false;
    if (given)
        ring_the_bell(be);
}

void fake_backend_answer(struct fake_backend *be)
{
    if (!be->taken && !(be->page && ring_take(be->page, &be->op)))
        return;
    if (!be->taken) {
        be->requests++;
        fake_backend_run(be, &be->op);
        if (be->twist)
            be->twist(be, &be->op);
    }
    give(be);
}

/* Answers are computed when a request is seen, and given when it is time. */
void fake_backend_serve(struct fake_backend *be)
{
    if (!be->page)
        return;
    if (!be->taken) {
        if (!ring_take(be->page, &be->op))
            return;
        be->taken = true;
        be->requests++;
        be->due_ns = be->k->now_ns + be->delay_ns;
        fake_backend_run(be, &be->op);
        if (be->twist)
            be->twist(be, &be->op);
    }
    if (be->answer == FAKE_ANSWER_NEVER || !be->page)
        return;
    if (be->answer == FAKE_ANSWER_LATE && be->k->now_ns < be->due_ns) {
        be->k->alarm_ns = be->due_ns;
        return;
    }
    give(be);
}

void fake_backend_connect(struct fake_backend *be)
{
    const char *gref = fake_backend_front(be, "pci-op-ref");
    const char *port = fake_backend_front(be, "event-channel");

    if (strcmp(fake_backend_front(be, "magic"), PCI_WIRE_MAGIC) != 0)
        fake_kernel_die("the front's magic is not 7");
    be->port = (uint32_t)strtoul(port, NULL, 10);
    if (!fake_kernel_port_open(be->k, be->port))
        fake_kernel_die("the front published port \"%s\"", port);
    be->page = fake_kernel_map(be->k, (uint32_t)strtoul(gref, NULL, 10));
    if (!be->page)
        fake_kernel_die("the front published grant \"%s\"", gref);
}

void fake_backend_disconnect(struct fake_backend *be)
{
    if (be->page)
        fake_kernel_unmap(be->k, be->page);
    be->page = NULL;
    be->taken = false;
}

void fake_backend_aer(struct fake_backend *be, const struct pci_aer_op *aer)
{
    ring_aer_post(be->page, aer);
    ring_the_bell(be);
}

int fake_backend_aer_result(struct fake_backend *be)
{
    struct pci_aer_op aer;

    return be->page && ring_aer_collect(be->page, &aer) ? aer.err : -1;
}
