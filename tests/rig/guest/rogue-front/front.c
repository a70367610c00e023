/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The front itself: page, port, requests. Its part of the store is in store.c. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "front-private.h"

#define BACK_DOMID 0u
#define POLL_MS    10u
#define SPIN_MS    3u /* as the kernel's front does, but not for ever */

static void open_page(struct front *front)
{
    void *page;

    front->gntshr = xengntshr_open(NULL, 0);
    if (!front->gntshr)
        broken("/dev/xen/gntalloc: %s", strerror(errno));
    page = xengntshr_share_pages(front->gntshr, BACK_DOMID, 1, &front->gref, 1);
    if (!page)
        broken("no page to share: %s", strerror(errno));
    front->page = page;
    front->words = page;
    ring_init(front->page, false);
}

static void open_port(struct front *front)
{
    xenevtchn_port_or_error_t port;

    front->evtchn = xenevtchn_open(NULL, 0);
    if (!front->evtchn)
        broken("/dev/xen/evtchn: %s", strerror(errno));
    port = xenevtchn_bind_unbound_port(front->evtchn, BACK_DOMID);
    if (port < 0)
        broken("no event channel: %s", strerror(errno));
    front->port = (evtchn_port_t)port;
}

static void close_channel(struct front *front)
{
    (void)xenevtchn_close(front->evtchn);
    (void)xengntshr_unshare(front->gntshr, front->page, 1);
    (void)xengntshr_close(front->gntshr);
}

struct front *front_open(void)
{
    struct front *front = calloc(1, sizeof(*front));
    unsigned int len;

    if (!front)
        broken("out of memory");
    front->store = xs_open(0);
    if (!front->store)
        broken("no xenstore: %s", strerror(errno));
    front->back = xs_read(front->store, XBT_NULL, FRONT_DIR "/backend", &len);
    if (!front->back)
        broken("this guest has no " FRONT_DIR);
    open_page(front);
    open_port(front);
    return front;
}

void front_close(struct front *front)
{
    close_channel(front);
    xs_close(front->store);
    free(front->back);
    free(front);
}

void front_renew(struct front *front)
{
    close_channel(front);
    open_page(front);
    open_port(front);
}

uint32_t front_gref(const struct front *front)
{
    return front->gref;
}

uint32_t front_stale_gref(struct front *front)
{
    uint32_t gref;
    void *page = xengntshr_share_pages(front->gntshr, BACK_DOMID, 1, &gref, 1);

    if (!page)
        broken("no page to share: %s", strerror(errno));
    (void)xengntshr_unshare(front->gntshr, page, 1);
    return gref;
}

uint32_t front_port(const struct front *front)
{
    return front->port;
}

bool front_restart(struct front *front)
{
    /* Whatever an earlier life of ours had under way ends here. */
    front_say_state(front, "6");
    if (!front_back_waits(front, STATE(CLOSED)))
        return false;
    front_say_state(front, "1");
    return front_back_waits(front, STATE(INITIALISED));
}

bool front_connect(struct front *front)
{
    if (!front_restart(front)) {
        wrong("the back does not start over; it is at %u",
              (unsigned int)front_back_state(front));
        return false;
    }
    ring_init(front->page, false);
    front_write_real_nodes(front);
    front_say_state(front, "3");
    if (!front_back_waits(front, STATE(CONNECTED))) {
        wrong("the back does not connect; it is at %u",
              (unsigned int)front_back_state(front));
        return false;
    }
    front_say_state(front, "4");
    return true;
}

bool front_leave(struct front *front)
{
    front_say_state(front, "5");
    if (front_back_waits(front, STATE(CLOSING) | STATE(CLOSED))) {
        front_say_state(front, "6");
        if (front_back_waits(front, STATE(CLOSED)))
            return true;
    }
    wrong("the back does not close; it is at %u",
          (unsigned int)front_back_state(front));
    return false;
}

void front_notify(struct front *front)
{
    (void)xenevtchn_notify(front->evtchn, front->port);
}

void front_post(struct front *front, const struct pci_op *op)
{
    ring_post(front->page, op);
    front_notify(front);
}

bool front_wait_event(struct front *front, unsigned int ms)
{
    struct pollfd fd = { .fd = xenevtchn_fd(front->evtchn), .events = POLLIN };
    xenevtchn_port_or_error_t port;

    if (poll(&fd, 1, (int)ms) <= 0)
        return false;
    port = xenevtchn_pending(front->evtchn);
    if (port >= 0)
        (void)xenevtchn_unmask(front->evtchn, (evtchn_port_t)port);
    return port >= 0;
}

bool front_answered(struct front *front, struct pci_op *op)
{
    return ring_collect(front->page, op);
}

bool front_collect(struct front *front, struct pci_op *op)
{
    uint64_t begun = now_ms();

    while (!ring_collect(front->page, op)) {
        uint64_t now = now_ms();

        if (now >= begun + ANSWER_MS) {
            front_give_up(front);
            return false;
        }
        if (now < begun + SPIN_MS)
            continue;
        /* Events only end the wait early; the flag alone tells. */
        (void)front_wait_event(front, POLL_MS);
    }
    return true;
}

bool front_ask(struct front *front, struct pci_op *op)
{
    front_post(front, op);
    return front_collect(front, op);
}

void front_poke(struct front *front, enum front_word word, uint32_t value)
{
    __atomic_store_n(&front->words[word], value, __ATOMIC_RELAXED);
}

void front_give_up(struct front *front)
{
    (void)__atomic_fetch_and(&front->words[WORD_FLAGS], ~FLAG_ACTIVE,
                             __ATOMIC_SEQ_CST);
}
