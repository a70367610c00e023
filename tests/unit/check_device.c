/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/device*.c: claiming, releasing, refusing, undoing, taking over. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "back-world.h"
#include "device.h"
#include "fake-store.h"
#include "nodes.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"
#include "temp-tree.h"

static const struct sbdf nvme = { .bus = 3 };
static const struct sbdf nic = { .bus = 4 };
static const struct sbdf absent = { .bus = 9 };

/* Of the nvme's dump. */
#define MSIX_CONTROL 0x42
#define PM_CONTROL   0x64

/* What a done function saw. */
static struct {
    bool done;
    int err;
    char why[DEVICE_WHY];
} seen;

static void setup(void)
{
    world_setup();
    world_add(nvme, &back_nvme);
    world_add(nic, &back_e1000e);
}

static void on_done(void *arg UNUSED, struct device *dev, int err)
{
    seen.done = true;
    seen.err = err;
    memcpy(seen.why, dev->why, sizeof(seen.why));
}

static bool is_done(void *arg UNUSED)
{
    return seen.done;
}

static struct device *start(struct sbdf sbdf, uint16_t domid)
{
    struct device_claim claim = {
        .sbdf = sbdf,
        .domid = domid,
        .done = on_done,
    };

    memset(&seen, 0, sizeof(seen));
    return device_claim(world_hyp, world_store, &claim, seen.why);
}

static struct device *claim_ok(struct sbdf sbdf)
{
    struct device *dev = start(sbdf, BACK_DOMID);

    ck_assert_msg(dev != NULL, "%s", seen.why);
    ck_assert(run_until(is_done, NULL));
    ck_assert_msg(seen.err == 0, "%s", seen.why);
    ck_assert_int_eq(dev->phase, DEVICE_READY);
    return dev;
}

static int release(struct device *dev)
{
    memset(&seen, 0, sizeof(seen));
    device_release(dev, on_done, NULL);
    ck_assert(run_until(is_done, NULL));
    return seen.err;
}

/* Each of Xen's calls with what the device was like at that moment. */
static char trace[4096];

