/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-xen.h. */
#include "fake-xen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAINS  1024
#define DEVICES  64
#define HOLDINGS 4096
#define LOG      65536

enum holding_kind {
    HOLD_IOMEM,
    HOLD_IOPORT,
    HOLD_IRQ,
    HOLD_GSI,
    HOLD_MSI
};

struct holding {
    enum holding_kind kind;
    uint16_t domid;
    uint64_t first;
    uint64_t count;
};

struct device {
    struct sbdf sbdf;
    uint16_t owner;
};

static struct {
    struct hyp_domain domains[DOMAINS];
    struct device devices[DEVICES];
    unsigned int ndevices;
    struct holding holdings[HOLDINGS];
    unsigned int nholdings;
    bool no_iommu;
    unsigned int budget;
    uint32_t next_pirq;
    uint32_t top_pirq; /* 0: they count up from next_pirq */
    char fail_call[32];
    unsigned int fail_skip;
    int fail_err;
    void (*hook)(const char *line);
    unsigned int mistakes;
    char log[LOG];
    size_t log_len;
} xen;

static void die(const char *what)
{
    fprintf(stderr, "fake xen: %s\n", what);
    abort();
}

struct hyp *fake_xen_reset(void)
{
    memset(&xen, 0, sizeof(xen));
    xen.budget = 32;
    xen.next_pirq = 100;
    /* Never looked into: a handle is as good as any other address. */
    return (struct hyp *)(void *)&xen;
}

struct hyp_domain *fake_xen_domain(uint16_t domid)
{
    if (domid >= DOMAINS)
        die("domain id too large");
    return &xen.domains[domid];
}

static struct device *find_device(struct sbdf dev)
{
    for (unsigned int i = 0; i < xen.ndevices; i++)
        if (sbdf_equal(xen.devices[i].sbdf, dev))
            return &xen.devices[i];
    return NULL;
}

void fake_xen_add_device(struct sbdf dev)
{
    if (xen.ndevices == DEVICES)
        die("too many devices");
    xen.devices[xen.ndevices++] = (struct device){ dev, HYP_DOMID_IO };
}

void fake_xen_set_owner(struct sbdf dev, uint16_t domid)
{
    find_device(dev)->owner = domid;
}

uint16_t fake_xen_owner(struct sbdf dev)
{
    return find_device(dev)->owner;
}

void fake_xen_no_iommu(void)
{
    xen.no_iommu = true;
}

void fake_xen_budget(unsigned int pirqs)
{
    xen.budget = pirqs;
}

void fake_xen_next_pirq(uint32_t pirq)
{
    xen.next_pirq = pirq;
}

void fake_xen_pirqs_from_top(uint32_t top)
{
    xen.top_pirq = top;
}

void fake_xen_fail(const char *call, unsigned int skip, int err)
{
    (void)snprintf(xen.fail_call, sizeof(xen.fail_call), "%s", call);
    xen.fail_skip = skip;
    xen.fail_err = err;
}

void fake_xen_on_call(void (*hook)(const char *line))
{
    xen.hook = hook;
}

const char *fake_xen_log(void)
{
    return xen.log;
}

void fake_xen_clear_log(void)
{
    xen.log_len = 0;
    xen.log[0] = '\0';
}

unsigned int fake_xen_mistakes(void)
{
    return xen.mistakes;
}

void fake_xen_forgive(void)
{
    xen.mistakes = 0;
}

unsigned int fake_xen_holdings(uint16_t domid)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < xen.nholdings; i++)
        n += xen.holdings[i].domid == domid;
    return n;
}

unsigned int fake_xen_msis(uint16_t domid)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < xen.nholdings; i++)
        if (xen.holdings[i].domid == domid && xen.holdings[i].kind == HOLD_MSI)
            n += (unsigned int)xen.holdings[i].count;
    return n;
}

static int injected(const char *line)
{
    int err = xen.fail_err;

    if (err == 0 || strncmp(line, xen.fail_call, strlen(xen.fail_call)) != 0)
        return 0;
    if (xen.fail_skip > 0) {
        xen.fail_skip--;
        return 0;
    }
    xen.fail_err = 0;
    return err;
}

static int call(int ret, const char *fmt, ...) PRINTF(2, 3);

/* Log a call that would answer ret; the answer it gives. */
static int call(int ret, const char *fmt, ...)
{
    char line[128];
    va_list args;
    int err;

    va_start(args, fmt);
    (void)vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    if (xen.hook)
        xen.hook(line);
    err = injected(line);
    if (err == 0)
        err = ret;
    if (xen.log_len + strlen(line) + 3 >= LOG)
        die("log full");
    xen.log_len += (size_t)sprintf(xen.log + xen.log_len, "%s%s\n", line,
                                   err < 0 ? "!" : "");
    return err;
}

