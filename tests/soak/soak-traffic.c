/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests do with their devices, and to their directories. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "claim.h"
#include "fake-store.h"
#include "nodes.h"
#include "pciregs.h"
#include "publish.h"
#include "soak-ops.h"

#define CLOSE_MS 3000u
#define VECTORS  4u

struct target {
    struct soak_guest *g;
    struct pcifront_addr addr;
    struct soak_device *dev;
};

static bool any_target(struct target *t)
{
    struct pcifront_device list[SOAK_SLOTS];
    size_t n;

    t->g = any_guest(soak_guest_works);
    if (!t->g)
        return false;
    n = pcifront_devices(t->g->w.pf, list, SOAK_SLOTS);
    t->addr =
        list[soak_random((uint32_t)(n > SOAK_SLOTS ? SOAK_SLOTS : n))].addr;
    t->dev = soak_guest_device(t->g, t->addr);
    note(t->g, t->dev);
    return t->dev && t->dev->leaving == 0;
}

/* Operations may fail while the toolstack takes the device away. */
static void must(const struct target *t, int err, const char *what)
{
    if (err >= 0 || !soak_guest_works(t->g) || t->dev->leaving != 0)
        return;
    soak_fail("domain %u: %s fails: %s", t->g->domid, what,
              pcifront_strerror(err));
}

static void must_read(const struct target *t, uint16_t offset, uint8_t size,
                      uint32_t expected)
{
    uint32_t value = 0;
    int err = pcifront_config_read(t->g->w.pf, t->addr, offset, size, &value);

    must(t, err, "a read");
    if (err == 0 && value != expected)
        soak_fail("domain %u reads %x at %x, not %x", t->g->domid, value,
                  offset, expected);
}

bool op_read(void)
{
    struct target t;

    if (!any_target(&t))
        return false;
    must_read(&t, PCI_BAR0, 4, t.dev->bar | 4u);
    for (uint32_t n = 1 + soak_random(8); n > 0; n--) {
        must_read(&t, PCI_VENDOR_ID, 4, world_get(t.dev->sbdf, 0, 4));
        must_read(&t, SOAK_SUBSYSTEM, 2,
                  world_get(t.dev->sbdf, SOAK_SUBSYSTEM, 2));
    }
    return true;
}

bool op_write(void)
{
    const uint32_t value = soak_random(256);
    struct target t;
    int err;

    if (!any_target(&t))
        return false;
    err =
        pcifront_config_write(t.g->w.pf, t.addr, PCI_CACHE_LINE_SIZE, 1, value);
    must(&t, err, "a write");
    if (err == 0)
        must_read(&t, PCI_CACHE_LINE_SIZE, 1, value);
    err = pcifront_command(t.g->w.pf, t.addr, PCIFRONT_MEMORY | PCIFRONT_MASTER,
                           0);
    must(&t, err, "bus mastering");
    return true;
}

bool op_msix_on(void)
{
    unsigned int *vectors, n = 1 + soak_random(VECTORS);
    uint32_t pirqs[VECTORS];
    struct target t;
    int got;

    if (!any_target(&t))
        return false;
    vectors = &t.g->vectors[t.addr.devfn >> 3];
    got = pcifront_msix_enable(t.g->w.pf, t.addr, NULL, n, n, pirqs);
    must(&t, got, "MSI-X");
    if (got >= 0)
        *vectors = n;
    return true;
}

bool op_msix_off(void)
{
    struct target t;
    int err;

    if (!any_target(&t))
        return false;
    err = pcifront_irq_disable(t.g->w.pf, t.addr);
    must(&t, err, "MSI-X off");
    if (err == 0)
        t.g->vectors[t.addr.devfn >> 3] = 0;
    return true;
}

/* The driver is unloaded, and mostly loaded again. */
bool op_reconnect(void)
{
    struct soak_guest *g = any_guest(soak_guest_works);
    int err;

    if (!g)
        return false;
    note(g, NULL);
    err = pcifront_close(g->w.pf, CLOSE_MS);
    if (err == 0)
        err = pcifront_restart(g->w.pf);
    if (err == 0)
        err = pcifront_connect(g->w.pf, CLOSE_MS);
    (void)front_world_told(&g->w);
    if (err != 0)
        soak_note("d%u: %s", g->domid, pcifront_strerror(err));
    return true;
}

static void path_of(char path[STORE_PATH], const char *node, uint16_t domid)
{
    size_t len = (size_t)(strstr(node, "%u") - node);

    (void)snprintf(path, STORE_PATH, "%.*s%u%s", (int)len, node, domid,
                   node + len + 2);
}

/* A guest may write anything into its own directory. */
bool op_rogue(void)
{
    static const char *const nodes[] = {
        XS_FRONT_STATE,      XS_FRONT_STATE,         XS_FRONT_STATE,
        XS_FRONT_PCI_OP_REF, XS_FRONT_EVENT_CHANNEL, XS_FRONT_MAGIC
    };
    static const char *const values[] = { "0", "1", "2",  "3",
                                          "4", "5", "6",  "7",
                                          "8", "9", "-1", "99999999999999999",
                                          "",  "x" };
    struct soak_guest *g = any_guest(has_no_front);
    char path[STORE_PATH];

    if (!g)
        return false;
    g->rogue = true;
    note(g, NULL);
    for (uint32_t n = 1 + soak_random(6); n > 0; n--) {
        const char *node = nodes[soak_random(ARRAY_LEN(nodes))];

        (void)snprintf(path, sizeof(path), XS_FRONT_BACKEND, g->domid);
        if (!fake_store_get(path))
            break;
        path_of(path, node, g->domid);
        if (soak_random(8) == 0)
            fake_store_unset(path);
        else
            fake_store_set(path, values[soak_random(ARRAY_LEN(values))]);
    }
    return true;
}
