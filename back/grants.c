/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Granting and revoking a device's resources, from one record. */
#include "grants.h"

#include <errno.h>
#include <string.h>

#include "insist.h"

#define FRAME_SHIFT 12

static struct grant_range range_of(const struct sysfs_resource *res)
{
    struct grant_range r = { .kind = res->kind };

    if (res->kind == SYSFS_IO) {
        r.first = res->start;
        r.count = res->size;
    } else {
        uint64_t last = (res->start + res->size - 1) >> FRAME_SHIFT;

        r.first = res->start >> FRAME_SHIFT;
        r.count = last - r.first + 1;
    }
    return r;
}

static int permit(struct hyp *hyp, uint16_t domid, const struct grant_range *r,
                  bool allow)
{
    if (r->kind == SYSFS_IO)
        return hyp_ioport(hyp, domid, (uint32_t)r->first, (uint32_t)r->count,
                          allow);
    return hyp_iomem(hyp, domid, r->first, r->count, allow);
}

static int take(struct hyp *hyp, uint16_t domid, const struct grant_range *r)
{
    unsigned int tries = 0;
    int ret;

    do
        ret = permit(hyp, domid, r, false);
    while (insist(ret, &tries));
    return ret;
}

static int unmap_irq(struct hyp *hyp, const struct grants *grants)
{
    unsigned int tries = 0;
    int ret;

    do
        ret = hyp_unmap_pirq(hyp, grants->domid, grants->pirq);
    while (insist(ret, &tries));
    return ret;
}

static int take_irq(struct hyp *hyp, const struct grants *grants)
{
    unsigned int tries = 0;
    int ret;

    do
        ret = hyp_irq(hyp, grants->domid, grants->gsi, false);
    while (insist(ret, &tries));
    return ret;
}

static int give_irq(struct hyp *hyp, struct grants *grants, uint32_t irq)
{
    int ret;

    grants->gsi = irq;
    ret = hyp_map_gsi(hyp, grants->domid, irq, &grants->pirq);
    if (ret < 0)
        return ret;
    ret = hyp_irq(hyp, grants->domid, irq, true);
    if (ret < 0)
        (void)!unmap_irq(hyp, grants);
    grants->has_irq = ret == 0;
    return ret;
}

/*
 * Configuration space has eight bits to tell a guest of its line, and 255 means
 * none (PCI 3.0 6.2.4); the kernel has larger numbers for none, too. libxl maps
 * no such line either.
 */
static bool has_line(uint32_t irq)
{
    return irq != 0 && irq < 255;
}

void grants_plan(struct grants *grants, uint16_t domid,
                 const struct sysfs_resource res[SYSFS_RESOURCES], uint32_t irq)
{
    unsigned int i;

    memset(grants, 0, sizeof(*grants));
    grants->planned = true;
    grants->domid = domid;
    for (i = 0; i < SYSFS_RESOURCES; i++)
        if (res[i].kind != SYSFS_NONE && res[i].size != 0)
            grants->ranges[grants->nranges++] = range_of(&res[i]);
    /* Xen maps a line to the pirq of the same number. */
    grants->has_irq = has_line(irq);
    grants->gsi = grants->pirq = irq;
}

int grants_give(struct hyp *hyp, struct grants *grants, uint16_t domid,
                const struct sysfs_resource res[SYSFS_RESOURCES], uint32_t irq)
{
    unsigned int i;
    int ret = 0;

    memset(grants, 0, sizeof(*grants));
    grants->domid = domid;
    for (i = 0; i < SYSFS_RESOURCES && ret == 0; i++) {
        struct grant_range *r = &grants->ranges[grants->nranges];

        if (res[i].kind == SYSFS_NONE || res[i].size == 0)
            continue;
        *r = range_of(&res[i]);
        ret = permit(hyp, domid, r, true);
        if (ret == 0)
            grants->nranges++;
    }
    if (ret == 0 && has_line(irq))
        ret = give_irq(hyp, grants, irq);
    return ret;
}

/* What is left of a range without another: its head, its tail, or nothing. A
 * tail behind a head is given up; BARs, aligned to their size, have none. */
static void cut(struct grant_range *r, const struct grant_range *other)
{
    uint64_t end = r->first + r->count;
    uint64_t other_end = other->first + other->count;

    if (r->kind != SYSFS_MEM || other->kind != SYSFS_MEM ||
        r->first >= other_end || other->first >= end)
        return;
    if (r->first < other->first) {
        r->count = other->first - r->first;
    } else {
        r->count = end > other_end ? end - other_end : 0;
        r->first = other_end;
    }
}

void grants_spare(struct grants *grants, const struct grants *other)
{
    unsigned int i, j;

    for (i = 0; i < grants->nranges; i++)
        for (j = 0; j < other->nranges; j++)
            cut(&grants->ranges[i], &other->ranges[j]);
    if (other->has_irq && other->gsi == grants->gsi)
        grants->has_irq = false;
}

static void keep_first(int *ret, int err)
{
    /* Xen took it back itself when the domain or the mapping went away. */
    if (err == -ESRCH || err == -EINVAL || err == -ENOENT)
        return;
    if (*ret == 0)
        *ret = err;
}

int grants_revoke(struct hyp *hyp, struct grants *grants)
{
    unsigned int i;
    int ret = 0;

    if (grants->has_irq) {
        keep_first(&ret, unmap_irq(hyp, grants));
        keep_first(&ret, take_irq(hyp, grants));
    }
    for (i = 0; i < grants->nranges; i++)
        if (grants->ranges[i].count > 0)
            keep_first(&ret, take(hyp, grants->domid, &grants->ranges[i]));
    memset(grants, 0, sizeof(*grants));
    return ret;
}