static void hold(enum holding_kind kind, uint16_t domid, uint64_t first,
                 uint64_t count)
{
    /* Permissions are sets (rangeset.h): once more changes nothing. */
    for (unsigned int i = 0; i < xen.nholdings; i++) {
        const struct holding *h = &xen.holdings[i];

        if (h->kind == kind && h->domid == domid && h->first == first &&
            h->count == count)
            return;
    }
    if (xen.nholdings == HOLDINGS)
        die("too many holdings");
    xen.holdings[xen.nholdings++] =
        (struct holding){ kind, domid, first, count };
}

static bool is_of(const struct holding *h, enum holding_kind kind,
                  uint16_t domid)
{
    return h->kind == kind && h->domid == domid;
}

/* Does the domain have all of it, in one piece or several? */
static bool holds(enum holding_kind kind, uint16_t domid, uint64_t first,
                  uint64_t count)
{
    uint64_t next = first, before;

    do {
        before = next;
        for (unsigned int i = 0; i < xen.nholdings; i++) {
            const struct holding *h = &xen.holdings[i];

            if (is_of(h, kind, domid) && h->first <= next &&
                next < h->first + h->count)
                next = h->first + h->count;
        }
    } while (next > before && next < first + count);
    return next >= first + count;
}

/* What is left of each holding on either side. */
static bool drop(enum holding_kind kind, uint16_t domid, uint64_t first,
                 uint64_t count)
{
    bool had = holds(kind, domid, first, count);
    uint64_t end = first + count;

    for (unsigned int i = 0; i < xen.nholdings;) {
        struct holding h = xen.holdings[i];
        uint64_t h_end = h.first + h.count;

        if (!is_of(&h, kind, domid) || h.first >= end || first >= h_end) {
            i++;
            continue;
        }
        xen.holdings[i] = xen.holdings[--xen.nholdings];
        if (h.first < first)
            hold(kind, domid, h.first, first - h.first);
        if (h_end > end)
            hold(kind, domid, end, h_end - end);
    }
    return had;
}

void fake_xen_kill(uint16_t domid)
{
    unsigned int i = 0;

    fake_xen_domain(domid)->dying = true;
    while (i < xen.nholdings)
        if (xen.holdings[i].domid == domid)
            xen.holdings[i] = xen.holdings[--xen.nholdings];
        else
            i++;
    for (i = 0; i < xen.ndevices; i++)
        if (xen.devices[i].owner == domid)
            xen.devices[i].owner = HYP_DOMID_IO;
}

/* What is not there; of a domain that dies Xen was faster. */
static void mistake(uint16_t domid)
{
    xen.mistakes += !xen.domains[domid].dying;
}

/* So many pirqs in a row that the domain does not have, as Xen finds them. */
static uint32_t free_pirqs(uint16_t domid, unsigned int count)
{
    uint32_t first = xen.top_pirq - count, last = first;

    if (xen.top_pirq == 0) {
        first = xen.next_pirq;
        xen.next_pirq += count;
        return first;
    }
    while (last < first + count)
        if (holds(HOLD_MSI, domid, last, 1))
            last = --first;
        else
            last++;
    return first;
}

static bool gone(uint16_t domid)
{
    return domid >= DOMAINS || !xen.domains[domid].exists;
}

struct hyp *hyp_open(void)
{
    return (struct hyp *)(void *)&xen;
}

void hyp_close(struct hyp *hyp UNUSED)
{
}

int hyp_domain(struct hyp *hyp UNUSED, uint16_t domid, struct hyp_domain *out)
{
    memset(out, 0, sizeof(*out));
    if (domid < DOMAINS)
        *out = xen.domains[domid];
    return 0;
}

int hyp_assign_test(struct hyp *hyp UNUSED, uint16_t domid UNUSED,
                    struct sbdf dev)
{
    const struct device *d = find_device(dev);

    if (xen.no_iommu)
        return -EOPNOTSUPP;
    return d && d->owner == HYP_DOMID_IO ? 0 : -EINVAL;
}

int hyp_assign(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev,
               bool relaxed_rdm)
{
    struct device *d = find_device(dev);
    char name[SBDF_TEXT];
    int ret = 0;

    if (gone(domid))
        ret = -ESRCH;
    else if (!d)
        ret = -ENODEV;
    else if (d->owner != HYP_DOMID_IO)
        ret = -EBUSY;
    ret = call(ret, "assign %u %s%s", domid, sbdf_format(dev, name),
               relaxed_rdm ? " relaxed" : "");
    if (ret == 0 && d)
        d->owner = domid;
    return ret;
}

int hyp_deassign(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev)
{
    struct device *d = find_device(dev);
    char name[SBDF_TEXT];
    int ret = call(d && d->owner == domid ? 0 : -ENODEV, "deassign %u %s",
                   domid, sbdf_format(dev, name));

    if (ret == 0 && d)
        d->owner = HYP_DOMID_IO;
    return ret;
}

static int permit(enum holding_kind kind, const char *name, uint16_t domid,
                  const struct holding *what, bool allow)
{
    int ret =
        call(gone(domid) ? -ESRCH : 0, "%s %u %" PRIx64 "+%" PRIx64 " %s", name,
             domid, what->first, what->count, allow ? "give" : "take");

    if (ret < 0)
        return ret;
    if (allow)
        hold(kind, domid, what->first, what->count);
    else if (!drop(kind, domid, what->first, what->count))
        mistake(domid);
    return 0;
}

