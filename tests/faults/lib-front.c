/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxengnttab and libxenevtchn for the walk, as a worker uses them: the page is
 * shared with the test, the port is an eventfd.
 */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "compiler.h"
#include "fault.h"
#include "libs.h"

#define GUESTS 16

static unsigned char (*pages)[PCI_WIRE_PAGE_SIZE];
static int ports[GUESTS];
static int port_fd = -1; /* the one of this process */

void libs_front_init(void)
{
    pages = fault_shared(GUESTS * sizeof(*pages));
    for (unsigned int i = 0; i < GUESTS; i++)
        ports[i] = eventfd(0, EFD_NONBLOCK);
}

struct pci_page *libs_front_page(uint16_t domid)
{
    return (struct pci_page *)(void *)pages[domid];
}

void libs_front_notify(uint16_t domid)
{
    (void)!eventfd_write(ports[domid], 1);
}

xengnttab_handle *__wrap_xengnttab_open(struct xentoollog_logger *logger UNUSED,
                                        unsigned int flags UNUSED)
{
    return fault_here(CALL_xengnttab_open) ? NULL : (void *)&pages;
}

int xengnttab_close(xengnttab_handle *xgt UNUSED)
{
    return 0;
}

void *__wrap_xengnttab_map_grant_ref(xengnttab_handle *xgt UNUSED,
                                     uint32_t domid, uint32_t ref,
                                     int prot UNUSED)
{
    if (fault_here(CALL_xengnttab_map_grant_ref))
        return NULL;
    errno = EINVAL;
    return domid < GUESTS && ref == LIBS_GREF ? pages[domid] : NULL;
}

int __wrap_xengnttab_unmap(xengnttab_handle *xgt UNUSED, void *start UNUSED,
                           uint32_t count UNUSED)
{
    return fault_here(CALL_xengnttab_unmap) ? -1 : 0;
}

xenevtchn_handle *__wrap_xenevtchn_open(struct xentoollog_logger *logger UNUSED,
                                        unsigned int flags UNUSED)
{
    return fault_here(CALL_xenevtchn_open) ? NULL : (void *)&ports;
}

int xenevtchn_close(xenevtchn_handle *xce UNUSED)
{
    return 0;
}

int xenevtchn_fd(xenevtchn_handle *xce UNUSED)
{
    return port_fd;
}

/* A bound port has an event at once, as with Linux. */
xenevtchn_port_or_error_t
__wrap_xenevtchn_bind_interdomain(xenevtchn_handle *xce UNUSED, uint32_t domid,
                                  evtchn_port_t port)
{
    if (fault_here(CALL_xenevtchn_bind_interdomain))
        return -1;
    errno = EINVAL;
    if (domid >= GUESTS || port != LIBS_PORT)
        return -1;
    port_fd = ports[domid];
    (void)!eventfd_write(port_fd, 1);
    return LIBS_PORT;
}

int __wrap_xenevtchn_restrict(xenevtchn_handle *xce UNUSED,
                              domid_t domid UNUSED)
{
    return fault_here(CALL_xenevtchn_restrict) ? -1 : 0;
}

int __wrap_xenevtchn_unbind(xenevtchn_handle *xce UNUSED,
                            evtchn_port_t port UNUSED)
{
    return fault_here(CALL_xenevtchn_unbind) ? -1 : 0;
}

xenevtchn_port_or_error_t __wrap_xenevtchn_pending(xenevtchn_handle *xce UNUSED)
{
    eventfd_t events;

    if (fault_here(CALL_xenevtchn_pending))
        return -1;
    return eventfd_read(port_fd, &events) == 0 ? LIBS_PORT : -1;
}

int __wrap_xenevtchn_unmask(xenevtchn_handle *xce UNUSED,
                            evtchn_port_t port UNUSED)
{
    return fault_here(CALL_xenevtchn_unmask) ? -1 : 0;
}

int __wrap_xenevtchn_notify(xenevtchn_handle *xce UNUSED,
                            evtchn_port_t port UNUSED)
{
    return fault_here(CALL_xenevtchn_notify) ? -1 : 0;
}
