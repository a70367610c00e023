/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that come and go, as toolstacks have it. */
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

bool op_attach(void)
{
    struct soak_guest *g = any_guest(is_alive);
    struct soak_device *dev = any_device(false);

    if (!g || !dev || listed_count(g) >= SOAK_DEVICES_MAX)
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
    g->forced = g->forced || force;
    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE,
                   sbdf_format_dashed(dev->sbdf, dashed));
    if (force && store_write(soak_tool, NULL, path, "1") < 0)
        soak_fail("cannot write %s", path);
    (void)!publish_remove_request(soak_tool, g->domid, dev->sbdf);
    return true;
}

bool op_detach(void)
{
    return ask_back(false);
}

bool op_detach_force(void)
{
    return ask_back(true);
}

/* A toolstack out of order lists a device that another guest has. */
bool op_steal(void)
{
    struct soak_device *dev = any_device(true);
    struct soak_guest *g = any_guest(is_alive);
    struct publish_request req = { .options = "permissive=0" };

    if (!g || !dev || soak_lister(dev->sbdf) == g)
        return false;
    note(g, dev);
    dev->stolen = true;
    req.domid = g->domid;
    req.dev = dev->sbdf;
    (void)!publish_add(soak_tool, &req);
    return true;
}
