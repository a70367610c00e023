/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host reports of devices, to the recovery of the guest concerned. */
#include "link.h"
#include "log.h"

static const char *say_what(const char *text)
{
    return text[0] ? text : "an error it did not describe";
}

static void count(struct device *dev, enum aer_channel channel)
{
    if (channel == AER_CHANNEL_FROZEN)
        dev->aer.fatal++;
    else
        dev->aer.nonfatal++;
}

void recovery_begin(struct sbdf sbdf, enum aer_channel channel,
                    const char *text)
{
    struct device *dev = device_by_sbdf(sbdf);
    struct link *link = dev ? link_find(dev->domid) : NULL;
    char name[SBDF_TEXT];

    if (!link || dev->phase != DEVICE_READY)
        return;
    count(dev, channel);
    dev->aer.host = DEVICE_HOST_BUSY;
    log_limited(&link->budget, "d%u %s: reported a %s error: %s", link->domid,
                sbdf_format(sbdf, name),
                channel == AER_CHANNEL_FROZEN ? "fatal" : "non-fatal",
                say_what(text));
    if (!link->connected) {
        log_limited(&link->budget,
                    "d%u %s: no front is connected that could be told",
                    link->domid, name);
        return;
    }
    if (link->recovery.phase != AER_IDLE) {
        /* The graver one, once; a device in trouble may report many. */
        if (channel > dev->aer.pending) {
            dev->aer.pending = channel;
            device_remember(dev);
        }
        return;
    }
    recovery_start(link, dev, channel);
}

void recovery_corrected(struct sbdf sbdf, const char *text)
{
    struct device *dev = device_by_sbdf(sbdf);
    struct link *link = dev ? link_find(dev->domid) : NULL;
    char name[SBDF_TEXT];

    if (!link)
        return;
    dev->aer.corrected++;
    log_limited(&link->budget,
                "d%u %s: reported an error that was corrected: %s (%u so far)",
                link->domid, sbdf_format(sbdf, name), text, dev->aer.corrected);
}

void recovery_host_done(struct sbdf sbdf, bool well)
{
    struct device *dev = device_by_sbdf(sbdf);
    struct link *link = dev ? link_find(dev->domid) : NULL;
    struct recovery *r = link ? &link->recovery : NULL;

    if (!link || dev->phase != DEVICE_READY)
        return;
    dev->aer.host = well ? DEVICE_HOST_DONE : DEVICE_HOST_FAILED;
    if (r->channel == AER_CHANNEL_FROZEN && r->handle == dev->handle) {
        if (r->phase == AER_HOST)
            recovery_host(link, dev);
    } else if (well) {
        device_mend(dev);
    }
}
