/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices and domains, and the toolstack's part. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "claim.h"
#include "nodes.h"
#include "pciregs.h"
#include "publish.h"
#include "soak.h"

#define OPTIONS "msitranslate=0,power_mgmt=0,permissive=0"

/* Above what the recorded devices have. */
#define BAR_FIRST 0xe0000000u
#define BAR_SIZE  0x4000u

struct soak_guest soak_guests[SOAK_GUESTS];
struct soak_device soak_devices[SOAK_DEVICES];
struct store *soak_tool;

static void add_device(struct soak_device *dev, uint32_t i)
{
    struct back_model model = back_nvme;
    char resource[512];
    int len;

    dev->sbdf = (struct sbdf){ .bus = (uint8_t)(i + 1) };
    dev->bar = BAR_FIRST + i * BAR_SIZE;
    dev->line = 10 + i % 4;
    len = snprintf(resource, sizeof(resource),
                   "0x%016x 0x%016x 0x0000000000140204\n", dev->bar,
                   dev->bar + BAR_SIZE - 1);
    for (unsigned int line = 1; line < 7; line++)
        len += snprintf(resource + len, sizeof(resource) - (size_t)len,
                        "0x%016x 0x%016x 0x%016x\n", 0, 0, 0);
    model.resource = resource;
    model.irq = dev->line;
    world_add(dev->sbdf, &model);
    world_set(dev->sbdf, PCI_BAR0, 4, dev->bar | 4u);
    world_set(dev->sbdf, SOAK_SUBSYSTEM, 2, 0x5000u + i);
    /* The one bit that is not put back as it was found. */
    world_set(dev->sbdf, PCI_COMMAND, 2,
              world_get(dev->sbdf, PCI_COMMAND, 2) & ~PCI_COMMAND_MASTER);
    for (uint16_t at = 0; at < SOAK_REGISTERS; at++)
        dev->pristine[at] = (uint8_t)world_get(dev->sbdf, at, 1);
}

void soak_machine_setup(void)
{
    world_setup();
    fake_xen_domain(BACK_DOMID)->exists = false;
    fake_xen_pirqs_from_top(0x400);
    for (uint32_t i = 0; i < SOAK_DEVICES; i++)
        add_device(&soak_devices[i], i);
    soak_tool = store_open();
    if (store_mkdir(soak_tool, NULL, XS_BACK_ROOT, 0, 0) < 0)
        soak_fail("no store");
}

struct soak_device *soak_device_of(struct sbdf sbdf)
{
    for (unsigned int i = 0; i < SOAK_DEVICES; i++)
        if (sbdf_equal(soak_devices[i].sbdf, sbdf))
            return &soak_devices[i];
    return NULL;
}

struct soak_guest *soak_guest_of(uint16_t domid)
{
    for (unsigned int i = 0; i < SOAK_GUESTS; i++)
        if (domid != 0 && soak_guests[i].domid == domid)
            return &soak_guests[i];
    return NULL;
}

struct soak_guest *soak_lister(struct sbdf sbdf)
{
    struct publish_device listed;

    for (unsigned int i = 0; i < SOAK_GUESTS; i++)
        if (soak_guests[i].domid != 0 &&
            publish_find(soak_tool, soak_guests[i].domid, sbdf, &listed) == 0)
            return &soak_guests[i];
    return NULL;
}

void soak_domain_nodes(const struct soak_guest *g, bool there)
{
    char path[STORE_PATH], uuid[CLAIM_UUID];
    int ret;

    if (!there) {
        (void)snprintf(path, sizeof(path), XS_DOMAIN_DIR, g->domid);
        ret = store_remove(soak_tool, NULL, path);
    } else {
        (void)snprintf(path, sizeof(path), XS_DOMAIN_NAME, g->domid);
        ret = store_writef(soak_tool, NULL, path, "guest-%u", g->domid);
        (void)snprintf(path, sizeof(path), XS_DOMAIN_VM, g->domid);
        if (ret == 0)
            ret = store_writef(soak_tool, NULL, path, "/vm/%s",
                               claim_uuid_format(g->uuid, uuid));
    }
    if (ret < 0)
        soak_fail("the nodes of domain %u: %d", g->domid, ret);
}

/* ---- attach ---- */

/* A claim by a domain that is no more may be taken over. */
static uint16_t dead_owner(struct sbdf sbdf)
{
    uint16_t owner;

    if (claim_owner(soak_tool, sbdf, &owner) < 0 || soak_guest_of(owner))
        return CLAIM_NOBODY;
    return owner;
}

int soak_attach(const struct soak_guest *g, struct soak_device *dev)
{
    char uuid[CLAIM_UUID];
    struct claim claim = {
        .dev = dev->sbdf,
        .domid = g->domid,
        .uuid = claim_uuid_format(g->uuid, uuid),
        .options = OPTIONS,
        .replaces = dead_owner(dev->sbdf),
    };
    struct publish_request req = {
        .domid = g->domid,
        .dev = dev->sbdf,
        .options = OPTIONS,
    };
    int ret = claim_take(soak_tool, &claim);

    if (ret < 0)
        return ret;
    ret = publish_add(soak_tool, &req);
    if (ret < 0 && claim_drop(soak_tool, dev->sbdf, g->domid) < 0)
        soak_fail("a claim cannot be dropped");
    return ret;
}

/* ---- detach ---- */

static void finish(uint16_t domid, struct soak_device *dev)
{
    int ret = publish_remove_finish(soak_tool, domid, dev->sbdf);

    if (ret == -ENOENT)
        ret = 0;
    if (ret == 0)
        ret = claim_drop(soak_tool, dev->sbdf, domid);
    if (ret < 0 && ret != -EBUSY)
        soak_fail("the nodes of a device cannot be removed: %d", ret);
    dev->leaving = 0;
}

static bool is_changing(enum xb_state back)
{
    return back == XB_RECONFIGURING || back == XB_RECONFIGURED;
}

/* Ask again what was not heard: toolstack/cmd-detach.c does the same. */
static void ask_again(uint16_t domid, const struct soak_device *dev,
                      enum xb_state back)
{
    if (is_changing(back))
        return;
    (void)!publish_remove_request(soak_tool, domid, dev->sbdf);
}

static void tend_device(uint16_t domid, const struct publish_device *listed,
                        enum xb_state back)
{
    struct soak_device *dev = soak_device_of(listed->dev);

    if (listed->state == XB_CLOSED && !is_changing(back))
        finish(domid, dev);
    else if (dev->leaving == domid && listed->state != XB_CLOSED)
        ask_again(domid, dev, back);
}

static void tend_guest(uint16_t domid)
{
    struct publish_device *list;
    enum xb_state back;
    size_t n;

    if (publish_state(soak_tool, NULL, domid, &back) < 0 ||
        publish_list(soak_tool, domid, &list, &n) < 0)
        return;
    /* The list moves with every removal: one at a time, the last first. */
    while (n-- > 0)
        tend_device(domid, &list[n], back);
    free(list);
}

void soak_tend(void)
{
    for (unsigned int i = 0; i < SOAK_GUESTS; i++)
        if (soak_guests[i].domid != 0 && !soak_guests[i].dying)
            tend_guest(soak_guests[i].domid);
    for (unsigned int i = 0; i < SOAK_DEVICES; i++)
        if (!soak_lister(soak_devices[i].sbdf))
            soak_devices[i].leaving = 0;
}
