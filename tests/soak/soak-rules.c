/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What must hold. At any moment: a device is in quarantine or with a domain
 * that was given it, and Xen was never told to take what it had not given. At
 * rest: what the toolstack lists, what Xen says, what the broker holds, what
 * lies on disk, and what the guests see are the same.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "fake-store.h"
#include "link.h"
#include "nodes.h"
#include "pair-worker.h"
#include "publish.h"
#include "run-until.h"
#include "soak.h"
#include "state.h"
#include "validate.h"

#define REST_ROUNDS 400u
#define REST_CALM   3u
#define FDS_ELSE    64u /* descriptors that belong to no guest or device */
#define FDS_DEVICE  6u

static unsigned int looks;
static bool resting;
static char complaint[512];

unsigned int soak_rules_looks(void)
{
    return looks;
}

static bool wrong(const char *fmt, ...) PRINTF(1, 2);

static bool wrong(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(complaint, sizeof(complaint), fmt, args);
    va_end(args);
    return false;
}

/*
 * A broker that died while it took something back has a successor that takes it
 * back again, and better so; the count of what a guest has, at rest, tells
 * whether that was another's.
 */
static void check_takings(void)
{
    static unsigned int births;

    if (soak_broker_births() != births)
        fake_xen_forgive();
    if (fake_xen_mistakes() > 0)
        soak_fail("Xen was told to take what it had not given:\n%s",
                  fake_xen_log());
    if (resting)
        births = soak_broker_births();
    fake_xen_clear_log();
}

void soak_rules_always(void)
{
    check_takings();
    for (unsigned int i = 0; i < SOAK_DEVICES; i++) {
        uint16_t owner = fake_xen_owner(soak_devices[i].sbdf);

        if (owner != HYP_DOMID_IO && !soak_guest_of(owner))
            soak_fail("device %u is with domain %u, which is none", i, owner);
    }
}

/* ---- one guest ---- */

struct held {
    unsigned int devices, vectors;
    uint32_t lines; /* their interrupt lines, as bits */
};

static bool check_listed(const struct soak_guest *g,
                         const struct publish_device *listed, struct held *held)
{
    char name[SBDF_TEXT];

    held->lines |= 1u << soak_device_of(listed->dev)->line;
    sbdf_format(listed->dev, name);
    if (listed->state != XB_INITIALISED)
        return wrong("d%u: %s is in state %s", g->domid, name,
                     xb_state_name(listed->state));
    if (fake_xen_owner(listed->dev) != g->domid)
        return wrong("d%u: %s is listed, but with domain %u", g->domid, name,
                     fake_xen_owner(listed->dev));
    return true;
}

static bool check_list(const struct soak_guest *g, struct held *held)
{
    struct publish_device *list = NULL;
    size_t n = 0;
    bool ok = true;

    if (publish_list(soak_tool, g->domid, &list, &n) < 0)
        n = 0;
    for (size_t i = 0; i < n && ok; i++)
        ok = check_listed(g, &list[i], held);
    free(list);
    held->devices = (unsigned int)n;
    for (unsigned int i = 0; i < SOAK_DEVICES && ok; i++)
        if (fake_xen_owner(soak_devices[i].sbdf) == g->domid && n-- == 0)
            ok = wrong("d%u has a device that nobody lists", g->domid);
    return ok;
}

static bool check_front(const struct soak_guest *g, struct held *held)
{
    struct pcifront_device list[SOAK_SLOTS];
    size_t n, seen = 0;

    if (!g->w.pf)
        return true;
    n = pcifront_devices(g->w.pf, list, SOAK_SLOTS);
    if (held->devices > 0 && pcifront_state(g->w.pf) != PCIFRONT_CONNECTED)
        return wrong("d%u: the front is %s", g->domid,
                     pcifront_state_name(pcifront_state(g->w.pf)));
    for (size_t i = 0; i < n; i++) {
        if (!soak_guest_device(g, list[i].addr))
            continue;
        seen++;
        held->vectors += g->vectors[list[i].addr.devfn >> 3];
    }
    /* By force a device may have gone while the front was asleep. */
    if (seen != held->devices || (n > seen && !g->forced))
        return wrong("d%u sees %zu devices, %u are listed", g->domid, n,
                     held->devices);
    return true;
}

static unsigned int bits(uint32_t word)
{
    unsigned int n = 0;

    for (; word != 0; word &= word - 1)
        n++;
    return n;
}

static bool check_guest(const struct soak_guest *g)
{
    struct held held = { 0 };
    unsigned int expected;
    enum xb_state back;

    if (g->rogue)
        return true;
    if (!check_list(g, &held) || !check_front(g, &held))
        return false;
    if (fake_xen_msis(g->domid) != held.vectors)
        return wrong("d%u has %u pirqs, and %u vectors on", g->domid,
                     fake_xen_msis(g->domid), held.vectors);
    /* Registers of each device; a line is a pirq and the right to it. */
    expected = held.devices + 2 * bits(held.lines) + held.vectors;
    if (fake_xen_holdings(g->domid) != expected)
        return wrong("d%u has %u things of Xen, not %u", g->domid,
                     fake_xen_holdings(g->domid), expected);
    if (held.devices == 0)
        return true;
    if (publish_state(soak_tool, NULL, g->domid, &back) < 0 ||
        back != (g->w.pf ? XB_CONNECTED : XB_INITIALISED))
        return wrong("d%u: the backend is %s", g->domid, xb_state_name(back));
    return true;
}

