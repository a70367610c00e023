/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A device between two owners: its reset, what came of it, and who may have a
 * device that did not come out clean.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "aer-enable.h"
#include "claim.h"
#include "device.h"
#include "log.h"
#include "state.h"

static void note_guest(const struct device *dev, char text[CLAIM_UUID])
{
    static const uint8_t unknown[16];

    text[0] = '\0';
    if (memcmp(dev->uuid, unknown, sizeof(unknown)) != 0)
        (void)claim_uuid_format(dev->uuid, text);
}

void device_know_guest(struct device *dev)
{
    struct hyp_domain domain;

    if (hyp_domain(dev->hyp, dev->domid, &domain) == 0 && domain.exists)
        memcpy(dev->uuid, domain.uuid, sizeof(dev->uuid));
}

static int last_record(const struct device *dev, struct reset_record *r)
{
    return reset_record_load(state_dir(), dev->sbdf, dev->cs.params.vendor,
                             dev->cs.params.device, r);
}

/* After a guest it is that guest's doing; before one, still the last one's. */
static void remember(const struct device *dev, const struct reset_outcome *o)
{
    struct reset_record r = { 0 };
    char name[SBDF_TEXT];
    int ret;

    if (dev->phase != DEVICE_RELEASING && last_record(dev, &r) < 0)
        memset(&r, 0, sizeof(r));
    if (dev->phase == DEVICE_RELEASING)
        note_guest(dev, r.uuid);
    r.sbdf = dev->sbdf;
    r.vendor = dev->cs.params.vendor;
    r.device = dev->cs.params.device;
    r.time = (int64_t)time(NULL);
    r.clean = o->err == 0;
    memcpy(r.method, o->method, sizeof(r.method));
    memcpy(r.reason, o->text, sizeof(r.reason));
    if (r.clean)
        r.reason[0] = '\0';
    ret = reset_record_save(state_dir(), &r);
    if (ret < 0)
        log_warnx("d%u %s: the outcome of its reset cannot be recorded: %s",
                  dev->domid, sbdf_format(dev->sbdf, name), strerror(-ret));
}

static void tell(const struct device *dev, const struct reset_outcome *o)
{
    char name[SBDF_TEXT];

    sbdf_format(dev->sbdf, name);
    if (o->err < 0)
        log_warnx("d%u %s: not clean: %s", dev->domid, name, o->text);
    else if (!o->had_method)
        log_warnx("d%u %s: the kernel knows no way to reset this device; its "
                  "state passes from owner to owner",
                  dev->domid, name);
    else
        log_info("d%u %s: reset by %s%s%s%s", dev->domid, name, o->method,
                 o->text[0] ? " (" : "", o->text, o->text[0] ? ")" : "");
}

static void on_reset(void *arg, const struct reset_outcome *outcome)
{
    struct device *dev = arg;

    dev->outcome = *outcome;
    tell(dev, outcome);
    remember(dev, outcome);
    dev->after_reset(dev, outcome->err);
}

struct reset_order device_reset_wish(const struct device *dev)
{
    const struct policy *policy = &dev->policy;
    struct reset_order wish = { .n = policy->nreset };

    _Static_assert(sizeof(wish.names) == sizeof(policy->reset),
                   "as many methods, with names as long");
    memcpy(wish.names, policy->reset, sizeof(wish.names));
    return wish;
}

void device_reset_then(struct device *dev, device_reset_fn *next)
{
    const struct reset_order wish = device_reset_wish(dev);
    const struct reset_request request = {
        .sbdf = dev->sbdf,
        .config_fd = dev->config_fd,
        .cs = &dev->cs,
        .wish = &wish,
        .report_errors =
            dev->phase == DEVICE_CLAIMING && aer_is_heard(dev->sbdf),
        .done = on_reset,
        .arg = dev,
    };

    dev->after_reset = next;
    reset_start(&request);
}

/* Its own dirt is all that the same guest can find in it. */
static bool is_its_last_guest(const struct device *dev)
{
    struct reset_record r;
    char uuid[CLAIM_UUID];

    note_guest(dev, uuid);
    return last_record(dev, &r) == 0 && uuid[0] != '\0' &&
           strcmp(r.uuid, uuid) == 0;
}

int device_check_clean(struct device *dev)
{
    const struct reset_outcome *o = &dev->outcome;
    char name[SBDF_TEXT];

    if (o->err == 0)
        return 0;
    sbdf_format(dev->sbdf, name);
    if (!o->present) {
        device_say(dev->why, "%s cannot be used after its reset: %s", name,
                   o->text);
        return o->err;
    }
    if (!dev->policy.allow_dirty && !is_its_last_guest(dev)) {
        device_say(dev->why,
                   "%s is dirty and no other guest gets it (%s). Reset it by "
                   "hand, power-cycle the host, or force it: allow_dirty=1",
                   name, o->text);
        return -EBUSY;
    }
    log_warnx("d%u %s: given away dirty: %s", dev->domid, name,
              dev->policy.allow_dirty ? "allow_dirty says so"
                                      : "its last guest gets it back");
    return 0;
}
