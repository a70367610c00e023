/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of one guest's bus: look, step, act, look again. */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-half.h"
#include "nodes.h"

/* More steps than this in one look is a table that goes in circles. */
#define STEPS_MAX 16

static struct link *links;

struct link *link_next(const struct link *link)
{
    return link ? link->next : links;
}

struct link *link_find(uint16_t domid)
{
    struct link *link;

    for (link = links; link; link = link->next)
        if (link->domid == domid)
            return link;
    return NULL;
}

struct link *link_get(struct hyp *hyp, struct store *store, uint16_t domid)
{
    struct link *link = link_find(domid);
    char path[STORE_PATH];

    if (link)
        return link;
    (void)snprintf(path, sizeof(path), XS_BACK_STATE, domid);
    /* Where nobody can say, a look will. */
    if (store_probe(store, NULL, path) == -ENOENT)
        return NULL;
    link = calloc(1, sizeof(*link));
    if (!link) {
        log_warnx("d%u: out of memory for a new guest", domid);
        return NULL;
    }
    link->hyp = hyp;
    link->store = store;
    link->domid = domid;
    link->running = XB_ACT_NONE;
    link->peer = link->peer_entry = XB_EV_PEER_UNKNOWN;
    link->next = links;
    links = link;
    link_listen_soon(link);
    return link;
}

static void link_free(struct link *link)
{
    struct link **p = &links;

    log_debug("d%u: gone", link->domid);
    while (*p != link)
        p = &(*p)->next;
    *p = link->next;
    link_unwatch_front(link);
    loop_cancel(link->look);
    loop_cancel(link->soon);
    loop_cancel(link->patience);
    recovery_stop(link);
    free(link);
}

static void patience_over(void *arg)
{
    struct link *link = arg;

    link->patience = NULL;
    link->mute = true;
    link_touch(link);
}

/*
 * How long a front has to answer. At 7 libxl is waiting too, for 10 s in all. At
 * 8 the front walks its whole bus with requests to us, and going on without it
 * would have the toolstack pull the directory from under that walk: a wait as
 * long as a slow walk, there only to end.
 */
#define PATIENCE_MS      5000u
#define PATIENCE_WALK_MS 60000u

static void enter(struct link *link, enum xb_state state)
{
    if (state == link->self)
        return;
    log_debug("d%u: %s -> %s", link->domid, xb_state_name(link->self),
              xb_state_name(state));
    link->self = state;
    link->peer_entry = link->peer;
    link->mute = false;
    loop_cancel(link->patience);
    link->patience = NULL;
    if (state == XB_RECONFIGURING)
        link->patience = loop_after(PATIENCE_MS, patience_over, link);
    else if (state == XB_RECONFIGURED)
        link->patience = loop_after(PATIENCE_WALK_MS, patience_over, link);
}

/*
 * State 1 is the toolstack's word for "look at this", and the kernel's backend
 * listens to it too: it is never ours to write.
 */
static void enter_and_write(struct link *link, enum xb_state state)
{
    enter(link, state);
    if (state != XB_INITIALISING)
        link_write_state(link, state);
}

void link_finish(struct link *link, int err)
{
    struct xb_step step;

    link->running = XB_ACT_NONE;
    if (err < 0) {
        step = xb_back_step(link->self, XB_EV_FAILED);
        enter_and_write(link, step.next);
        /* What the front wants has been tried, even where that left us in the
         * same state. */
        link->peer_entry = link->peer;
    } else {
        enter_and_write(link, link->target);
    }
    link_touch(link);
}

static void run(struct link *link, struct xb_step step)
{
    link->running = step.action;
    link->target = step.next;
    switch (step.action) {
    case XB_ACT_EXPORT:
    case XB_ACT_RECONFIGURE:
        link_act_devices(link);
        break;
    case XB_ACT_CONNECT:
        link_act_connect(link);
        break;
    case XB_ACT_DISCONNECT:
        link_act_disconnect(link);
        break;
    case XB_ACT_RELEASE:
        link_act_release(link);
        break;
    case XB_ACT_NONE:
    case XB_ACT_REPORT:
    case XB_ACT_UNSPECIFIED:
    case XB_ACT_PUBLISH:
    case XB_ACT_SCAN:
    case XB_ACT_UNPLUG:
    case XB_ACT_RESCAN:
    case XB_ACT_TEARDOWN:
        link_finish(link, 0);
        break;
    }
}

static bool is_step(const struct link *link, struct xb_step step)
{
    return step.action != XB_ACT_NONE || step.next != link->self;
}

/* The first event that the table does something about. */
static bool step_once(struct link *link)
{
    enum xb_event events[LINK_EVENTS];
    unsigned int n = link_events(link, events);
    unsigned int i;

    for (i = 0; i < n; i++) {
        struct xb_step step = xb_back_step(link->self, events[i]);

        if (!is_step(link, step))
            continue;
        log_debug("d%u: in %s, %s: %s", link->domid, xb_state_name(link->self),
                  xb_event_name(events[i]), xb_action_name(step.action));
        run(link, step);
        return true;
    }
    return false;
}

/*
 * If the kernel got there first, two backends would answer one guest. We keep
 * out and say what to do; the look repeats with every change of the directory.
 */
static bool kernel_has_it(struct link *link)
{
    bool owns = kernel_half_owns(link->domid);

    if (owns && !link->kernel_owned)
        link_report(link, NULL, -EBUSY,
                    "the kernel's xen-pciback answers this guest; shut the "
                    "guest down and start it again while xenpcid runs, or "
                    "stop xenpcid");
    link->kernel_owned = owns;
    return owns && link->self == XB_UNKNOWN;
}

static void steps(struct link *link)
{
    unsigned int n = 0;
    int ret = link_adopt(link);

    if (ret < 0) {
        link_look_again(link, ret);
        return;
    }
    while (link->running == XB_ACT_NONE && step_once(link)) {
        if (++n == STEPS_MAX) {
            log_limited(&link->budget, "d%u: no rest in state %s", link->domid,
                        xb_state_name(link->self));
            break;
        }
    }
}

static void look(void *arg)
{
    struct link *link = arg;
    uint64_t since = loop_now_us();

    link->look = NULL;
    if (kernel_has_it(link) || link_newer_has_it(link))
        return;
    if (link->unwritten)
        link_write_state(link, link->self);
    steps(link);
    link_spend(link, since);
    if (link->running != XB_ACT_NONE)
        return;
    if (link->self == XB_CLOSED && !link_has_devices(link))
        link_clear_dead(link);
    if (link->vanished && !link_has_devices(link) && !link->worker)
        link_free(link);
}

#define LATER_MS 250u

void link_look_later(struct link *link)
{
    if (!link->look)
        link->look = loop_after(LATER_MS, look, link);
}

void link_touch(struct link *link)
{
    if (!link->look && link->running == XB_ACT_NONE)
        link->look = loop_after(link_look_delay(link), look, link);
}
