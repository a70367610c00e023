/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The house of the xenpci command: a host with an NVMe disk, a running guest, and
 * a daemon and a kernel that do what they are asked.
 */
#include "house.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "fake-store.h"
#include "fake-xen.h"
#include "inuse.h"
#include "kernel.h"
#include "libs.h"
#include "sysfs.h"
#include "temp-tree.h"

#define ADDRESS "0000:01:00.0"
#define BACK    "/local/domain/0/backend/pci/3/0"
#define FRONT   "/local/domain/3/device/pci/0"
#define OWNER   "/libxl/pci/0000-01-00-0/domid"
#define OURS    "/xenpci/device/0000-01-00-0/domid"

static const struct sbdf disk = { .bus = 1 };
static char sys[128], proc[160];

void house_init(void)
{
}

bool house_lost_memory(void)
{
    return false;
}

void house_up(void)
{
    uint8_t config[256] = { 0x36, 0x1b, 0x10, 0x00 };

    (void)snprintf(sys, sizeof(sys), "%s", temp_tree_make());
    sysfs_root = sys;
    (void)snprintf(proc, sizeof(proc), "%s/proc", sys);
    proc_root = proc;
    temp_tree_file("proc/self/mountinfo", "");
    temp_tree_file("proc/swaps", "");
    temp_tree_file("proc/4711/comm", "xenpcid\n");
    temp_tree_file("bus/pci/devices/" ADDRESS "/class", "0x010802\n");
    temp_tree_file("bus/pci/devices/" ADDRESS "/vendor", "0x1b36\n");
    temp_tree_file("bus/pci/devices/" ADDRESS "/device", "0x0010\n");
    temp_tree_bytes("bus/pci/devices/" ADDRESS "/config", config,
                    sizeof(config));
    fault_kernel_up(sys);
    fault_kernel_bind(ADDRESS, "nvme");
    fake_store_reset();
    (void)fake_xen_reset();
    fake_xen_domain(0)->exists = true;
    fake_xen_domain(3)->exists = true;
    fake_xen_add_device(disk);
    fake_xen_set_owner(disk, 0);
    fake_store_set("/local/domain/3/name", "work");
    fake_store_set("/xenpci/daemon/pid", "4711");
}

void house_down(void)
{
    if (fake_store_open_count() != 0 || libs_xen_open() != 0)
        verdict("connections, transactions or buffers are left open");
    fake_store_reset();
    temp_tree_drop();
}

/* ---- the daemon and the guest: each idle moment of the command is a step ---- */

static bool is(const char *path, const char *value)
{
    const char *now = fake_store_get(path);

    return now && strcmp(now, value) == 0;
}

static void daemon_step(void *arg UNUSED)
{
    if (is(BACK "/state", "2") && is(BACK "/state-0", "1")) {
        fake_xen_set_owner(disk, 3);
        fake_store_set(BACK "/vdev-0", "0000:00:00.00");
        fake_store_set(BACK "/root_num", "1");
        fake_store_set(BACK "/state-0", "3");
        fake_store_set(BACK "/state", "3");
    } else if (is(BACK "/state", "3") && !is(FRONT "/state", "3")) {
        fake_store_set(FRONT "/state", "3");
    } else if (is(BACK "/state", "3")) {
        fake_store_set(BACK "/state", "4");
        fake_store_set(FRONT "/state", "4");
    } else if (is(BACK "/state", "7") && is(BACK "/state-0", "5")) {
        fake_xen_set_owner(disk, HYP_DOMID_IO);
        fake_store_set(BACK "/state-0", "6");
        fake_store_set(BACK "/state", "8");
    } else if (is(BACK "/state", "8")) {
        fake_store_set(FRONT "/state", "4");
        fake_store_set(BACK "/state", "4");
    }
}

/* ---- the commands ---- */

static struct outcome outcome;
static enum exit_code code;

