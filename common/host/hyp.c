/* SPDX-License-Identifier: MIT */
/*
 * Domains, device ownership and access rights, through libxenctrl. The library
 * is kept silent: it would write a line to stderr for every refused call, and
 * guests can provoke those; callers say what happened in their own words.
 */
#include "hyp.h"

#include <stdlib.h>
#include <string.h>
#include <xenctrl.h>
#include <xentoollog.h>

#include "hyp-private.h"

static void PRINTF(5, 0)
    discard(struct xentoollog_logger *logger UNUSED,
            xentoollog_level level UNUSED, int errnoval UNUSED,
            const char *context UNUSED, const char *format UNUSED,
            va_list al UNUSED)
{
}

static void keep(struct xentoollog_logger *logger UNUSED)
{
}

static struct xentoollog_logger silence = {
    .vmessage = discard,
    .destroy = keep,
};

struct hyp *hyp_open(void)
{
    struct hyp *hyp = calloc(1, sizeof(*hyp));
    int saved;

    if (hyp == NULL)
        return NULL;
    errno = ENOENT;
    hyp->xc = xc_interface_open(&silence, &silence, 0);
    if (hyp->xc != NULL)
        hyp->call = xencall_open(&silence, 0);
    if (hyp->call != NULL)
        return hyp;
    saved = errno;
    hyp_close(hyp);
    errno = saved;
    return NULL;
}

void hyp_close(struct hyp *hyp)
{
    if (hyp == NULL)
        return;
    if (hyp->call != NULL)
        (void)xencall_close(hyp->call);
    if (hyp->xc != NULL)
        (void)xc_interface_close(hyp->xc);
    free(hyp);
}

/* getinfolist: the one query of this kind that every Xen release has. */
int hyp_domain(struct hyp *hyp, uint16_t domid, struct hyp_domain *out)
{
    xc_domaininfo_t info;
    uint32_t reason;
    int count;

    memset(out, 0, sizeof(*out));
    errno = 0;
    count = xc_domain_getinfolist(hyp->xc, domid, 1, &info);
    if (count < 0)
        return hyp_result(count);
    /* It answers with the first domain at or above the one asked for. */
    if (count == 0 || info.domain != domid)
        return 0;
    reason = info.flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
    out->exists = true;
    out->dying = (info.flags & XEN_DOMINF_dying) != 0;
    out->shutdown = (info.flags & XEN_DOMINF_shutdown) != 0;
    out->paused = (info.flags & XEN_DOMINF_paused) != 0;
    out->crashed = out->shutdown && reason == SHUTDOWN_crash;
    out->hvm = (info.flags & XEN_DOMINF_hvm_guest) != 0;
    _Static_assert(sizeof(info.handle) == sizeof(out->uuid), "a UUID");
    memcpy(out->uuid, info.handle, sizeof(out->uuid));
    return 0;
}

int hyp_assign_test(struct hyp *hyp, uint16_t domid, struct sbdf dev)
{
    errno = 0;
    return hyp_result(xc_test_assign_device(hyp->xc, domid, sbdf_machine(dev)));
}

int hyp_assign(struct hyp *hyp, uint16_t domid, struct sbdf dev,
               bool relaxed_rdm)
{
    uint32_t flags = relaxed_rdm ? XEN_DOMCTL_DEV_RDM_RELAXED : 0;

    errno = 0;
    return hyp_result(
        xc_assign_device(hyp->xc, domid, sbdf_machine(dev), flags));
}

int hyp_deassign(struct hyp *hyp, uint16_t domid, struct sbdf dev)
{
    errno = 0;
    return hyp_result(xc_deassign_device(hyp->xc, domid, sbdf_machine(dev)));
}

int hyp_iomem(struct hyp *hyp, uint16_t domid, uint64_t mfn, uint64_t count,
              bool allow)
{
    unsigned long first = (unsigned long)mfn;
    unsigned long frames = (unsigned long)count;

    /* XSA-476: a 32-bit toolstack must not cut a frame number silently. */
    if (first != mfn || frames != count || mfn + count < mfn)
        return -EOVERFLOW;
    errno = 0;
    return hyp_result(
        xc_domain_iomem_permission(hyp->xc, domid, first, frames, allow));
}

int hyp_ioport(struct hyp *hyp, uint16_t domid, uint32_t port, uint32_t count,
               bool allow)
{
    errno = 0;
    return hyp_result(
        xc_domain_ioport_permission(hyp->xc, domid, port, count, allow));
}

int hyp_irq(struct hyp *hyp, uint16_t domid, uint32_t pirq, bool allow)
{
    errno = 0;
    return hyp_result(xc_domain_irq_permission(hyp->xc, domid, pirq, allow));
}

int hyp_pause(struct hyp *hyp, uint16_t domid)
{
    errno = 0;
    return hyp_result(xc_domain_pause(hyp->xc, domid));
}

int hyp_crash(struct hyp *hyp, uint16_t domid)
{
    errno = 0;
    return hyp_result(xc_domain_shutdown(hyp->xc, domid, SHUTDOWN_crash));
}
