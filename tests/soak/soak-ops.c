/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may happen, and how often. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "claim.h"
#include "nodes.h"
#include "pair-worker.h"
#include "pciregs.h"
#include "publish.h"
#include "soak.h"

#define CLOSE_MS   3000u
#define VECTORS    4u
#define DEVICE_MAX 4u   /* of one guest */
#define DOMAINS    1000 /* ids come around, as Xen's do */

/* ---- choices ---- */

typedef bool guest_ok(const struct soak_guest *g);

static struct soak_guest *any_guest(guest_ok *ok)
{
    const uint32_t first = soak_random(SOAK_GUESTS);

    for (uint32_t i = 0; i < SOAK_GUESTS; i++) {
        struct soak_guest *g = &soak_guests[(first + i) % SOAK_GUESTS];

        if (ok(g))
            return g;
    }
    return NULL;
}

static bool is_absent(const struct soak_guest *g)
{
    return g->domid == 0;
}

static bool is_alive(const struct soak_guest *g)
{
    return g->domid != 0 && !g->dying;
}

static bool is_not_booted(const struct soak_guest *g)
{
    return is_alive(g) && !g->w.pf;
}

static bool is_booted(const struct soak_guest *g)
{
    return is_alive(g) && g->w.pf;
}

static struct soak_device *any_device(bool listed)
{
    const uint32_t first = soak_random(SOAK_DEVICES);

    for (uint32_t i = 0; i < SOAK_DEVICES; i++) {
        struct soak_device *dev = &soak_devices[(first + i) % SOAK_DEVICES];

        if ((soak_lister(dev->sbdf) != NULL) == listed)
            return dev;
    }
    return NULL;
}

static size_t listed_count(const struct soak_guest *g)
{
    struct publish_device *list = NULL;
    size_t n = 0;

    if (publish_list(soak_tool, g->domid, &list, &n) < 0)
        n = 0;
    free(list);
    return n;
}

static void note(const struct soak_guest *g, const struct soak_device *dev)
{
    char name[SBDF_TEXT];

    soak_note("d%u %s", g->domid, dev ? sbdf_format(dev->sbdf, name) : "");
}

/* ---- domains ---- */

static uint16_t new_domid(void)
{
    static uint16_t last;

    do
        last = (uint16_t)(last % DOMAINS + 1);
    while (fake_xen_domain(last)->exists || soak_guest_of(last));
    return last;
}

static bool op_create(void)
{
    struct soak_guest *g = any_guest(is_absent);
    uint8_t uuid[16];

    if (!g)
        return false;
    for (unsigned int i = 0; i < sizeof(uuid); i++)
        uuid[i] = (uint8_t)soak_random(256);
    soak_guest_create(g, new_domid(), uuid);
    note(g, NULL);
    for (uint32_t n = soak_random(DEVICE_MAX); n > 0; n--) {
        struct soak_device *dev = any_device(false);

        if (dev)
            (void)soak_attach(g, dev);
    }
    return true;
}

static bool op_boot(void)
{
    struct soak_guest *g = any_guest(is_not_booted);

    if (!g)
        return false;
    note(g, NULL);
    soak_guest_boot(g);
    return true;
}

/* libxl's own record of a device goes with it; ours waits for a reboot. */
static void forget(struct sbdf sbdf, uint16_t domid)
{
    char path[STORE_PATH], dashed[SBDF_TEXT];
    uint16_t owner;

    (void)snprintf(path, sizeof(path), XS_LIBXL_DIR,
                   sbdf_format_dashed(sbdf, dashed));
    if (claim_owner(soak_tool, sbdf, &owner) == 0 && owner == domid &&
        store_remove(soak_tool, NULL, path) < 0)
        soak_fail("cannot remove %s", path);
}

static void clear(uint16_t domid)
{
    struct publish_device *list = NULL;
    size_t n = 0;
    int ret;

    if (publish_list(soak_tool, domid, &list, &n) == 0)
        while (n-- > 0)
            forget(list[n].dev, domid);
    free(list);
    ret = publish_clear(soak_tool, domid);
    if (ret < 0)
        soak_fail("the nodes of domain %u cannot be cleared: %d", domid, ret);
}

/* Toolstacks clear before, after, or, if they crash, never. */
static void destroy(struct soak_guest *g)
{
    const uint32_t how = soak_random(3);

    if (how == 0)
        clear(g->domid);
    soak_guest_destroy(g);
    if (how == 1)
        clear(g->domid);
}

static bool op_destroy(void)
{
    struct soak_guest *g = any_guest(is_alive);

    if (!g)
        return false;
    note(g, NULL);
    destroy(g);
    return true;
}

/* The same guest, a new domain; what xenpci attached follows it. */
static bool op_reboot(void)
{
    struct soak_guest *g = any_guest(is_booted);
    struct soak_guest *next = any_guest(is_absent);
    uint8_t uuid[16];

    if (!g || !next)
        return false;
    memcpy(uuid, g->uuid, sizeof(uuid));
    destroy(g);
    soak_guest_create(next, new_domid(), uuid);
    soak_note("d%u becomes d%u", g->domid, next->domid);
    return true;
}

