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

static struct device_result result;
static bool has_result;

static void on_result(void *arg UNUSED, struct device *dev UNUSED,
                      const struct device_result *r)
{
    result = *r;
    has_result = true;
}

static bool is_over(void *arg UNUSED)
{
    return has_result;
}

static int wait_result(void)
{
    ck_assert(run_until(is_over, NULL));
    has_result = false;
    return result.err;
}

enum pci_wire_err case_write(struct device *dev, const struct cfg_plan *plan)
{
    device_config_write(dev, plan, on_result, NULL);
    return (enum pci_wire_err)wait_result();
}

int case_msix_on(struct device *dev, const uint16_t *entries,
                 unsigned int count, unsigned int *granted)
{
    int err;

    device_msix_on(dev, entries, count, on_result, NULL);
    err = wait_result();
    *granted = result.count;
    return err;
}

int case_msi_on(struct device *dev, unsigned int count, uint32_t *pirq)
{
    int err;

    device_msi_on(dev, count, on_result, NULL);
    err = wait_result();
    *pirq = result.pirq;
    return err;
}

void case_msi_off(struct device *dev)
{
    device_msi_off(dev, on_result, NULL);
    (void)wait_result();
}

static bool is_idle(void *arg)
{
    const struct device *dev = arg;

    return dev->ops == NULL;
}

void case_rest(struct device *dev)
{
    ck_assert(run_until(is_idle, dev));
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
