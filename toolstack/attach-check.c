/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci attach: everything that is asked before anything is changed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "assignable.h"
#include "attach.h"
#include "claim.h"
#include "sysfs.h"

enum exit_code attach_check_domain(struct attach *a, struct hyp_domain *domain)
{
    int ret = hyp_domain(a->host.hyp, a->domid, domain);

    host_domain_text(a->host.store, a->domid, a->domain);
    if (ret != 0)
        return trouble(a->out, EXIT_FAILED, "Nothing was done.", "",
                       "Xen says nothing about domain %s: %s", a->domain,
                       strerror(-ret));
    if (!domain->exists)
        return trouble(a->out, EXIT_NOT_FOUND, "Nothing was done.",
                       "`xl list` shows names and ids.",
                       "there is no domain %s", a->domain);
    if (domain->dying || domain->shutdown)
        return trouble(a->out, EXIT_BUSY, "Nothing was done.",
                       "Start the guest again, then attach.",
                       "domain %s is shutting down", a->domain);
    if (domain->hvm)
        return trouble(a->out, EXIT_UNSUPPORTED, "Nothing was done.",
                       "Use `xl pci-attach` for an HVM guest, or make it "
                       "type=\"pv\".",
                       "domain %s is HVM or PVH; xenpcid serves PV guests",
                       a->domain);
    return EXIT_DONE;
}

static enum exit_code check_iommu(struct attach *a)
{
    int ret = hyp_assign_test(a->host.hyp, a->domid, a->dev);

    switch (ret) {
    case 0:
        return EXIT_DONE;
    case -EOPNOTSUPP:
    case -ENOSYS:
        return trouble(a->out, EXIT_UNSUPPORTED, "Nothing was done.",
                       "Create the guest with passthrough=\"enabled\" (or "
                       "with pci=[...]); a running guest cannot get it.",
                       "domain %s was created without an IOMMU context",
                       a->domain);
    case -EINVAL:
    case -EBUSY:
    case -ENODEV:
        return trouble(a->out, EXIT_BUSY, "Nothing was done.",
                       "Destroy the guest that has it; `xl dmesg` may say "
                       "which.",
                       "Xen does not assign %s: another guest has it, or Xen "
                       "does not know it",
                       a->address);
    default:
        return trouble(a->out, EXIT_FAILED, "Nothing was done.",
                       "`xl dmesg` may say why.", "Xen would not assign %s: %s",
                       a->address, strerror(-ret));
    }
}

enum exit_code attach_check_device(struct attach *a)
{
    char driver[SYSFS_DRIVER] = "";
    char next[96];
    uint16_t owner;
    enum exit_code code = assignable_check_exists(a->dev, a->out);

    if (code != EXIT_DONE)
        return code;
    if (claim_owner(a->host.store, a->dev, &owner) == 0 && owner == a->domid)
        return trouble(a->out, EXIT_BUSY, "Nothing was done.",
                       "`xenpci list` shows its state.",
                       "%s is attached to domain %s already", a->address,
                       a->domain);
    code = assignable_check_owner(&a->host, a->dev, a->out);
    if (code != EXIT_DONE)
        return code;
    if (sysfs_driver(a->dev, driver) == 0 && strcmp(driver, SYSFS_PCIBACK) == 0)
        return check_iommu(a);
    (void)snprintf(next, sizeof(next), "`xenpci assignable-add %s` first.",
                   a->address);
    return trouble(a->out, EXIT_REFUSED, "Nothing was done.", next,
                   "%s is not assignable: %s%s", a->address,
                   driver[0] != '\0' ? "dom0 uses it with the driver "
                                     : "it has no driver",
                   driver);
}

enum exit_code attach_claim(struct attach *a, const struct hyp_domain *domain)
{
    char uuid[CLAIM_UUID];
    struct claim claim = {
        .dev = a->dev,
        .domid = a->domid,
        .uuid = claim_uuid_format(domain->uuid, uuid),
        .options = a->options,
        .replaces = CLAIM_NOBODY,
    };
    int ret = claim_take(a->host.store, &claim);

    if (ret == -EBUSY)
        return trouble(a->out, EXIT_BUSY, "Nothing was done.",
                       "`xenpci list` shows who has it.",
                       "another guest was faster and has %s", a->address);
    if (ret != 0)
        return trouble(a->out, EXIT_FAILED, "Nothing was done.", "",
                       "cannot claim %s: %s", a->address, strerror(-ret));
    return EXIT_DONE;
}