/* ---- devices ---- */

static bool op_attach(void)
{
    struct soak_guest *g = any_guest(is_alive);
    struct soak_device *dev = any_device(false);

    if (!g || !dev || listed_count(g) >= DEVICE_MAX)
        return false;
    note(g, dev);
    (void)soak_attach(g, dev);
    return true;
}

static bool ask_back(bool force)
{
    struct soak_device *dev = any_device(true);
    struct soak_guest *g = dev ? soak_lister(dev->sbdf) : NULL;
    char path[STORE_PATH], dashed[SBDF_TEXT];

    if (!g || g->dying)
        return false;
    note(g, dev);
    dev->leaving = g->domid;
    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE,
                   sbdf_format_dashed(dev->sbdf, dashed));
    if (force && store_write(soak_tool, NULL, path, "1") < 0)
        soak_fail("cannot write %s", path);
    (void)!publish_remove_request(soak_tool, g->domid, dev->sbdf);
    return true;
}

static bool op_detach(void)
{
    return ask_back(false);
}

static bool op_detach_force(void)
{
    return ask_back(true);
}

/* A toolstack out of order lists a device that another guest has. */
static bool op_steal(void)
{
    struct soak_device *dev = any_device(true);
    struct soak_guest *g = any_guest(is_alive);
    struct publish_request req = { .options = "" };

    if (!g || !dev || soak_lister(dev->sbdf) == g)
        return false;
    note(g, dev);
    g->errors = true;
    req.domid = g->domid;
    req.dev = dev->sbdf;
    (void)!publish_add(soak_tool, &req);
    return true;
}

/* ---- traffic ---- */

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

static bool op_read(void)
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

static bool op_write(void)
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

static bool op_msix_on(void)
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

static bool op_msix_off(void)
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
static bool op_reconnect(void)
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

/* ---- processes ---- */

static bool op_kill_worker(void)
{
    struct soak_guest *g = any_guest(soak_guest_works);

    if (!g)
        return false;
    note(g, NULL);
    return pair_worker_kill(g->domid);
}

static bool op_kill_broker(void)
{
    soak_broker_kill();
    soak_broker_start();
    return true;
}

static bool op_doom_broker(void)
{
    const uint32_t n = soak_random(40);

    soak_note("at its change %u", n);
    soak_broker_doom(n);
    return true;
}

static bool op_stop_broker(void)
{
    soak_broker_kill();
    return true;
}

static bool op_start_broker(void)
{
    if (soak_broker_runs())
        return false;
    soak_broker_start();
    return true;
}

/* ---- all of them ---- */

enum needs {
    ANY,
    RUNNING /* the broker */
};

static struct {
    const char *name;
    bool (*run)(void);
    unsigned int weight;
    enum needs needs;
    unsigned int done;
} ops[] = {
    { "create", op_create, 8, ANY, 0 },
    { "boot", op_boot, 10, RUNNING, 0 },
    { "destroy", op_destroy, 4, ANY, 0 },
    { "reboot", op_reboot, 3, ANY, 0 },
    { "attach", op_attach, 14, ANY, 0 },
    { "detach", op_detach, 9, ANY, 0 },
    { "detach --force", op_detach_force, 2, ANY, 0 },
    { "steal", op_steal, 1, ANY, 0 },
    { "read", op_read, 18, RUNNING, 0 },
    { "write", op_write, 8, RUNNING, 0 },
    { "msix on", op_msix_on, 8, RUNNING, 0 },
    { "msix off", op_msix_off, 4, RUNNING, 0 },
    { "reconnect", op_reconnect, 3, RUNNING, 0 },
    { "kill worker", op_kill_worker, 5, RUNNING, 0 },
    { "kill xenpcid", op_kill_broker, 2, RUNNING, 0 },
    { "kill xenpcid at work", op_doom_broker, 5, RUNNING, 0 },
    { "stop xenpcid", op_stop_broker, 1, RUNNING, 0 },
    { "start xenpcid", op_start_broker, 12, ANY, 0 },
};

static size_t draw(void)
{
    uint32_t sum = 0, at;
    size_t i;

    for (i = 0; i < ARRAY_LEN(ops); i++)
        sum += ops[i].weight;
    at = soak_random(sum);
    for (i = 0; at >= ops[i].weight; i++)
        at -= ops[i].weight;
    return i;
}

const char *soak_operation(void)
{
    for (;;) {
        size_t i = draw();

        if (ops[i].needs == RUNNING && !soak_broker_runs())
            continue;
        soak_note("%s", ops[i].name);
        if (ops[i].run()) {
            ops[i].done++;
            return ops[i].name;
        }
    }
}

char *soak_operations_done(void)
{
    const size_t room = 64 * ARRAY_LEN(ops);
    char *text = calloc(1, room);
    size_t len = 0;

    for (size_t i = 0; text && i < ARRAY_LEN(ops); i++)
        len += (size_t)snprintf(text + len, room - len, "%s%s %u",
                                i > 0 ? ", " : "", ops[i].name, ops[i].done);
    return text;
}
