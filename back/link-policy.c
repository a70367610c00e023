/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the administrator wants for a listed device, and telling him where that
 * makes no sense. Wishes that cannot be understood keep the device from the
 * guest; a quirk without effect does not.
 */
#include <errno.h>

#include "link.h"
#include "quirk.h"

_Static_assert(POLICY_WORDS < PUBLISH_OPTIONS,
               "a text that was cut is refused");

static void ids_of(struct sbdf sbdf, uint16_t *vendor, uint16_t *device)
{
    /* No device has these; the claim says what is wrong with it. */
    if (sysfs_ids(sbdf, vendor, device) < 0)
        *vendor = *device = 0xffff;
}

bool link_policy(struct link *link, const struct publish_device *listed,
                 struct policy *out)
{
    char name[SBDF_TEXT], why[POLICY_WHY];
    uint16_t vendor, device;

    ids_of(listed->dev, &vendor, &device);
    if (!policy_for(listed->dev, vendor, device, listed->options, out, why)) {
        link_report(link, &listed->dev, -EINVAL, why);
        return false;
    }
    if (why[0] != '\0')
        log_limited(&link->budget, "d%u %s: %s", link->domid,
                    sbdf_format(listed->dev, name), why);
    return true;
}

void link_check_quirks(struct link *link, const struct device *dev)
{
    const struct cfg_knobs *knobs = &dev->cs.params.knobs;
    char text[QUIRK_TEXT], words[DEVICE_WHY];
    unsigned int i;

    for (i = 0; i < knobs->nquirks; i++) {
        const struct quirk *q = &knobs->quirks[i];
        const char *why = "";

        if (cfgspace_quirk_ok(&dev->cs, q, &why))
            continue;
        device_say(words, "the quirk %s opens nothing: %s",
                   quirk_format(q, text), why);
        link_note(link, dev->sbdf, words);
    }
}

/* An earlier broker claimed it; what it may do is in its record. */
void link_adopt_policy(struct link *link, const struct publish_device *listed,
                       struct device *dev)
{
    if (link_policy(link, listed, &dev->policy))
        dev->policy.knobs = dev->cs.params.knobs;
}
