/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests that come and go. */
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

#define DOMAINS 1000 /* ids come around, as Xen's do */

static uint16_t new_domid(void)
{
    static uint16_t last;

    do
        last = (uint16_t)(last % DOMAINS + 1);
    while (fake_xen_domain(last)->exists || soak_guest_of(last));
    return last;
}

bool op_create(void)
{
    struct soak_guest *g = any_guest(is_absent);
    uint8_t uuid[16];

    if (!g)
        return false;
    for (unsigned int i = 0; i < sizeof(uuid); i++)
        uuid[i] = (uint8_t)soak_random(256);
    soak_guest_create(g, new_domid(), uuid);
    note(g, NULL);
    for (uint32_t n = soak_random(SOAK_DEVICES_MAX); n > 0; n--) {
        struct soak_device *dev = any_device(false);

        if (dev)
            (void)soak_attach(g, dev);
    }
    return true;
}

bool op_boot(void)
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

bool op_destroy(void)
{
    struct soak_guest *g = any_guest(is_alive);

    if (!g)
        return false;
    note(g, NULL);
    destroy(g);
    return true;
}

/* The same guest, a new domain; what xenpci attached follows it. */
bool op_reboot(void)
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