static bool run(enum exit_code (*command)(const struct args *args,
                                          struct outcome *out),
                const char *first, const char *second)
{
    const struct args args = {
        .operands = { first, second },
        .noperands = second ? 2 : 1,
        .json = true,
        .has_timeout = true,
        .timeout_s = 2,
    };

    (void)json_object_put(outcome.json);
    memset(&outcome, 0, sizeof(outcome));
    fake_store_on_idle(daemon_step, NULL);
    code = command(&args, &outcome);
    fake_store_on_idle(NULL, NULL);
    return code == EXIT_DONE;
}

static bool add(void)
{
    return run(cmd_assignable_add, ADDRESS, NULL);
}

static bool give_back(void)
{
    return run(cmd_assignable_remove, ADDRESS, NULL);
}

static bool attach(void)
{
    return run(cmd_attach, "work", ADDRESS);
}

static bool detach(void)
{
    return run(cmd_detach, "work", ADDRESS);
}

static bool is_assignable(void)
{
    return fault_kernel_has(ADDRESS, "pciback") &&
           fake_xen_owner(disk) == HYP_DOMID_IO && !fake_store_get(OWNER) &&
           !fake_store_get(OURS) && !fake_store_get(BACK "/dev-0");
}

static bool is_back(void)
{
    return fault_kernel_has(ADDRESS, "nvme") && fake_xen_owner(disk) == 0;
}

static void prepare_nothing(void)
{
}

static void prepare_assignable(void)
{
    if (!add() || !is_assignable())
        verdict("cannot make it assignable: %s", outcome.cause);
}

static void prepare_attached(void)
{
    prepare_assignable();
    if (!attach() || !is(OWNER, "3"))
        verdict("cannot attach: %s", outcome.cause);
}

static bool again_add(void)
{
    return add() && is_assignable() && give_back() && is_back();
}

static bool again_give_back(void)
{
    return give_back() && is_back() && add() && is_assignable();
}

/* What an attempt left half done, detach undoes; it may have left nothing. */
static bool again_attach(void)
{
    (void)detach();
    return attach() && is(OWNER, "3") && is(BACK "/state", "4") && detach() &&
           is_assignable();
}

static bool again_detach(void)
{
    bool gone = !fake_store_get(OWNER);

    return (detach() || gone) && is_assignable() && attach() && detach() &&
           is_assignable();
}

const struct scenario house_scenarios[] = {
    { "assignable-add", prepare_nothing, add, again_add },
    { "assignable-remove", prepare_assignable, give_back, again_give_back },
    { "xenpci-attach", prepare_assignable, attach, again_attach },
    { "xenpci-detach", prepare_attached, detach, again_detach },
};
const size_t house_nscenarios = ARRAY_LEN(house_scenarios);

/* Nothing was done, or the command says what was: one or the other. */
static void check_words(bool works)
{
    if (works)
        return;
    if (outcome.cause[0] == '\0')
        verdict("exit code %d without a cause", code);
    if (strstr(outcome.cause, "Success"))
        verdict("says only: %s", outcome.cause);
    if (outcome.effect[0] == '\0' && outcome.next[0] == '\0')
        verdict("no effect and no next step: %s", outcome.cause);
}

void house_operate(const struct scenario *scenario,
                   const struct fault_point *point, int log_fd UNUSED)
{
    bool works;

    fault_arm(point);
    works = scenario->operate();
    fault_disarm();
    if (!works && !fault_fired())
        verdict("fails without a fault: %s", outcome.cause);
    check_words(works);
    if (!works && scenario->operate == attach && !is_assignable() &&
        !strstr(outcome.effect, "may be") && !is(BACK "/state-0", "3"))
        verdict("half attached: %s %s", outcome.cause, outcome.effect);
    if (!scenario->again())
        verdict("the next attempt fails: %s", outcome.cause);
    (void)json_object_put(outcome.json);
    outcome.json = NULL;
}