static bool check_guests(void)
{
    for (unsigned int i = 0; i < SOAK_GUESTS; i++) {
        const struct soak_guest *g = &soak_guests[i];

        if (g->domid == 0)
            continue;
        if (g->dying)
            return wrong("d%u does not end: its page is still mapped",
                         g->domid);
        if (!check_guest(g))
            return false;
    }
    return true;
}

/* ---- one device ---- */

static bool check_free(const struct soak_device *dev)
{
    struct state_record record;
    char name[SBDF_TEXT];

    sbdf_format(dev->sbdf, name);
    if (state_load(dev->sbdf, &record) == 0)
        return wrong("%s is free, but there is a record of it", name);
    for (uint16_t at = 0; at < SOAK_REGISTERS; at++)
        if (world_get(dev->sbdf, at, 1) != dev->pristine[at])
            return wrong("%s is free, but its register %x has %x, not %x", name,
                         at, world_get(dev->sbdf, at, 1), dev->pristine[at]);
    return true;
}

static bool check_device(const struct soak_device *dev)
{
    const uint16_t owner = fake_xen_owner(dev->sbdf);
    const struct device *held = device_by_sbdf(dev->sbdf);
    char name[SBDF_TEXT];

    sbdf_format(dev->sbdf, name);
    if (owner == HYP_DOMID_IO)
        return held ? wrong("%s is in quarantine, but held", name)
                    : check_free(dev);
    if (!held || held->phase != DEVICE_READY || held->domid != owner)
        return wrong("%s is with domain %u, but the broker does not think so",
                     name, owner);
    return true;
}

static bool check_devices(void)
{
    for (unsigned int i = 0; i < SOAK_DEVICES; i++)
        if (!check_device(&soak_devices[i]))
            return false;
    return true;
}

/* ---- the broker ---- */

static bool check_links(void)
{
    unsigned int fds = FDS_ELSE;
    struct link *link = NULL;
    struct device *dev = NULL;

    while ((link = link_next(link))) {
        const struct soak_guest *g = soak_guest_of(link->domid);

        fds++;
        if (!g)
            return wrong("there is a link to d%u, which is gone", link->domid);
        if (link->running != XB_ACT_NONE)
            return wrong("the link to d%u is at work", link->domid);
        if (!g->rogue && link->connected != soak_guest_works(g))
            return wrong("d%u: connected %d", link->domid, link->connected);
    }
    while ((dev = device_next(dev)))
        fds += FDS_DEVICE;
    if (world_open_fds() > fds + SOAK_GUESTS)
        return wrong("%u descriptors are open", world_open_fds());
    return true;
}

/* The fake's "path = value" lines. */
static void list_tree(struct listing *list, const char *top)
{
    char *text = fake_store_dump(top), *rest = text, *line;

    while ((line = strsep(&rest, "\n")) && line[0] != '\0') {
        char *value = strstr(line, " = ");

        *value = '\0';
        if (listing_add(list, line, value + 3) < 0)
            soak_fail("out of memory");
    }
    free(text);
}

/* Two guests' directories once listed it: whoever came second was told. */
static bool is_about_stolen(const char *text)
{
    for (unsigned int i = 0; i < SOAK_DEVICES; i++) {
        char name[SBDF_TEXT];

        if (soak_devices[i].stolen &&
            strstr(text, sbdf_format(soak_devices[i].sbdf, name)))
            return true;
    }
    return false;
}

static bool is_expected(const struct fault *fault)
{
    const struct soak_guest *g = soak_guest_of((uint16_t)fault->domid);

    return fault->weight != FAULT_FAULT || (g && g->rogue) ||
           (fault->kind == FAULT_ERROR && is_about_stolen(fault->text));
}

static bool check_nodes(void)
{
    struct listing list = { 0 };
    struct faults faults = { 0 };
    bool ok = true;

    list_tree(&list, XS_DOMAINS);
    list_tree(&list, XS_LIBXL_ROOT);
    list_tree(&list, XS_XENPCI_ROOT);
    listing_sort(&list);
    if (validate(&list, VALIDATE_ALL, &faults) < 0)
        soak_fail("out of memory");
    for (size_t i = 0; i < faults.count && ok; i++)
        if (!is_expected(&faults.list[i]))
            ok = wrong("%s: %s", faults.list[i].path, faults.list[i].text);
    faults_fini(&faults);
    listing_fini(&list);
    return ok;
}

static bool check_all(void)
{
    return check_guests() && check_devices() && check_links() && check_nodes();
}

static void no_rest(void)
{
    (void)fprintf(stderr, "%s%s", fake_store_dump(XS_DOMAINS),
                  fake_store_dump(XS_XENPCI_ROOT));
    soak_fail("no rest: %s", complaint);
}

void soak_rules_at_rest(void)
{
    unsigned int calm = 0;

    if (!soak_broker_runs())
        soak_broker_start();
    for (unsigned int i = 0; calm < REST_CALM; i++) {
        run_due();
        soak_guests_pump();
        soak_tend();
        calm = check_all() ? calm + 1 : 0;
        if (i == REST_ROUNDS)
            no_rest();
    }
    resting = true;
    soak_rules_always();
    resting = false;
    looks++;
}
