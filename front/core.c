/* SPDX-License-Identifier: MIT */
/* The life of an instance, and sleep until something happens to it. */
#include "nodes.h"

#include "private.h"

#define TIMEOUT_MS 2000u
/* With a lock, the longest sleep: others get their turn that often. */
#define NAP_MS 100u
/* Sleeps that end at once without time passing; see front_span_wait(). */
#define ROUND_STANDSTILLS 10u

void front_lock(struct pcifront *pf)
{
    if (pf->os->lock != NULL)
        pf->os->lock(pf->ctx);
}

void front_unlock(struct pcifront *pf)
{
    if (pf->os->unlock != NULL)
        pf->os->unlock(pf->ctx);
}

/* ---- create and destroy ---- */

static bool hooks_ok(const struct pcifront_os *os)
{
    return os->alloc != NULL && os->free != NULL && os->share_page != NULL &&
           os->unshare_page != NULL && os->open_port != NULL &&
           os->close_port != NULL && os->notify != NULL && os->wait != NULL &&
           os->now_ns != NULL && os->xs_read != NULL && os->xs_write != NULL &&
           os->xs_watch != NULL && os->xs_unwatch != NULL && os->log != NULL &&
           (os->lock == NULL) == (os->unlock == NULL);
}

static bool os_ok(const struct pcifront_os *os)
{
    /* A later header of the same ABI may have more hooks at the end. */
    return os != NULL && os->abi == PCIFRONT_OS_ABI &&
           os->size >= sizeof(*os) && hooks_ok(os);
}

int pcifront_create(const struct pcifront_os *os, void *ctx,
                    const struct pcifront_options *options,
                    struct pcifront **out)
{
    static const struct pcifront_options defaults = { 0 };
    /* Relative to the domain's own directory, as its domid is not known. */
    const char *node = &XS_FRONT_DIR[sizeof(XS_DOMAIN_DIR)];
    struct pcifront *pf;

    if (options == NULL)
        options = &defaults;
    if (options->node != NULL)
        node = options->node;
    if (!os_ok(os) || out == NULL || !front_directory_ok(node))
        return PCIFRONT_ERR_INVALID;
    pf = os->alloc(ctx, sizeof(*pf));
    if (pf == NULL)
        return PCIFRONT_ERR_NOMEM;
    *pf = (struct pcifront){
        .os = os,
        .ctx = ctx,
        .client = options->client,
        .arg = options->arg,
        .timeout_ms =
            options->timeout_ms != 0 ? options->timeout_ms : TIMEOUT_MS,
        .peer = XB_EV_COUNT,
        .peer_at_entry = XB_EV_COUNT,
    };
    for (size_t i = 0; node[i] != '\0'; i++)
        pf->front[i] = node[i];
    *out = pf;
    return 0;
}

/* Devices stop while the backend still answers for them. */
static void begin_close(struct pcifront *pf)
{
    pf->closed = true;
    pf->acting = XB_ACT_TEARDOWN;
    if (pf->online)
        front_devices_drop_all(pf, PCIFRONT_UNPLUG);
    pf->acting = XB_ACT_UNSPECIFIED;
    pf->online = false;
    if (pf->self == XB_UNKNOWN) {
        /* Nobody was told that we were there. */
        pf->self = XB_CLOSED;
        pf->written = XB_CLOSED;
    }
    (void)front_raise(pf, XB_EV_TOOL_CLOSE);
}

void pcifront_destroy(struct pcifront *pf)
{
    if (pf == NULL)
        return;
    if (!front_enter(pf)) {
        front_warn(pf, "destroyed from within a callback; not done");
        return;
    }
    begin_close(pf);
    (void)front_raise(pf, XB_EV_PEER_MUTE);
    front_page_end(pf);
    front_forget_watches(pf);
    front_leave(pf);
    pf->os->free(pf->ctx, pf, sizeof(*pf));
}

/* ---- sleep ---- */

static void begin_span(struct pcifront *pf, struct front_span *span,
                       uint32_t ms)
{
    front_lock(pf);
    front_span_begin(pf, span, (uint64_t)ms * FRONT_NS_PER_MS);
    front_unlock(pf);
}

/*
 * Sleep until woken or the span is over, which is PCIFRONT_ERR_TIMEOUT. The
 * wait hook wants the lock, so with one it is a nap, for others to have their
 * turn. Whoever is back looks at everything, reason or not: whether a nap was
 * ended or slept out cannot be told by the clock, for we may be late to look.
 */
