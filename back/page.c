/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One guest's grant mapping and event channel, on libxengnttab and evtchn. */
#include "page.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <xenevtchn.h>
#include <xengnttab.h>

struct page {
    xengnttab_handle *gnttab; /* NULL: sealed */
    xenevtchn_handle *evtchn;
    struct pci_page *shared;
    evtchn_port_t port;
    bool bound;
    bool masked;
};

struct pci_page *page_shared(struct page *page)
{
    return page->shared;
}

int page_fd(const struct page *page)
{
    return xenevtchn_fd(page->evtchn);
}

void page_close(struct page *page)
{
    if (!page)
        return;
    if (page->bound && page->gnttab)
        (void)xenevtchn_unbind(page->evtchn, page->port);
    if (page->evtchn)
        (void)xenevtchn_close(page->evtchn);
    if (page->shared && page->gnttab)
        (void)xengnttab_unmap(page->gnttab, page->shared, 1);
    else if (page->shared)
        (void)munmap(page->shared, PCI_WIRE_PAGE_SIZE);
    if (page->gnttab)
        (void)xengnttab_close(page->gnttab);
    free(page);
}

/* The mapping has a reference to the device of its own (Linux mmap(2)). */
int page_seal(struct page *page, uint16_t domid)
{
    if (xenevtchn_restrict(page->evtchn, domid) < 0 ||
        xengnttab_close(page->gnttab) < 0)
        return -errno;
    page->gnttab = NULL;
    return 0;
}

static int map_page(struct page *page, const struct msg_connect *connect)
{
    page->gnttab = xengnttab_open(NULL, 0);
    if (!page->gnttab)
        return -errno;
    page->shared = xengnttab_map_grant_ref(
        page->gnttab, connect->domid, connect->gref, PROT_READ | PROT_WRITE);
    return page->shared ? 0 : -errno;
}

static int bind_port(struct page *page, const struct msg_connect *connect)
{
    xenevtchn_port_or_error_t port;

    page->evtchn = xenevtchn_open(NULL, 0);
    if (!page->evtchn)
        return -errno;
    port =
        xenevtchn_bind_interdomain(page->evtchn, connect->domid, connect->port);
    if (port < 0)
        return -errno;
    page->port = (evtchn_port_t)port;
    page->bound = true;
    return 0;
}

int page_open(const struct msg_connect *connect, struct page **out,
              enum msg_connect_step *step)
{
    struct page *page = calloc(1, sizeof(*page));
    int ret = page ? 0 : -ENOMEM;

    *step = MSG_STEP_MAP;
    if (ret == 0)
        ret = map_page(page, connect);
    if (ret == 0) {
        *step = MSG_STEP_BIND;
        ret = bind_port(page, connect);
    }
    if (ret < 0) {
        page_close(page);
        return ret;
    }
    *step = MSG_STEP_NONE;
    *out = page;
    return 0;
}

bool page_event(struct page *page)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(page->evtchn);

    if (port < 0)
        return false;
    page->masked = true;
    return true;
}

void page_rearm(struct page *page)
{
    if (!page->masked)
        return;
    page->masked = false;
    (void)xenevtchn_unmask(page->evtchn, page->port);
}

void page_notify(struct page *page)
{
    (void)xenevtchn_notify(page->evtchn, page->port);
}
