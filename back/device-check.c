/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold before a device is touched at all. Nothing here changes it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "device.h"
#include "hand.h"
#include "job.h"
#include "nodes.h"
#include "pciregs.h"

/* Reads without side effects; each failure is one sentence with a next step. */
static int check_holder(struct sbdf sbdf, char why[DEVICE_WHY])
{
    char name[SBDF_TEXT];
    char driver[SYSFS_DRIVER];
    uint32_t class_code = 0;
    int ret;

    sbdf_format(sbdf, name);
    if (!sysfs_device_exists(sbdf)) {
        device_say(why, "%s does not exist on this host; see lspci -D", name);
        return -ENODEV;
    }
    /* Its header has a word in this too, but is the device's (snapshot). */
    ret = sysfs_class(sbdf, &class_code);
    if (ret == 0 && class_code >> 16 == PCI_BASE_CLASS_BRIDGE) {
        device_say(why,
                   "%s is a bridge; only the functions behind it can be given "
                   "away",
                   name);
        return -ENOTSUP;
    }
    if (ret == 0)
        ret = sysfs_driver(sbdf, driver);
    if (ret != 0) {
        device_say(why, "%s cannot be inspected: %s", name, strerror(-ret));
        return ret;
    }
    if (strcmp(driver, SYSFS_PCIBACK) != 0) {
        device_say(why,
                   "%s is bound to %s, not held for guests; run: xenpci "
                   "assignable-add %s",
                   name, driver[0] ? driver : "no driver", name);
        return -EBUSY;
    }
    return 0;
}

/* libxl's record of the owner must not name somebody else. */
static int check_record(struct store *store, const struct device_claim *claim,
                        char why[DEVICE_WHY])
{
    char dashed[SBDF_TEXT], name[SBDF_TEXT], path[STORE_PATH];
    uint32_t owner;
    int ret;

    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID,
                   sbdf_format_dashed(claim->sbdf, dashed));
    ret = store_read_uint(store, NULL, path, &owner);
    if (ret == -ENOENT || (ret == 0 && owner == claim->domid))
        return 0;
    if (ret < 0)
        device_say(why, "%s is malformed: %s", path, strerror(-ret));
    else
        device_say(why, "%s is recorded as domain %u's (%s)",
                   sbdf_format(claim->sbdf, name), owner, path);
    return ret < 0 ? ret : -EBUSY;
}

/*
 * Is the device free for this domain? *ours tells whether we must assign it:
 * libxl assigns before it writes the directory, our own tools leave it to us.
 */
static int check_assignable(struct hyp *hyp, struct store *store,
                            const struct device_claim *claim, bool *ours,
                            char why[DEVICE_WHY])
{
    char dashed[SBDF_TEXT], path[STORE_PATH];
    int ret = hyp_assign_test(hyp, claim->domid, claim->sbdf);

    /* A device we attach ourselves is this domain's already only if an earlier
     * broker did not get to the end of it; otherwise Xen means "no". */
    if (ret == -EINVAL && claim_is_ours(store, claim->sbdf, claim->domid) &&
        hyp_deassign(hyp, claim->domid, claim->sbdf) == 0)
        ret = 0;
    *ours = ret == 0;
    if (ret == 0)
        return 0;
    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID,
                   sbdf_format_dashed(claim->sbdf, dashed));
    if (ret == -EOPNOTSUPP)
        device_say(why,
                   "domain %u was created without an IOMMU context; create it "
                   "with passthrough=\"enabled\" or pci=[...]",
                   claim->domid);
    else if (ret == -EINVAL && store_exists(store, NULL, path) &&
             !claim_is_ours(store, claim->sbdf, claim->domid))
        return 0; /* recorded as this domain's: libxl has assigned it */
    else
        device_say(why,
                   "Xen will not assign the device to domain %u: %s "
                   "(taken by another domain, or unknown to Xen)",
                   claim->domid, strerror(-ret));
    return ret;
}

/* On its way back: being released, or about to be because its guest died. */
static bool is_leaving(struct hyp *hyp, const struct device *dev)
{
    struct hyp_domain domain;

    return dev->phase == DEVICE_RELEASING ||
           (hyp_domain(hyp, dev->domid, &domain) == 0 &&
            (!domain.exists || domain.dying));
}

/* Anything still owned by somebody stops a claim; -EAGAIN while it ends. */
static int check_owner(struct hyp *hyp, const struct device_claim *claim,
                       char why[DEVICE_WHY])
{
    const struct device *dev = device_by_sbdf(claim->sbdf);
    char name[SBDF_TEXT];

    if (!dev && (job_is_running(claim->sbdf) || hand_is_stuck(claim->sbdf))) {
        device_say(why,
                   "%s is in a reset or an access that does not end; its host "
                   "may have to be power-cycled",
                   sbdf_format(claim->sbdf, name));
        return -EAGAIN;
    }
    if (!dev)
        return 0;
    device_say(why, "%s belongs to domain %u", sbdf_format(claim->sbdf, name),
               dev->domid);
    return is_leaving(hyp, dev) ? -EAGAIN : -EBUSY;
}

int device_check(struct hyp *hyp, struct store *store,
                 const struct device_claim *claim, bool *ours,
                 char why[DEVICE_WHY])
{
    int ret = check_owner(hyp, claim, why);

    if (ret == 0)
        ret = check_holder(claim->sbdf, why);
    if (ret == 0)
        ret = check_record(store, claim, why);
    return ret == 0 ? check_assignable(hyp, store, claim, ours, why) : ret;
}