static int sleep_a_while(struct pcifront *pf, struct front_span *span)
{
    int err;

    front_lock(pf);
    span->nap_ns = 0;
    if (pf->os->lock != NULL)
        span->nap_ns = (uint64_t)NAP_MS * FRONT_NS_PER_MS;
    if (pf->restless)
        span->nap_ns = 1;
    pf->restless = false;
    err = front_span_wait(pf, span, pf->port);
    front_unlock(pf);
    return err;
}

int pcifront_wait(struct pcifront *pf, uint32_t timeout_ms)
{
    struct front_span span;
    int err;

    begin_span(pf, &span, timeout_ms);
    err = sleep_a_while(pf, &span);
    return err == PCIFRONT_ERR_TIMEOUT ? 0 : err;
}

/* ---- connect, close, restart ---- */

/* While devices go the pair is on its way to another state. */
static enum xb_state self_of(struct pcifront *pf)
{
    enum xb_state self;

    front_lock(pf);
    self = pf->self;
    if (pf->acting == XB_ACT_UNPLUG)
        self = XB_RECONFIGURING;
    if (pf->acting == XB_ACT_TEARDOWN)
        self = XB_CLOSING;
    front_unlock(pf);
    return self;
}

int pcifront_connect(struct pcifront *pf, uint32_t timeout_ms)
{
    struct front_span span;
    int err;

    begin_span(pf, &span, timeout_ms);
    for (;;) {
        enum xb_state self;

        err = pcifront_step(pf);
        if (err < 0)
            return err;
        self = self_of(pf);
        if (self == XB_CONNECTED)
            return 0;
        if (self == XB_CLOSED || self == XB_UNKNOWN)
            return PCIFRONT_ERR_OFFLINE;
        span.standstills += ROUND_STANDSTILLS;
        err = sleep_a_while(pf, &span);
        if (err < 0)
            return err;
    }
}

/* Also after our 6: a backend still at 5 would be taken for one that closes. */
static bool has_let_go(struct pcifront *pf)
{
    bool done;

    front_lock(pf);
    done = pf->self == XB_CLOSED && pf->peer != XB_EV_PEER_CLOSING;
    front_unlock(pf);
    return done;
}

static int wait_for_end(struct pcifront *pf, uint32_t timeout_ms)
{
    struct front_span span;
    int err = 0;

    begin_span(pf, &span, timeout_ms);
    while (err == 0) {
        /* What fails in a step is tried again, or ends with the time. */
        (void)pcifront_step(pf);
        if (has_let_go(pf))
            return 0;
        span.standstills += ROUND_STANDSTILLS;
        err = sleep_a_while(pf, &span);
    }
    return err;
}

int pcifront_close(struct pcifront *pf, uint32_t timeout_ms)
{
    bool shared;
    int err = 0;

    if (!front_enter(pf))
        return PCIFRONT_ERR_BUSY;
    begin_close(pf);
    shared = pf->page != NULL || pf->self == XB_CLOSING;
    front_leave(pf);
    if (!shared)
        return 0;
    err = wait_for_end(pf, timeout_ms);
    if (err == 0)
        return 0;
    if (!front_enter(pf))
        return PCIFRONT_ERR_BUSY;
    /* All but the backend's last word is ours already. */
    if (pf->self == XB_CLOSED && pf->page == NULL)
        err = 0;
    (void)front_raise(pf, XB_EV_PEER_MUTE);
    front_page_end(pf);
    front_leave(pf);
    return err;
}

int pcifront_restart(struct pcifront *pf)
{
    int err;

    if (!front_enter(pf))
        return PCIFRONT_ERR_BUSY;
    if (pf->self != XB_CLOSED) {
        front_leave(pf);
        return PCIFRONT_ERR_INVALID;
    }
    err = front_locate(pf);
    if (err == 0) {
        pf->closed = false;
        front_page_end(pf);
        err = front_raise(pf, XB_EV_TOOL_RESTART);
    }
    front_leave(pf);
    return err == PCIFRONT_ERR_NOENT ? PCIFRONT_ERR_OFFLINE : err;
}

enum pcifront_state pcifront_state(struct pcifront *pf)
{
    switch (self_of(pf)) {
    case XB_CONNECTED:
        return PCIFRONT_CONNECTED;
    case XB_RECONFIGURING:
    case XB_RECONFIGURED:
        return PCIFRONT_RECONFIGURING;
    case XB_CLOSING:
        return PCIFRONT_CLOSING;
    case XB_CLOSED:
        return PCIFRONT_CLOSED;
    case XB_UNKNOWN:
    case XB_INITIALISING:
    case XB_INITWAIT:
    case XB_INITIALISED:
    default:
        return PCIFRONT_CONNECTING;
    }
}
