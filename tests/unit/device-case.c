/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See device-case.h. */
#include "device-case.h"

#include <stdio.h>
#include <string.h>

#include "pciregs.h"
#include "run-until.h"

const struct sbdf case_nvme = { .bus = 3 };
const struct sbdf case_nic = { .bus = 4 };
struct case_seen case_seen;
char case_trace[4096];

void device_case_setup(void)
{
    world_setup();
    world_add(case_nvme, &back_nvme);
    world_add(case_nic, &back_e1000e);
}

void case_on_done(void *arg UNUSED, struct device *dev, int err)
{
    /* Whoever is told that it is over may claim it again at once. */
    if (dev->phase != DEVICE_READY)
        ck_assert_ptr_null(device_by_sbdf(dev->sbdf));
    case_seen.done = true;
    case_seen.err = err;
    memcpy(case_seen.why, dev->why, sizeof(case_seen.why));
}

bool case_done(void *arg UNUSED)
{
    return case_seen.done;
}

struct device *start_claim(struct sbdf sbdf, uint16_t domid)
{
    struct device_claim claim = {
        .sbdf = sbdf,
        .domid = domid,
        .done = case_on_done,
    };

    memset(&case_seen, 0, sizeof(case_seen));
    return device_claim(world_hyp, world_store, &claim, case_seen.why);
}

struct device *claim_ok(struct sbdf sbdf)
{
    struct device *dev = start_claim(sbdf, BACK_DOMID);

    ck_assert_msg(dev != NULL, "%s", case_seen.why);
    ck_assert(run_until(case_done, NULL));
    ck_assert_msg(case_seen.err == 0, "%s", case_seen.why);
    ck_assert_int_eq(dev->phase, DEVICE_READY);
    return dev;
}

int release_device(struct device *dev)
{
    memset(&case_seen, 0, sizeof(case_seen));
    device_release(dev, case_on_done, NULL);
    ck_assert(run_until(case_done, NULL));
    return case_seen.err;
}

static void trace_call(const char *line)
{
    bool master = world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
    bool msix = world_get(case_nvme, MSIX_CONTROL, 2) & PCI_MSIX_FLAGS_ENABLE;
    size_t len = strlen(case_trace);

    (void)snprintf(case_trace + len, sizeof(case_trace) - len, "%.*s%s%s%s\n",
                   (int)strcspn(line, " "), line, master ? " master" : "",
                   msix ? " msix" : "",
                   world_was_reset(case_nvme) ? " reset" : "");
}

void start_trace(void)
{
    case_trace[0] = '\0';
    fake_xen_on_call(trace_call);
}
