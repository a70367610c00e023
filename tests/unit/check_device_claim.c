/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claiming a device: order, refusals, undoing. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device-case.h"
#include "fake-store.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"
#include "temp-tree.h"

static const struct sbdf absent = { .bus = 9 };

START_TEST(claim_resets_then_grants_then_assigns)
{
    struct state_record r;
    struct device *dev;

    start_trace();
    ck_assert_uint_ne(world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    dev = claim_ok(case_nvme);
    ck_assert_str_eq(fake_xen_log(), "iomem 5 feb30+4 give\n"
                                     "gsi 5 10 = 10\n"
                                     "irq 5 10 give\n"
                                     "assign 5 0000:03:00.0\n");
    ck_assert_str_eq(case_trace, "iomem reset\ngsi reset\nirq reset\n"
                                 "assign reset\n");
    ck_assert_uint_eq(fake_xen_owner(case_nvme), BACK_DOMID);
    ck_assert_uint_eq(dev->cs.params.irq_line, 10);
    ck_assert_int_eq(state_load(case_nvme, &r), 0);
    ck_assert_uint_eq(r.domid, BACK_DOMID);
    ck_assert_uint_eq(r.grants.nranges, 1);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

static bool is_looked_at(void *arg)
{
    const struct device *dev = arg;

    return dev->cs.params.size != 0;
}

START_TEST(claim_puts_registers_back_after_the_reset)
{
    struct device *dev;

    world_slow_reset(case_nvme);
    dev = start_claim(case_nvme, BACK_DOMID);
    ck_assert_ptr_nonnull(dev);
    ck_assert_int_eq(dev->phase, DEVICE_CLAIMING);
    ck_assert(run_until(is_looked_at, dev));
    world_set(case_nvme, 0x10, 4, 4);
    world_set(case_nvme, PCI_COMMAND, 2, 0);
    world_end_reset(case_nvme);
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, 0);
    ck_assert_uint_eq(world_get(case_nvme, 0x10, 4), 0xfeb30004);
    ck_assert_uint_eq(world_get(case_nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
                      PCI_COMMAND_MEMORY);
    temp_tree_remove(world_path(case_nvme, "reset_method"));
    temp_tree_file(world_path(case_nvme, "reset_method"), "\n");
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

static void prepare_nothing(void)
{
}

static void prepare_bridge(void)
{
    temp_tree_file(world_path(case_nvme, "class"), "0x060400\n");
}

static void prepare_in_use(void)
{
    world_bind(case_nvme, "nvme");
}

static void prepare_unbound(void)
{
    world_bind(case_nvme, NULL);
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
    fake_xen_set_owner(case_nvme, 7);
}

static void prepare_taken_ours(void)
{
    fake_xen_set_owner(case_nvme, 7);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    fake_store_set("/xenpci/device/0000-03-00-0/domid", "5");
}

static void prepare_dead(void)
{
    uint8_t ones[256];

    memset(ones, 0xff, sizeof(ones));
    temp_tree_bytes(world_path(case_nvme, "config"), ones, sizeof(ones));
}

static void prepare_no_config(void)
{
    temp_tree_file(world_path(case_nvme, "config"), "");
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
    { "bridge", prepare_bridge, &case_nvme, ENOTSUP,
      "0000:03:00.0 is a bridge" },
    { "in use", prepare_in_use, &case_nvme, EBUSY,
      "is bound to nvme, not held for guests; run: xenpci assignable-add" },
    { "unbound", prepare_unbound, &case_nvme, EBUSY, "is bound to no driver" },
    { "recorded", prepare_recorded, &case_nvme, EBUSY,
      "is recorded as domain 7's (/libxl/pci/0000-03-00-0/domid)" },
    { "bad record", prepare_bad_record, &case_nvme, EINVAL,
      "/libxl/pci/0000-03-00-0/domid is malformed" },
    { "no IOMMU", fake_xen_no_iommu, &case_nvme, EOPNOTSUPP,
      "domain 5 was created without an IOMMU context" },
    { "taken", prepare_taken, &case_nvme, EINVAL, "taken by another domain" },
    { "taken, though recorded", prepare_taken_ours, &case_nvme, EINVAL,
      "taken by another domain" },
    { "dead", prepare_dead, &case_nvme, ENODEV, "reads all ones" },
    { "no registers", prepare_no_config, &case_nvme, EIO,
      "configuration space cannot be read" },
};

START_TEST(refusals_explain_and_change_nothing)
{
    const struct refusal *r = &refusals[_i];
    unsigned int fds = world_open_fds();

    r->prepare();
    /* What only the device can tell comes later. */
    if (!start_claim(*r->sbdf, BACK_DOMID))
        case_seen.err = -errno;
    else
        ck_assert(run_until(case_done, NULL));
    ck_assert_msg(case_seen.err == -r->err, "%s: %s", r->name,
                  strerror(-case_seen.err));
    ck_assert_msg(case_seen.why[0] != '\0', "%s: no words", r->name);
    ck_assert_msg(strstr(case_seen.why, r->sentence) != NULL, "%s: \"%s\"",
                  r->name, case_seen.why);
    ck_assert_ptr_null(device_by_sbdf(*r->sbdf));
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(strstr(fake_xen_log(), " assign"));
    ck_assert(!world_was_reset(case_nvme));
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

START_TEST(xsa_378_386_400_460_claim_undoes_itself)
{
    int shadow = state_shadow(case_nic);
    struct state_record r;
    struct stat st;

    fake_xen_fail(steps[_i].call, steps[_i].skip, -EPERM);
    ck_assert_ptr_nonnull(start_claim(case_nic, BACK_DOMID));
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, -EPERM);
    ck_assert_msg(strstr(case_seen.why, steps[_i].sentence) != NULL, "%s",
                  case_seen.why);
    ck_assert_uint_eq(fake_xen_owner(case_nic), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(device_by_sbdf(case_nic));
    ck_assert_int_eq(state_load(case_nic, &r), -ENOENT);
    /* The next owner gets other memory than this one's worker might keep. */
    ck_assert_int_eq(fstat(shadow, &st), 0);
    ck_assert_uint_eq(st.st_nlink, 0);
    (void)close(shadow);
}
END_TEST

static bool flr_is_chosen(void *unused UNUSED)
{
    return strcmp(temp_tree_text(world_path(case_nvme, "reset_method")),
                  "flr") == 0;
}

START_TEST(claim_fails_if_the_device_dies_in_its_reset)
{
    world_slow_reset(case_nvme);
    temp_tree_file(world_path(case_nvme, "reset_method"), "flr pm\n");
    ck_assert_ptr_nonnull(start_claim(case_nvme, BACK_DOMID));
    ck_assert(run_until(flr_is_chosen, NULL));
    world_set(case_nvme, 0, 4, UINT32_MAX);
    world_end_reset(case_nvme);
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, -ENODEV);
    ck_assert_ptr_nonnull(strstr(case_seen.why, "after its reset"));
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
}
END_TEST

START_TEST(without_a_reset_method_it_is_claimed_all_the_same)
{
    struct device *dev;

    temp_tree_file(world_path(case_nvme, "reset_method"), "\n");
    dev = claim_ok(case_nvme);
    ck_assert(!world_was_reset(case_nvme));
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(what_libxl_assigned_is_not_assigned_again)
{
    struct device *dev;

    fake_xen_set_owner(case_nvme, BACK_DOMID);
    fake_store_set("/libxl/pci/0000-03-00-0/domid", "5");
    dev = claim_ok(case_nvme);
    ck_assert_ptr_null(strstr(fake_xen_log(), "assign"));
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
}
END_TEST

/* An earlier broker died between the assignment and its record. */
START_TEST(what_we_left_assigned_is_assigned_again)
{
    struct device *dev;

    prepare_taken_ours();
    fake_xen_set_owner(case_nvme, BACK_DOMID);
    dev = claim_ok(case_nvme);
    ck_assert_int_eq(strncmp(fake_xen_log(), "deassign", 8), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), BACK_DOMID);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

TCase *device_claim_tests(void)
{
    TCase *tc = tcase_create("claim");

    tcase_add_test(tc, claim_resets_then_grants_then_assigns);
    tcase_add_test(tc, claim_puts_registers_back_after_the_reset);
    tcase_add_loop_test(tc, refusals_explain_and_change_nothing, 0,
                        (int)ARRAY_LEN(refusals));
    tcase_add_loop_test(tc, xsa_378_386_400_460_claim_undoes_itself, 0,
                        (int)ARRAY_LEN(steps));
    tcase_add_test(tc, claim_fails_if_the_device_dies_in_its_reset);
    tcase_add_test(tc, without_a_reset_method_it_is_claimed_all_the_same);
    tcase_add_test(tc, what_libxl_assigned_is_not_assigned_again);
    tcase_add_test(tc, what_we_left_assigned_is_assigned_again);
    return tc;
}
