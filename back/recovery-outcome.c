/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens when a guest did not recover from its device's error. Each
 * outcome starts with the first, and the device keeps its guest until somebody
 * takes it away: nobody else gets it in the state it is in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "hyp.h"
#include "link.h"
#include "nodes.h"
#include "publish.h"

/* Another change of the same guest may be under way: 20 s in all. */
#define DETACH_AGAIN_MS 200u
#define DETACH_TRIES    100u

struct detaching {
    uint16_t domid;
    uint32_t handle;
    unsigned int tries;
};

/* Of devices that xenpci attached, the guest is waited for without this. */
static void hurry(struct link *link, struct sbdf sbdf)
{
    char dashed[SBDF_TEXT], path[STORE_PATH];

    if (!claim_is_ours(link->store, sbdf, link->domid))
        return;
    (void)snprintf(path, sizeof(path), XS_DEVICE_FORCE,
                   sbdf_format_dashed(sbdf, dashed));
    (void)!store_write(link->store, NULL, path, "");
}

/* As a toolstack would, so that the guest is told in the way it knows. */
static void detach(void *arg)
{
    struct detaching *d = arg;
    struct link *link = link_find(d->domid);
    struct device *dev = device_by_handle(d->domid, d->handle);
    int ret = 0;

    if (link && dev && dev->phase == DEVICE_READY) {
        hurry(link, dev->sbdf);
        ret = publish_remove_request(link->store, d->domid, dev->sbdf);
    }
    if (ret == -EAGAIN && ++d->tries < DETACH_TRIES) {
        (void)loop_after(DETACH_AGAIN_MS, detach, d);
        return;
    }
    if (ret < 0)
        link_report(link, &dev->sbdf, ret, "it cannot be detached");
    free(d);
}

static void detach_device(struct link *link, struct device *dev)
{
    struct detaching *d = calloc(1, sizeof(*d));

    /* It may go on with DMA while the guest is asked. */
    device_stop_dma(dev);
    if (!d) {
        log_warnx("d%u: out of memory; the device stays", link->domid);
        return;
    }
    d->domid = link->domid;
    d->handle = dev->handle;
    (void)loop_after(0, detach, d);
}

static const char *const consequences[] = {
    [POLICY_AER_NOTIFY] = "nothing else is done",
    [POLICY_AER_PAUSE] = "the guest is paused",
    [POLICY_AER_DETACH] = "the device is detached",
    [POLICY_AER_DESTROY] = "the guest is ended as crashed",
};

static int carry_out(struct link *link, struct device *dev)
{
    switch (dev->policy.aer) {
    case POLICY_AER_PAUSE:
        return hyp_pause(link->hyp, link->domid);
    case POLICY_AER_DETACH:
        detach_device(link, dev);
        return 0;
    case POLICY_AER_DESTROY:
        return hyp_crash(link->hyp, link->domid);
    case POLICY_AER_NOTIFY:
        break;
    }
    return 0;
}

void recovery_failed(struct link *link, struct device *dev, const char *why)
{
    char text[256], name[SBDF_TEXT];
    int ret;

    (void)snprintf(text, sizeof(text),
                   "its error was not recovered from: %s; %s", why,
                   consequences[dev->policy.aer]);
    link_write_aer(link, true);
    link_report(link, &dev->sbdf, -EIO, text);
    ret = carry_out(link, dev);
    if (ret < 0)
        log_warnx("d%u %s: the guest cannot be stopped: %s", link->domid,
                  sbdf_format(dev->sbdf, name), strerror(-ret));
}
