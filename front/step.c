/* SPDX-License-Identifier: MIT */
/*
 * One step: looks at the store, raises the events of the front's table
 * (xbstate.h), has the actions done and writes what follows from them.
 */
#include "private.h"

/* Changes of state in one step; there may be more in the next. */
#define MOVES_MAX 8u

/* ---- one at a time ---- */

bool front_enter(struct pcifront *pf)
{
    front_lock(pf);
    if (pf->stepping) {
        front_unlock(pf);
        return false;
    }
    pf->stepping = true;
    return true;
}

void front_leave(struct pcifront *pf)
{
    pf->stepping = false;
    front_unlock(pf);
}

/* ---- states ---- */

static void become(struct pcifront *pf, enum xb_state next)
{
    struct front_text t;

    if (next == pf->self)
        return;
    front_text_begin(&t, xb_state_name(pf->self));
    front_text_add(&t, " to ");
    front_text_add(&t, xb_state_name(next));
    front_log(pf, PCIFRONT_LOG_DEBUG, &t);
    pf->self = next;
    pf->peer_at_entry = pf->peer;
    pf->peer_moved = false;
}

/* A state that could not be written is tried again with each step. */
static int tell_state(struct pcifront *pf)
{
    int err;

    if (pf->self == XB_UNKNOWN || pf->written == pf->self)
        return 0;
    err = front_write_state(pf);
    if (err < 0)
        front_warn(pf, "our state cannot be written");
    return err;
}

static void say_failed(struct pcifront *pf, enum xb_action action, int err)
{
    struct front_text t;

    front_text_begin(&t, xb_action_name(action));
    front_text_add(&t, " failed: ");
    front_text_add(&t, pcifront_strerror(err));
    front_log(pf, PCIFRONT_LOG_WARN, &t);
}

int front_raise(struct pcifront *pf, enum xb_event event)
{
    struct xb_step step = xb_front_step(pf->self, event);
    int err = front_act(pf, step.action);
    int told;

    if (err < 0) {
        say_failed(pf, step.action, err);
        step = xb_front_step(pf->self, XB_EV_FAILED);
        (void)front_act(pf, step.action);
    }
    become(pf, step.next);
    told = tell_state(pf);
    return err < 0 ? err : told;
}

/* ---- a step ---- */

/* *event is XB_EV_COUNT if there is none. */
static int look_for_toolstack(struct pcifront *pf, enum xb_event *event)
{
    bool restarted = pf->self == XB_UNKNOWN;
    int err = 0;

    *event = XB_EV_COUNT;
    if (!restarted)
        err = front_look_self(pf, &restarted);
    if (err < 0 || !restarted || pf->closed)
        return err;
    err = front_locate(pf);
    if (err == PCIFRONT_ERR_NOENT)
        return 0;
    if (err == 0)
        *event = XB_EV_TOOL_RESTART;
    return err;
}

static int look(struct pcifront *pf, enum xb_event *event)
{
    int err = look_for_toolstack(pf, event);

    if (err < 0 || *event != XB_EV_COUNT || pf->back[0] == '\0')
        return err;
    err = front_look_peer(pf);
    if (err < 0)
        return err;
    if (pf->lingering && front_has_let_go(pf))
        front_page_end(pf);
    if (pf->closed && pf->self == XB_CLOSED)
        return 0;
    if (pf->peer_moved || !xb_front_needs_change(pf->self, pf->peer))
        *event = pf->peer;
    return 0;
}

static int look_and_act(struct pcifront *pf)
{
    enum xb_event event;
    int err = tell_state(pf);

    pf->restless = false;
    front_aer(pf);
    for (unsigned int i = 0; i < MOVES_MAX && err == 0; i++) {
        const enum xb_state before = pf->self;

        err = look(pf, &event);
        if (err < 0 || event == XB_EV_COUNT)
            return err;
        err = front_raise(pf, event);
        if (pf->self == before)
            return err;
    }
    pf->restless = true;
    return err;
}

int pcifront_step(struct pcifront *pf)
{
    int err;

    if (!front_enter(pf))
        return PCIFRONT_ERR_BUSY;
    err = look_and_act(pf);
    front_leave(pf);
    return err;
}