static void trace_call(const char *line)
{
    size_t len = strlen(trace);

    (void)snprintf(
        trace + len, sizeof(trace) - len, "%.*s%s%s%s\n",
        (int)strcspn(line, " "), line,
        world_get(nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER ? " master" : "",
        world_get(nvme, MSIX_CONTROL, 2) & PCI_MSIX_FLAGS_ENABLE ? " msix" : "",
        world_was_reset(nvme) ? " reset" : "");
}

static void start_trace(void)
{
    trace[0] = '\0';
    fake_xen_on_call(trace_call);
}

START_TEST(claim_resets_then_grants_then_assigns)
{
    struct state_record r;
    struct device *dev;

    start_trace();
    ck_assert_uint_ne(world_get(nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
    dev = claim_ok(nvme);
    ck_assert_str_eq(fake_xen_log(), "iomem 5 feb30+4 give\n"
                                     "gsi 5 10 = 10\n"
                                     "irq 5 10 give\n"
                                     "assign 5 0000:03:00.0\n");
    ck_assert_str_eq(trace, "iomem reset\ngsi reset\nirq reset\n"
                            "assign reset\n");
    ck_assert_uint_eq(fake_xen_owner(nvme), BACK_DOMID);
    ck_assert_uint_eq(dev->cs.params.irq_line, 10);
    ck_assert_int_eq(state_load(nvme, &r), 0);
    ck_assert_uint_eq(r.domid, BACK_DOMID);
    ck_assert_uint_eq(r.grants.nranges, 1);
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(claim_puts_registers_back_after_the_reset)
{
    struct device *dev;

    world_slow_reset(nvme);
    dev = start(nvme, BACK_DOMID);
    ck_assert_ptr_nonnull(dev);
    ck_assert_int_eq(dev->phase, DEVICE_CLAIMING);
    world_set(nvme, 0x10, 4, 4);
    world_set(nvme, PCI_COMMAND, 2, 0);
    world_end_reset(nvme);
    ck_assert(run_until(is_done, NULL));
    ck_assert_int_eq(seen.err, 0);
    ck_assert_uint_eq(world_get(nvme, 0x10, 4), 0xfeb30004);
    ck_assert_uint_eq(world_get(nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
                      PCI_COMMAND_MEMORY);
    temp_tree_remove(world_path(nvme, "reset_method"));
    temp_tree_file(world_path(nvme, "reset_method"), "\n");
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(release_stops_dma_first_and_resets_in_quarantine)
{
    static const uint16_t entries[] = { 0, 1 };
    struct state_record r;
    struct device *dev = claim_ok(nvme);
    unsigned int granted;

    ck_assert_int_eq(device_msix_on(dev, entries, 2, &granted), 0);
    ck_assert_uint_eq(granted, 2);
    world_set(nvme, PCI_COMMAND, 2,
              world_get(nvme, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
    temp_tree_remove(world_path(nvme, "reset"));
    temp_tree_file(world_path(nvme, "reset"), "");
    start_trace();
    ck_assert_int_eq(release(dev), 0);
    ck_assert_str_eq(trace, "unmap\nunmap\ndeassign\nunmap\nirq\niomem\n");
    ck_assert(world_was_reset(nvme));
    ck_assert_uint_eq(fake_xen_owner(nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(world_get(nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE),
                      0);
    ck_assert_ptr_null(device_by_sbdf(nvme));
    ck_assert_int_eq(state_load(nvme, &r), -ENOENT);
}
END_TEST

START_TEST(release_survives_a_device_that_vanished)
{
    struct device *dev = claim_ok(nvme);

    temp_tree_file(world_path(nvme, "config"), "");
    ck_assert_int_eq(release(dev), -EIO);
    ck_assert_uint_eq(fake_xen_owner(nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(device_by_sbdf(nvme));
}
END_TEST

START_TEST(release_tries_everything)
{
    struct device *dev = claim_ok(nic);

    fake_xen_fail("deassign", 0, -EBUSY);
    fake_xen_clear_log();
    ck_assert_int_eq(release(dev), 0);
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "deassign 5 0000:04:00.0!"));
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}
END_TEST

static void prepare_nothing(void)
{
}

static void prepare_bridge(void)
{
    temp_tree_file(world_path(nvme, "class"), "0x060400\n");
}

static void prepare_in_use(void)
{
    world_bind(nvme, "nvme");
}

static void prepare_unbound(void)
{
    world_bind(nvme, NULL);
}

static void prepare_recorded(void)
{
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "7");
}

static void prepare_bad_record(void)
{
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "seven");
}

static void prepare_taken(void)
{
    fake_xen_set_owner(nvme, 7);
}

static void prepare_taken_ours(void)
{
    fake_xen_set_owner(nvme, 7);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    fake_store_set("/xenpci/device/0000-03-00-0/domid", "5");
}

static void prepare_dead(void)
{
    uint8_t ones[256];

    memset(ones, 0xff, sizeof(ones));
    temp_tree_bytes(world_path(nvme, "config"), ones, sizeof(ones));
}

static void prepare_no_config(void)
{
    temp_tree_file(world_path(nvme, "config"), "");
}

static const struct refusal {
    const char *name;
    void (*prepare)(void);
    const struct sbdf *sbdf;
    int err;
    const char *sentence; /* a part of it */
} refusals[] = {
    { "absent", prepare_nothing, &absent, ENODEV,
      "0000:09:00.0 does not exist on this host" },
    { "bridge", prepare_bridge, &nvme, ENOTSUP, "0000:03:00.0 is a bridge" },
    { "in use", prepare_in_use, &nvme, EBUSY,
      "is bound to nvme, not held for guests; run: xenpci assignable-add" },
    { "unbound", prepare_unbound, &nvme, EBUSY, "is bound to no driver" },
    { "recorded", prepare_recorded, &nvme, EBUSY,
      "is recorded as domain 7's (/libxl/pci/0000-03-00-0/domid)" },
    { "bad record", prepare_bad_record, &nvme, EINVAL,
      "/libxl/pci/0000-03-00-0/domid is malformed" },
    { "no IOMMU", fake_xen_no_iommu, &nvme, EOPNOTSUPP,
      "domain 5 was created without an IOMMU context" },
    { "taken", prepare_taken, &nvme, EINVAL, "taken by another domain" },
    { "taken, though recorded", prepare_taken_ours, &nvme, EINVAL,
      "taken by another domain" },
    { "dead", prepare_dead, &nvme, ENODEV, "" },
    { "no registers", prepare_no_config, &nvme, EIO, "" },
};

START_TEST(refusals_explain_and_change_nothing)
{
    const struct refusal *r = &refusals[_i];
    unsigned int fds = world_open_fds();

    r->prepare();
    ck_assert_ptr_null(start(*r->sbdf, BACK_DOMID));
    ck_assert_msg(errno == r->err, "%s: %s", r->name, strerror(errno));
    ck_assert_msg(seen.why[0] != '\0', "%s: no words", r->name);
    ck_assert_msg(strstr(seen.why, r->sentence) != NULL, "%s: \"%s\"", r->name,
                  seen.why);
    ck_assert_ptr_null(device_by_sbdf(*r->sbdf));
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(strstr(fake_xen_log(), " assign"));
    ck_assert(!world_was_reset(nvme));
    ck_assert_uint_eq(world_open_fds(), fds);
}
END_TEST

/* e1000e: five ranges, the line, the assignment. */
static const struct step {
    const char *call;
    unsigned int skip;
    const char *sentence;
} steps[] = {
    { "iomem", 0, "permissions cannot be granted" },
    { "iomem", 1, "permissions cannot be granted" },
    { "ioport", 0, "permissions cannot be granted" },
    { "iomem", 2, "permissions cannot be granted" },
    { "iomem", 3, "permissions cannot be granted" },
    { "gsi", 0, "permissions cannot be granted" },
    { "irq", 0, "permissions cannot be granted" },
    { "assign", 0, "Xen refused to assign the device" },
};

START_TEST(claim_undoes_itself_at_each_step)
{
    struct state_record r;

    fake_xen_fail(steps[_i].call, steps[_i].skip, -EPERM);
    ck_assert_ptr_nonnull(start(nic, BACK_DOMID));
    ck_assert(run_until(is_done, NULL));
    ck_assert_int_eq(seen.err, -EPERM);
    ck_assert_msg(strstr(seen.why, steps[_i].sentence) != NULL, "%s", seen.why);
    ck_assert_uint_eq(fake_xen_owner(nic), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(device_by_sbdf(nic));
    ck_assert_int_eq(state_load(nic, &r), -ENOENT);
}
END_TEST

START_TEST(claim_fails_if_the_device_dies_in_its_reset)
{
    world_slow_reset(nvme);
    ck_assert_ptr_nonnull(start(nvme, BACK_DOMID));
    world_set(nvme, 0, 4, UINT32_MAX);
    world_end_reset(nvme);
    ck_assert(run_until(is_done, NULL));
    ck_assert_int_eq(seen.err, -ENODEV);
    ck_assert_ptr_nonnull(strstr(seen.why, "after its reset"));
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_ptr_null(device_by_sbdf(nvme));
}
END_TEST

START_TEST(without_a_reset_method_it_is_claimed_all_the_same)
{
    struct device *dev;

    temp_tree_file(world_path(nvme, "reset_method"), "\n");
    dev = claim_ok(nvme);
    ck_assert(!world_was_reset(nvme));
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(what_libxl_assigned_is_not_assigned_again)
{
    struct device *dev;

    fake_xen_set_owner(nvme, BACK_DOMID);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    dev = claim_ok(nvme);
    ck_assert_ptr_null(strstr(fake_xen_log(), "assign"));
    ck_assert_int_eq(release(dev), 0);
    ck_assert_uint_eq(fake_xen_owner(nvme), HYP_DOMID_IO);
}
END_TEST

/* An earlier broker died between the assignment and its record. */
START_TEST(what_we_left_assigned_is_assigned_again)
{
    struct device *dev;

    prepare_taken_ours();
    fake_xen_set_owner(nvme, BACK_DOMID);
    dev = claim_ok(nvme);
    ck_assert_int_eq(strncmp(fake_xen_log(), "deassign", 8), 0);
    ck_assert_uint_eq(fake_xen_owner(nvme), BACK_DOMID);
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(one_owner_at_a_time)
{
    struct device *dev = claim_ok(nvme);

    fake_xen_domain(6)->exists = true;
    ck_assert_ptr_null(start(nvme, 6));
    ck_assert_int_eq(errno, EBUSY);
    ck_assert_str_eq(seen.why, "0000:03:00.0 belongs to domain 5");
    /* Its owner dies: it will be free soon. */
    fake_xen_domain(BACK_DOMID)->dying = true;
    ck_assert_ptr_null(start(nvme, 6));
    ck_assert_int_eq(errno, EAGAIN);
    fake_xen_domain(BACK_DOMID)->dying = false;
    /* It is on its way back. */
    memset(&seen, 0, sizeof(seen));
    device_release(dev, on_done, NULL);
    ck_assert_ptr_null(start(nvme, 6));
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert(run_until(is_done, NULL));
}
END_TEST

START_TEST(handles_are_per_domain_and_never_reused)
{
    struct device *dev = claim_ok(nvme);
    uint32_t handle = dev->handle;

    ck_assert_ptr_eq(device_by_handle(BACK_DOMID, handle), dev);
    ck_assert_ptr_null(device_by_handle(6, handle));
    ck_assert_int_eq(release(dev), 0);
    ck_assert_ptr_null(device_by_handle(BACK_DOMID, handle));
    dev = claim_ok(nvme);
    ck_assert_uint_ne(dev->handle, handle);
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(config_writes_are_checked_again)
{
    struct cfg_plan ids = { 1, { { .offset = 0, .size = 2, .value = 1 } } };
    struct cfg_plan many = { .count = CFG_PLAN_MAX + 1 };
    struct cfg_plan master = {
        1, { { PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER } }
    };
    struct device *dev = claim_ok(nvme);
    bool wakes = false;

    master.writes[0].value |= world_get(nvme, PCI_COMMAND, 2);
    ck_assert_int_eq(device_config_write(dev, &ids, &wakes),
                     PCI_ERR_ACCESS_DENIED);
    ck_assert_uint_eq(world_get(nvme, 0, 2), 0x1b36);
    ck_assert_int_eq(device_config_write(dev, &many, &wakes),
                     PCI_ERR_INVALID_OFFSET);
    ck_assert_int_eq(device_config_write(dev, &master, &wakes),
                     PCI_ERR_SUCCESS);
    ck_assert_uint_ne(world_get(nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
    /* From the moment of the release the guest has no say. */
    memset(&seen, 0, sizeof(seen));
    device_release(dev, on_done, NULL);
    ck_assert_int_eq(device_config_write(dev, &master, &wakes),
                     PCI_ERR_DEV_NOT_FOUND);
    ck_assert(run_until(is_done, NULL));
    ck_assert_uint_eq(world_get(nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
}
END_TEST

/* What D3hot cost the device, its guest may not put back itself (XSA-120). */
START_TEST(a_device_that_wakes_gets_its_decodes_back)
{
    const struct cfg_plan wake = { 1, { { PM_CONTROL, 2, 8 } } };
    struct device *dev = claim_ok(nvme);
    bool wakes = false;

    ck_assert_int_eq(device_config_write(dev, &wake, &wakes), PCI_ERR_SUCCESS);
    ck_assert(!wakes); /* it was awake */
    world_set(nvme, PM_CONTROL, 2, 8 | 3);
    ck_assert_int_eq(device_config_write(dev, &wake, &wakes), PCI_ERR_SUCCESS);
    ck_assert(wakes);
    world_set(nvme, 0x10, 4, 4);
    world_set(nvme, PCI_COMMAND, 2, 0);
    ck_assert_int_eq(device_woken(dev), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(world_get(nvme, 0x10, 4), 0xfeb30004);
    ck_assert_uint_eq(world_get(nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
                      PCI_COMMAND_MEMORY);
    ck_assert_int_eq(release(dev), 0);
}
END_TEST

START_TEST(adopted_from_its_record)
{
    static const uint16_t entries[] = { 3 };
    struct device *dev = claim_ok(nvme);
    unsigned int granted;
    uint32_t pirq;

    ck_assert_int_eq(device_msix_on(dev, entries, 1, &granted), 0);
    pirq = dev->irq.pirqs[0];
    dev->shadow->bytes[CFG_SIZE_MAX - 1] = 0x77;
    device_free(dev); /* the broker dies */
    fake_xen_clear_log();
    dev = device_adopt(world_hyp, nvme);
    ck_assert_ptr_nonnull(dev);
    ck_assert_int_eq(dev->phase, DEVICE_READY);
    ck_assert_uint_eq(dev->domid, BACK_DOMID);
    ck_assert_int_eq(dev->irq.mode, IRQ_MSIX);
    ck_assert_uint_eq(dev->irq.pirqs[0], pirq);
    ck_assert_uint_eq(dev->shadow->bytes[CFG_SIZE_MAX - 1], 0x77);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_int_eq(release(dev), 0);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(fake_xen_owner(nvme), HYP_DOMID_IO);
}
END_TEST

START_TEST(adoption_fails_without_a_trace)
{
    unsigned int fds = world_open_fds();

    ck_assert_ptr_null(device_adopt(world_hyp, nvme));
    ck_assert_int_eq(errno, ENOENT);
    temp_tree_file("run/0000-03-00-0.json", "{ \"version\": 2 }");
    ck_assert_ptr_null(device_adopt(world_hyp, nvme));
    ck_assert_int_eq(errno, ENOTSUP);
    ck_assert_ptr_null(device_by_sbdf(nvme));
    ck_assert_uint_eq(world_open_fds(), fds);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device");
    TCase *tc = tcase_create("device");

    tcase_add_checked_fixture(tc, setup, world_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, claim_resets_then_grants_then_assigns);
    tcase_add_test(tc, claim_puts_registers_back_after_the_reset);
    tcase_add_test(tc, release_stops_dma_first_and_resets_in_quarantine);
    tcase_add_test(tc, release_survives_a_device_that_vanished);
    tcase_add_test(tc, release_tries_everything);
    tcase_add_loop_test(tc, refusals_explain_and_change_nothing, 0,
                        (int)ARRAY_LEN(refusals));
    tcase_add_loop_test(tc, claim_undoes_itself_at_each_step, 0,
                        (int)ARRAY_LEN(steps));
    tcase_add_test(tc, claim_fails_if_the_device_dies_in_its_reset);
    tcase_add_test(tc, without_a_reset_method_it_is_claimed_all_the_same);
    tcase_add_test(tc, what_libxl_assigned_is_not_assigned_again);
    tcase_add_test(tc, what_we_left_assigned_is_assigned_again);
    tcase_add_test(tc, one_owner_at_a_time);
    tcase_add_test(tc, handles_are_per_domain_and_never_reused);
    tcase_add_test(tc, config_writes_are_checked_again);
    tcase_add_test(tc, a_device_that_wakes_gets_its_decodes_back);
    tcase_add_test(tc, adopted_from_its_record);
    tcase_add_test(tc, adoption_fails_without_a_trace);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
