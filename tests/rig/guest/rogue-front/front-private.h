/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What front.c and store.c share; nobody else looks inside. */
#ifndef ROGUE_FRONT_PRIVATE_H
#define ROGUE_FRONT_PRIVATE_H

#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "front.h"

struct front {
    struct xs_handle *store;
    xengntshr_handle *gntshr;
    xenevtchn_handle *evtchn;
    struct pci_page *page;
    uint32_t *words; /* the same page */
    uint32_t gref;
    evtchn_port_t port;
    char *back; /* the backend's directory */
};

#endif
