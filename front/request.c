/* SPDX-License-Identifier: MIT */
/*
 * One operation over the shared page: post it, wait for the answer, copy it out.
 *
 * An operation without an answer keeps the slot (quarantine). Were the flag
 * cleared from here, as older fronts do, then
 * 1. A is given up after its time, B is posted;
 * 2. the backend, slow but alive, answers A: value and err land in B;
 * 3. it clears the flag: B is answered, with A's value.
 * So nothing is posted until the backend itself has cleared the flag, and what
 * it left on the page then is thrown away.
 */
#include "private.h"

/*
 * Written into err of each request; no backend answers this. One that clears
 * the flag without having written an answer is found out by it: NetBSD's does
 * so for a device that it does not know. Requests have no err of their own, and
 * Linux's, NetBSD's and our backend do not look at it.
 */
#define NO_ANSWER INT32_MIN

/* Wake-ups at one reading of the clock: more, and the clock has stopped. */
#define STANDSTILLS_MAX 1000u

void front_span_begin(struct pcifront *pf, struct front_span *span, uint64_t ns)
{
    span->last_ns = pf->os->now_ns(pf->ctx);
    span->left_ns = ns;
    span->nap_ns = 0;
    span->standstills = 0;
}

int front_span_wait(struct pcifront *pf, struct front_span *span, uint32_t port)
{
    const uint64_t now = pf->os->now_ns(pf->ctx);
    uint64_t most;
    int err;

    if (now > span->last_ns) {
        const uint64_t passed = now - span->last_ns;

        span->left_ns -= passed < span->left_ns ? passed : span->left_ns;
        span->standstills = 0;
    } else if (++span->standstills > STANDSTILLS_MAX) {
        span->left_ns = 0;
    }
    span->last_ns = now;
    if (span->left_ns == 0)
        return PCIFRONT_ERR_TIMEOUT;
    most = span->left_ns;
    if (span->nap_ns != 0 && span->nap_ns < most)
        most = span->nap_ns;
    err = pf->os->wait(pf->ctx, port,
                       most < UINT64_MAX - now ? now + most : UINT64_MAX);
    return err < 0 ? err : 0;
}

int front_delay(struct pcifront *pf, uint32_t ms)
{
    struct front_span span;
    int err;

    front_span_begin(pf, &span, (uint64_t)ms * FRONT_NS_PER_MS);
    do {
        pf->restless = true;
        err = front_span_wait(pf, &span, pf->port);
    } while (err == 0);
    return err == PCIFRONT_ERR_TIMEOUT ? 0 : err;
}

struct pci_op *front_op(struct pcifront *pf, enum pci_wire_cmd cmd,
                        struct pcifront_addr addr)
{
    pf->op = (struct pci_op){
        .cmd = cmd,
        .domain = addr.segment,
        .bus = addr.bus,
        .devfn = addr.devfn,
    };
    return &pf->op;
}

static int give_up(struct pcifront *pf, uint32_t cmd, int err)
{
    struct front_text t;

    pf->stalled = true;
    front_text_begin(&t, "no answer to ");
    front_text_add(&t, pci_wire_cmd_name(cmd));
    front_log(pf, PCIFRONT_LOG_WARN, &t);
    return err;
}

static int collect(struct pcifront *pf, uint32_t cmd, uint32_t timeout_ms)
{
    struct front_span span;
    int err;

    front_span_begin(pf, &span, (uint64_t)timeout_ms * FRONT_NS_PER_MS);
    while (!ring_collect(pf->page, &pf->op)) {
        /* The event we sleep for may be an AER request's as well. */
        pf->restless = true;
        err = front_span_wait(pf, &span, pf->port);
        if (err == 0)
            continue;
        /* It may have come without an event. */
        if (!ring_collect(pf->page, &pf->op))
            return give_up(pf, cmd, err);
        break;
    }
    return 0;
}

int front_request(struct pcifront *pf, uint32_t timeout_ms)
{
    const uint32_t cmd = pf->op.cmd;
    int err;

    if (!pf->online)
        return PCIFRONT_ERR_OFFLINE;
    if (!ring_idle(pf->page)) {
        pf->stalled = true;
        return PCIFRONT_ERR_STALLED;
    }
    pf->stalled = false;
    pf->op.err = NO_ANSWER;
    ring_post(pf->page, &pf->op);
    pf->os->notify(pf->ctx, pf->port);
    err = collect(pf, cmd, timeout_ms);
    if (err < 0)
        return err;
    pf->unanswered = pf->op.err == NO_ANSWER;
    return pf->unanswered ? PCIFRONT_ERR_PROTOCOL : 0;
}

int front_wire_err(int32_t err)
{
    switch (err) {
    case PCI_ERR_SUCCESS:
        return 0;
    case PCI_ERR_DEV_NOT_FOUND:
        return PCIFRONT_ERR_NODEV;
    case PCI_ERR_INVALID_OFFSET:
        return PCIFRONT_ERR_OFFSET;
    case PCI_ERR_ACCESS_DENIED:
        return PCIFRONT_ERR_DENIED;
    case PCI_ERR_NOT_IMPLEMENTED:
        return PCIFRONT_ERR_UNSUPPORTED;
    case PCI_ERR_OP_FAILED:
    default: /* some backends let their kernel's error numbers through */
        return PCIFRONT_ERR_FAILED;
    }
}

int front_call(struct pcifront *pf)
{
    int err = front_request(pf, pf->timeout_ms);

    return err < 0 ? err : front_wire_err(pf->op.err);
}
