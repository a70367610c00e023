/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests' part: a kernel, a front, and what they see. */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "fake-store.h"
#include "nodes.h"
#include "pair-worker.h"
#include "publish.h"
#include "soak.h"

#define BOOT_MS 3000u

/* Each device that comes or goes starts without vectors. */
static void on_change(struct front_world *w, struct pcifront_addr addr)
{
    char *base = (char *)w - offsetof(struct soak_guest, w);
    struct soak_guest *g = (struct soak_guest *)(void *)base;

    g->vectors[addr.devfn >> 3] = 0;
}

void soak_guest_create(struct soak_guest *g, uint16_t domid,
                       const uint8_t uuid[16])
{
    struct hyp_domain *domain = fake_xen_domain(domid);

    memset(g, 0, sizeof(*g));
    memset(domain, 0, sizeof(*domain));
    g->domid = domid;
    memcpy(g->uuid, uuid, sizeof(g->uuid));
    memcpy(domain->uuid, uuid, sizeof(domain->uuid));
    domain->exists = true;
    soak_domain_nodes(g, true);
    front_world_begin_alone(&g->w, domid);
    g->w.k->budget = 0;
    g->w.inside = on_change;
    pair_worker_guest(domid, g->w.k);
    fake_store_fire(XS_WATCH_INTRODUCE);
}

void soak_guest_boot(struct soak_guest *g)
{
    int err = front_world_create(&g->w);

    if (err != 0)
        soak_fail("domain %u: no front: %s", g->domid, pcifront_strerror(err));
    err = pcifront_connect(g->w.pf, BOOT_MS);
    (void)front_world_told(&g->w);
    if (err != 0 && err != PCIFRONT_ERR_OFFLINE && err != PCIFRONT_ERR_TIMEOUT)
        soak_fail("domain %u: the front does not connect: %s", g->domid,
                  pcifront_strerror(err));
}

void soak_guest_destroy(struct soak_guest *g)
{
    g->dying = true;
    fake_xen_kill(g->domid);
    g->w.pf = NULL; /* its memory was the kernel's */
    fake_kernel_crash(g->w.k);
    fake_store_fire(XS_WATCH_RELEASE);
}

static bool has_a_device(uint16_t domid)
{
    for (unsigned int i = 0; i < SOAK_DEVICES; i++)
        if (fake_xen_owner(soak_devices[i].sbdf) == domid)
            return true;
    return false;
}

/* Taking a device back has steps that other processes do, so a domain can be
 * without pages and still have it; at rest it must be gone. */
static void bury(struct soak_guest *g)
{
    if (fake_kernel_mapped(g->w.k) > 0 || has_a_device(g->domid))
        return;
    memset(fake_xen_domain(g->domid), 0, sizeof(struct hyp_domain));
    soak_domain_nodes(g, false);
    pair_worker_guest(g->domid, NULL);
    front_world_end(&g->w);
    memset(g, 0, sizeof(*g));
    fake_store_fire(XS_WATCH_RELEASE);
}

static bool has_news(struct soak_guest *g)
{
    struct pollfd fd = { .fd = store_fd(g->w.k->store), .events = POLLIN };

    return g->w.k->event || poll(&fd, 1, 0) > 0;
}

static void pump(struct soak_guest *g)
{
    for (unsigned int i = 0; i < 4 && has_news(g); i++) {
        (void)pcifront_wait(g->w.pf, 0);
        (void)pcifront_step(g->w.pf);
        (void)front_world_told(&g->w);
    }
}

void soak_guests_pump(void)
{
    for (unsigned int i = 0; i < SOAK_GUESTS; i++) {
        struct soak_guest *g = &soak_guests[i];

        if (g->domid == 0)
            continue;
        if (g->dying)
            bury(g);
        else if (g->w.pf && soak_broker_runs())
            pump(g);
    }
}

bool soak_guest_works(const struct soak_guest *g)
{
    return g->domid != 0 && !g->dying && g->w.pf &&
           pcifront_state(g->w.pf) == PCIFRONT_CONNECTED &&
           pcifront_devices(g->w.pf, NULL, 0) > 0;
}

struct soak_device *soak_guest_device(const struct soak_guest *g,
                                      struct pcifront_addr addr)
{
    struct publish_device *list;
    struct soak_device *dev = NULL;
    char vdev[PUBLISH_VDEV];
    size_t n;

    (void)snprintf(vdev, sizeof(vdev), "%04x:%02x:%02x.%02x", addr.segment,
                   addr.bus, addr.devfn >> 3, addr.devfn & 7u);
    if (publish_list(soak_tool, g->domid, &list, &n) < 0)
        return NULL;
    for (size_t i = 0; i < n && !dev; i++)
        if (strcmp(list[i].vdev, vdev) == 0)
            dev = soak_device_of(list[i].dev);
    free(list);
    return dev;
}