int hyp_iomem(struct hyp *hyp UNUSED, uint16_t domid, uint64_t mfn,
              uint64_t count, bool allow)
{
    const struct holding what = { .first = mfn, .count = count };

    return permit(HOLD_IOMEM, "iomem", domid, &what, allow);
}

int hyp_ioport(struct hyp *hyp UNUSED, uint16_t domid, uint32_t port,
               uint32_t count, bool allow)
{
    const struct holding what = { .first = port, .count = count };

    return permit(HOLD_IOPORT, "ioport", domid, &what, allow);
}

int hyp_irq(struct hyp *hyp UNUSED, uint16_t domid, uint32_t pirq, bool allow)
{
    int ret = call(gone(domid) ? -ESRCH : 0, "irq %u %u %s", domid, pirq,
                   allow ? "give" : "take");

    if (ret < 0)
        return ret;
    if (allow)
        hold(HOLD_IRQ, domid, pirq, 1);
    else if (!drop(HOLD_IRQ, domid, pirq, 1))
        mistake(domid);
    return 0;
}

int hyp_map_gsi(struct hyp *hyp UNUSED, uint16_t domid, uint32_t gsi,
                uint32_t *pirq)
{
    int ret = call(gone(domid) ? -ESRCH : 0, "gsi %u %u = %u", domid, gsi, gsi);

    if (ret < 0)
        return ret;
    hold(HOLD_GSI, domid, gsi, 1);
    *pirq = gsi;
    return 0;
}

int hyp_map_msi(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev,
                uint16_t entry, uint64_t table_base, uint32_t *pirq)
{
    const struct device *d = find_device(dev);
    const uint32_t next = xen.next_pirq, got = free_pirqs(domid, 1);
    char name[SBDF_TEXT];
    int ret = 0;

    if (!d || d->owner != domid)
        ret = -ENODEV;
    else if (fake_xen_msis(domid) >= xen.budget)
        ret = -ENOSPC;
    ret = call(ret, "msi %u %s %u %" PRIx64 " = %u", domid,
               sbdf_format(dev, name), entry, table_base, got);
    if (ret < 0) {
        xen.next_pirq = next;
        return ret;
    }
    *pirq = got;
    hold(HOLD_MSI, domid, *pirq, 1);
    return 0;
}

int hyp_map_multi_msi(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev,
                      unsigned int *count, uint32_t *pirq)
{
    const struct device *d = find_device(dev);
    unsigned int wanted = *count, left = xen.budget - fake_xen_msis(domid);
    char name[SBDF_TEXT];
    int ret = 0;

    if (!d || d->owner != domid)
        ret = -ENODEV;
    else if (wanted > left)
        ret = -ENOSPC;
    ret = call(ret, "multi %u %s %u = %u", domid, sbdf_format(dev, name),
               wanted, xen.next_pirq);
    if (ret < 0) {
        /* As Xen: halved until it fits, at least 1; else it does not say. */
        while (*count > 1 && *count > left)
            *count /= 2;
        if (ret != -ENOSPC)
            *count = ret == -EOPNOTSUPP ? 1 : 0;
        return ret;
    }
    *pirq = free_pirqs(domid, wanted);
    hold(HOLD_MSI, domid, *pirq, wanted);
    return 0;
}

/* Messages of one MSI go with their first. */
static bool drop_msi(uint16_t domid, uint32_t pirq)
{
    for (unsigned int i = 0; i < xen.nholdings; i++) {
        const struct holding *h = &xen.holdings[i];

        if (h->kind == HOLD_MSI && h->domid == domid && h->first == pirq)
            return drop(HOLD_MSI, domid, pirq, h->count);
    }
    return false;
}

int hyp_unmap_pirq(struct hyp *hyp UNUSED, uint16_t domid, uint32_t pirq)
{
    int ret = call(gone(domid) ? -ESRCH : 0, "unmap %u %u", domid, pirq);

    if (ret < 0)
        return ret;
    if (!drop_msi(domid, pirq) && !drop(HOLD_GSI, domid, pirq, 1)) {
        mistake(domid);
        return -EINVAL;
    }
    return 0;
}

int hyp_restore_msi(struct hyp *hyp UNUSED, struct sbdf dev)
{
    char name[SBDF_TEXT];

    return call(find_device(dev) ? 0 : -ENODEV, "restore-msi %s",
                sbdf_format(dev, name));
}

int hyp_pause(struct hyp *hyp UNUSED, uint16_t domid)
{
    int ret = call(gone(domid) ? -ESRCH : 0, "pause %u", domid);

    if (ret == 0)
        xen.domains[domid].paused = true;
    return ret;
}

int hyp_crash(struct hyp *hyp UNUSED, uint16_t domid)
{
    int ret = call(gone(domid) ? -ESRCH : 0, "crash %u", domid);

    if (ret == 0)
        xen.domains[domid].shutdown = xen.domains[domid].crashed = true;
    return ret;
}
