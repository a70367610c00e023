/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the store and Xen say about a guest now, as events. Reads only, but for
 * a word about damage. The front's value is the guest's claim and is parsed
 * once; the directory is the toolstack's, but other toolstacks than ours write
 * it too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "link.h"
#include "nodes.h"
#include "publish.h"

/* What was found in one look. */
struct view {
    enum xb_state tool; /* the value of our own state node */
    bool damaged;       /* it is no state at all */
    int list_err;       /* why the list of devices could not be read */
    int trouble;        /* why nothing is known: -errno of the store, of Xen */
    bool online;
    bool wanted;   /* a listed device waits for us */
    bool unlisted; /* a held device has been taken off the list */
    bool removal;  /* ... is asked back */
    bool forced;   /* ... and somebody said not to wait for the guest */
    struct hyp_domain domain;
};

bool link_owns(const struct link *link, const struct device *dev)
{
    return dev->domid == link->domid;
}

bool link_has_devices(const struct link *link)
{
    struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (link_owns(link, dev))
            return true;
    return false;
}

static bool is_forced(struct link *link, struct sbdf sbdf)
{
    char dashed[SBDF_TEXT], path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE,
                   sbdf_format_dashed(sbdf, dashed));
    /* xl has taken the device away already; waiting protects nobody. */
    return store_exists(link->store, NULL, path) ||
           !claim_is_ours(link->store, sbdf, link->domid);
}

bool link_is_trouble(int ret)
{
    return ret < 0 && ret != -ENOENT && ret != -EINVAL && ret != -ENAMETOOLONG;
}

void link_look_again(struct link *link, int err)
{
    log_limited(&link->budget,
                "d%u: cannot look at the guest: %s; trying again", link->domid,
                strerror(-err));
    link_look_later(link);
}

static void note_trouble(struct view *view, int ret)
{
    if (link_is_trouble(ret))
        view->trouble = ret;
}

static void look_at_list(struct link *link, struct view *view)
{
    struct publish_device *list = NULL;
    size_t n = 0, i;

    view->list_err = publish_list(link->store, link->domid, &list, &n);
    note_trouble(view, view->list_err);
    if (view->list_err < 0)
        return;
    for (i = 0; i < n; i++) {
        const struct device *dev = device_by_sbdf(list[i].dev);
        bool held = dev && link_owns(link, dev);

        if (list[i].state == XB_CLOSING) {
            view->removal = true;
            view->forced = view->forced || is_forced(link, list[i].dev);
        } else if (held ? link_is_anew(dev, &list[i])
                        : list[i].state != XB_CLOSED) {
            view->wanted = true;
        }
    }
    view->unlisted = link_has_unlisted(link, list, n);
    free(list);
}

static void look_at_front(struct link *link, struct view *view)
{
    char path[STORE_PATH], text[16];
    int ret;

    (void)snprintf(path, sizeof(path), XS_FRONT_STATE, link->domid);
    ret = store_read_buf(link->store, NULL, path, text, sizeof(text));
    note_trouble(view, ret);
    if (view->trouble < 0)
        return;
    if (ret == 0)
        link->peer = xb_peer_event(text);
    else
        link->peer =
            ret == -ENAMETOOLONG ? XB_EV_PEER_GARBAGE : XB_EV_PEER_UNKNOWN;
}

/* Other toolstacks' damage is explained once, until it is mended. */
static void judge(struct link *link, const struct view *view)
{
    const char *text = NULL;

    if (view->damaged)
        text = "the state node of the backend directory holds no state";
    else if (view->list_err == -EINVAL)
        text = "num_devs of the backend directory is missing or no number";
    else if (link->self != XB_CONNECTED && link_unreadable(link) > 0)
        text = "a device is listed without a readable address (dev-N)";
    if (text && !link->damaged)
        link_report(link, NULL, -EINVAL, text);
    link->damaged = text != NULL;
}

/* False when the directory is gone. */
static bool take_view(struct link *link, struct view *view)
{
    char path[STORE_PATH];
    uint32_t online;
    int ret;

    /* First the front, which follows the toolstack: what it answers to, the
     * directory says by now. */
    look_at_front(link, view);
    ret = publish_state(link->store, NULL, link->domid, &view->tool);
    link->vanished = ret == -ENOENT;
    if (link->vanished)
        return false;
    note_trouble(view, ret);
    view->damaged = ret < 0;
    (void)snprintf(path, sizeof(path), XS_BACK_ONLINE, link->domid);
    ret = store_read_uint(link->store, NULL, path, &online);
    note_trouble(view, ret);
    view->online = ret < 0 || online != 0;
    look_at_list(link, view);
    if (view->trouble < 0)
        return true;
    judge(link, view);
    /* No news is no death, but a death is told only once. */
    ret = hyp_domain(link->hyp, link->domid, &view->domain);
    if (ret < 0)
        view->trouble = ret;
    return true;
}

