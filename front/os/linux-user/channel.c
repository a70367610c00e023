/* SPDX-License-Identifier: MIT */
/* The shared page and the event channel, as /dev/xen has them for processes. */
#include <errno.h>
#include <stdint.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "linux-private.h"

int glue_share_page(void *ctx, uint16_t domid, void **page, uint32_t *gref)
{
    struct pcifront_linux *glue = ctx;
    void *address = xengntshr_share_pages(glue->gntshr, domid, 1, gref, 1);

    if (address == NULL)
        return errno == ENOMEM || errno == ENOSPC ? PCIFRONT_ERR_NOMEM
                                                  : PCIFRONT_ERR_OS;
    *page = address;
    return PCIFRONT_OK;
}

int glue_unshare_page(void *ctx, void *page, uint32_t gref)
{
    struct pcifront_linux *glue = ctx;

    /*
     * The kernel owns the page and the reference. While a backend has it mapped
     * the kernel keeps both and tries again later, so that the page comes back
     * to nobody before the grant has ended (XSA-396): for us this is done.
     */
    (void)gref;
    return xengntshr_unshare(glue->gntshr, page, 1) == 0 ? PCIFRONT_OK
                                                         : PCIFRONT_ERR_FAILED;
}

int glue_open_port(void *ctx, uint16_t domid, uint32_t *port)
{
    struct pcifront_linux *glue = ctx;
    xenevtchn_port_or_error_t ret =
        xenevtchn_bind_unbound_port(glue->evtchn, domid);

    if (ret < 0)
        return PCIFRONT_ERR_OS;
    *port = (uint32_t)ret;
    return PCIFRONT_OK;
}

void glue_close_port(void *ctx, uint32_t port)
{
    struct pcifront_linux *glue = ctx;

    (void)xenevtchn_unbind(glue->evtchn, port);
}

void glue_notify(void *ctx, uint32_t port)
{
    struct pcifront_linux *glue = ctx;

    (void)xenevtchn_notify(glue->evtchn, port);
}
