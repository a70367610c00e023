/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See assignable.h. */
#include "assignable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "nodes.h"
#include "sysfs.h"

enum exit_code assignable_check_exists(struct sbdf dev, struct outcome *out)
{
    char address[SBDF_TEXT];

    if (sysfs_device_exists(dev))
        return EXIT_DONE;
    return trouble(out, EXIT_NOT_FOUND, "Nothing was done to it.",
                   "`lspci -D` shows what there is.",
                   "there is no PCI device %s", sbdf_format(dev, address));
}

enum exit_code assignable_check_owner(struct host *host, struct sbdf dev,
                                      struct outcome *out)
{
    char address[SBDF_TEXT];
    char domain[HOST_DOMAIN_TEXT];
    char next[128];
    uint16_t owner;
    int ret = claim_owner(host->store, dev, &owner);

    sbdf_format(dev, address);
    if (ret == -ENOENT)
        return EXIT_DONE;
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "Nothing was done to it.",
                       "`xenpci check` shows the damaged node.",
                       "cannot tell who has %s: %s", address, strerror(-ret));
    host_domain_text(host->store, owner, domain);
    if (host_domain_lives(host, owner)) {
        (void)snprintf(next, sizeof(next), "`xenpci detach %u %s` first.",
                       (unsigned int)owner, address);
        return trouble(out, EXIT_BUSY, "Nothing was done to it.", next,
                       "%s belongs to domain %s", address, domain);
    }
    ret = claim_drop(host->store, dev, owner);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "Nothing was done to it.", "",
                       "cannot clear the claim of the dead domain %s on %s: "
                       "%s",
                       domain, address, strerror(-ret));
    note("%s: cleared the claim of domain %s, which is gone", address, domain);
    return EXIT_DONE;
}

int assignable_set_name(struct store *st, struct sbdf dev, const char *name)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];

    (void)snprintf(path, sizeof(path), XS_LIBXL_NAME,
                   sbdf_format_dashed(dev, address));
    if (name == NULL)
        return store_remove(st, NULL, path);
    return store_write(st, NULL, path, name);
}