/* Has somebody written over the state we wrote? */
static bool tool_event(const struct link *link, const struct view *view,
                       enum xb_event *ev)
{
    enum xb_state tool = view->damaged ? XB_UNKNOWN : view->tool;

    if (link->self == XB_UNKNOWN) {
        *ev = tool == XB_INITIALISING || tool == XB_INITWAIT
                  ? XB_EV_TOOL_RESTART
                  : XB_EV_TOOL_CLOSE;
        return true;
    }
    /* Listed in 3, when no change has to be asked for, and we went on to 4; or
     * taken off the list by somebody who does not wait for us any more. */
    if (tool == link->self && link->self == XB_CONNECTED &&
        (view->wanted || view->unlisted)) {
        *ev = XB_EV_TOOL_RECONFIGURE;
        return true;
    }
    if (tool == link->self)
        return false;
    if ((tool == XB_INITIALISING || tool == XB_INITWAIT) &&
        link->self > XB_INITWAIT) {
        *ev = XB_EV_TOOL_RESTART;
        return true;
    }
    if (tool == XB_RECONFIGURING) {
        *ev = XB_EV_TOOL_RECONFIGURE;
        return true;
    }
    if (tool == XB_CLOSING) {
        *ev = XB_EV_TOOL_CLOSE;
        return true;
    }
    return false;
}

/* A guest that has shut down or crashed will never write its state again, and
 * what it wrote last says nothing any more. */
static bool dead_event(const struct link *link, enum xb_event *ev)
{
    if (link->self == XB_CONNECTED && !link->worker)
        return false;
    *ev = link->self < XB_CONNECTED ||
                  (link->self == XB_CONNECTED && link->worker)
              ? XB_EV_PEER_CLOSED
              : XB_EV_PEER_MUTE;
    return true;
}

/* What remains of a closed pair is the directory, and that is the toolstack's. */
static bool is_over(const struct link *link)
{
    return link->self == XB_CLOSED && !link_has_devices(link) && !link->worker;
}

static bool peer_event(const struct link *link, const struct view *view,
                       enum xb_event *ev)
{
    *ev = link->peer;
    if (link->peer == XB_EV_PEER_UNKNOWN && is_over(link))
        return false;
    if (!xb_back_needs_change(link->self, link->peer))
        return true;
    /* A device that was listed while another one failed is no old story. */
    return view->online && (link->peer != link->peer_entry ||
                            (link->self == XB_CLOSING && view->wanted));
}

/* Does the change under way have to do without the front's answer? */
static bool is_mute(const struct link *link, const struct view *view)
{
    if (link->self == XB_RECONFIGURING)
        return (view->unlisted || (view->removal && view->forced)) &&
               link->mute;
    return link->self == XB_RECONFIGURED && link->mute;
}

unsigned int link_events(struct link *link, enum xb_event ev[LINK_EVENTS])
{
    struct view view = { 0 };
    unsigned int n = 0;
    bool there = take_view(link, &view);

    /* A guest that cannot be looked at has not gone away. */
    if (view.trouble < 0) {
        link_look_again(link, view.trouble);
        return 0;
    }
    if (!there || !view.domain.exists || view.domain.dying) {
        if (link->self == XB_UNKNOWN)
            ev[n++] = XB_EV_TOOL_CLOSE; /* left over from before our time */
        else if (!is_over(link))
            ev[n++] = XB_EV_PEER_UNKNOWN;
        return n;
    }
    if (link->captured)
        ev[n++] = XB_EV_CAPTURED;
    if (tool_event(link, &view, &ev[n]))
        n++;
    if (!view.online && link->self == XB_CLOSED && link_has_devices(link))
        ev[n++] = XB_EV_TOOL_CLOSE;
    /* In 2 with devices in hand: a front that connects again. */
    if (link->self == XB_INITIALISING || view.wanted ||
        (link->self == XB_INITWAIT && (view.removal || link_has_devices(link))))
        ev[n++] = XB_EV_TOOL_LISTED;
    if (is_mute(link, &view))
        ev[n++] = XB_EV_PEER_MUTE;
    if (view.domain.shutdown ? dead_event(link, &ev[n])
                             : peer_event(link, &view, &ev[n]))
        n++;
    return n;
}
