/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resets: which method, what is verified, and what a device looks like then. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "device-case.h"
#include "pciregs.h"
#include "run-until.h"
#include "temp-tree.h"
#include "verify.h"

static struct reset_order order_of(const char *names)
{
    struct reset_order order;

    reset_plan(names, NULL, &order);
    return order;
}

static const struct {
    const char *offered;
    const char *wish;
    const char *plan;
} plans[] = {
    { "", "", "" },
    { "flr", "", "flr" },
    { "device_specific flr pm bus", "", "device_specific flr pm bus" },
    { "flr pm bus", "bus flr", "bus flr" },
    { "flr pm bus", "cxl_bus pm", "pm" },
    { "flr pm bus", "acpi", "" },
    { "flr", "fl lr flrs", "" },
    { "  flr   a_name_that_no_kernel_has pm\n", "", "flr pm" },
    { "a b c d e f g h i j", "", "a b c d e f g h" },
    { "", "flr", "" },
};

START_TEST(plans_keep_to_what_is_offered)
{
    struct reset_order wish = order_of(plans[_i].wish);
    struct reset_order want = order_of(plans[_i].plan), plan;

    reset_plan(plans[_i].offered, &wish, &plan);
    ck_assert_mem_eq(&plan, &want, sizeof(plan));
}
END_TEST

static void offer(const char *methods)
{
    temp_tree_file(world_path(case_nvme, "reset_method"), methods);
}

static bool is_chosen(void *name)
{
    return strcmp(temp_tree_text(world_path(case_nvme, "reset_method")),
                  name) == 0;
}

/* Until the child has chosen the method; it then waits in its reset. */
static void await_method(const char *name)
{
    char text[RESET_NAME];

    ck_assert_uint_lt(strlen(name), sizeof(text));
    strcpy(text, name);
    ck_assert_msg(run_until(is_chosen, text), "%s is not chosen", name);
}

static void die(void)
{
    world_set(case_nvme, PCI_VENDOR_ID, 4, UINT32_MAX);
}

static void revive(void)
{
    world_set(case_nvme, PCI_VENDOR_ID, 4, NVME_IDS);
}

START_TEST(the_next_method_follows_one_that_did_not_help)
{
    struct device *dev;

    offer("flr pm bus\n");
    world_slow_reset(case_nvme);
    dev = start_claim(case_nvme, BACK_DOMID);
    await_method("flr");
    die();
    world_end_reset(case_nvme);
    /* pm would ask the device, and is left out. */
    await_method("bus");
    revive();
    world_end_reset(case_nvme);
    ck_assert(run_until(case_done, NULL));
    ck_assert_msg(case_seen.err == 0, "%s", case_seen.why);
    ck_assert_str_eq(dev->outcome.method, "bus");
    ck_assert_str_eq(dev->outcome.text, "flr: the device does not answer; "
                                        "pm: needs a device that answers");
    ck_assert_str_eq(temp_tree_text(world_path(case_nvme, "reset_method")),
                     "flr pm bus");
    offer("\n");
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(a_wish_is_kept_to)
{
    const struct policy policy = { .reset = { "bus", "acpi" }, .nreset = 2 };
    struct device_claim claim = {
        .sbdf = case_nvme,
        .domid = BACK_DOMID,
        .policy = &policy,
        .done = case_on_done,
    };
    struct device *dev;

    offer("flr acpi bus\n");
    memset(&case_seen, 0, sizeof(case_seen));
    dev = device_claim(world_hyp, world_store, &claim, case_seen.why);
    ck_assert_ptr_nonnull(dev);
    ck_assert(run_until(case_done, NULL));
    ck_assert_int_eq(case_seen.err, 0);
    ck_assert_str_eq(dev->outcome.method, "bus");
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* With one method there is nothing to choose, and the file is not touched. */
START_TEST(a_single_method_is_not_chosen)
{
    struct device *dev;

    offer("flr\n");
    dev = claim_ok(case_nvme);
    ck_assert_str_eq(temp_tree_text(world_path(case_nvme, "reset_method")),
                     "flr\n");
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* Linux before 5.15. */
START_TEST(a_kernel_without_a_list_of_methods)
{
    struct device *dev;

    temp_tree_remove(world_path(case_nvme, "reset_method"));
    dev = claim_ok(case_nvme);
    ck_assert(world_was_reset(case_nvme));
    ck_assert_str_eq(dev->outcome.method, "default");
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* PCIe 6.0 6.6.1: up to a second. Meanwhile others are served. */
START_TEST(a_late_device_is_waited_for_and_holds_up_nobody)
{
    struct device *dev, *nic;

    offer("flr bus\n");
    world_slow_reset(case_nvme);
    dev = start_claim(case_nvme, BACK_DOMID);
    await_method("flr");
    world_set(case_nvme, PCI_VENDOR_ID, 4, 0xffff0001); /* not yet */
    world_end_reset(case_nvme);
    nic = claim_ok(case_nic);
    ck_assert_int_eq(dev->phase, DEVICE_CLAIMING);
    revive();
    memset(&case_seen, 0, sizeof(case_seen));
    ck_assert(run_until(case_done, NULL));
    ck_assert_msg(case_seen.err == 0, "%s", case_seen.why);
    ck_assert_str_eq(dev->outcome.method, "flr");
    ck_assert_str_eq(dev->outcome.text, "");
    offer("\n");
    ck_assert_int_eq(release_device(nic), 0);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* No reset clears them, and the next owner must not find them. */
START_TEST(dma_and_interrupts_go_off_without_a_reset)
{
    struct device *dev;

    offer("\n");
    dev = claim_ok(case_nvme);
    world_set(case_nvme, PCI_COMMAND, 2,
              world_get(case_nvme, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
    world_set(case_nvme, MSIX_CONTROL, 2,
              world_get(case_nvme, MSIX_CONTROL, 2) | PCI_MSIX_FLAGS_ENABLE |
                  PCI_MSIX_FLAGS_MASKALL);
    world_set(case_nvme, PCI_BAR0, 4, 0x12340004);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    ck_assert_uint_eq(world_get(case_nvme, MSIX_CONTROL, 2) &
                          (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL),
                      0);
    ck_assert_uint_eq(world_get(case_nvme, PCI_BAR0, 4), 0xfeb30004);
}
END_TEST

/* The registers lost their bases while nobody had the device. */
START_TEST(bases_come_from_the_kernel)
{
    struct device *dev;

    world_set(case_nvme, PCI_BAR0, 4, 4);
    world_set(case_nic, PCI_BAR0 + 12, 4, 0);
    dev = claim_ok(case_nvme);
    ck_assert_uint_eq(world_get(case_nvme, PCI_BAR0, 4), 0xfeb30004);
    ck_assert_uint_eq(world_get(case_nvme, PCI_BAR0 + 4, 4), 0);
    ck_assert_int_eq(release_device(dev), 0);
    dev = claim_ok(case_nic);
    ck_assert_uint_eq(world_get(case_nic, PCI_BAR0 + 12, 4), 0xfeb34000);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* What each part of the verification says of a device that is not clean. */
static const struct {
    uint16_t offset;
    uint8_t size;
    uint32_t bits;
    const char *what;
} unclean[] = {
    { PCI_COMMAND, 2, PCI_COMMAND_MASTER, "bus mastering stays on" },
    { MSIX_CONTROL, 2, PCI_MSIX_FLAGS_ENABLE, "MSI-X stays on or masked" },
    { MSIX_CONTROL, 2, PCI_MSIX_FLAGS_MASKALL, "MSI-X stays on or masked" },
    { PCI_BAR0, 4, 0x1000, "a base address does not keep its value" },
    { PCI_BAR0 + 20, 4, 0x1000, "a base address does not keep its value" },
};

START_TEST(verification_names_what_is_wrong)
{
    struct device *dev = claim_ok(case_nvme);
    uint32_t now = world_get(case_nvme, unclean[_i].offset, unclean[_i].size);
    const char *what = NULL;

    ck_assert_int_eq(verify_clean(dev->config_fd, &dev->cs, &what), 0);
    world_set(case_nvme, unclean[_i].offset, unclean[_i].size,
              now ^ unclean[_i].bits);
    ck_assert_int_eq(verify_clean(dev->config_fd, &dev->cs, &what), -EBADMSG);
    ck_assert_str_eq(what, unclean[_i].what);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* PCIe 6.0 9.3.4.1: a virtual function's ids read as ones. */
START_TEST(a_virtual_function_is_recognised)
{
    struct device *dev = claim_ok(case_nvme);
    const char *what = NULL;

    le16_store(dev->cs.snapshot + PCI_VENDOR_ID, 0xffff);
    le16_store(dev->cs.snapshot + PCI_DEVICE_ID, 0xffff);
    die();
    ck_assert_int_eq(verify_present(dev->config_fd, dev->cs.snapshot, 0, &what),
                     0);
    world_set(case_nvme, PCI_REVISION_ID, 4, UINT32_MAX);
    ck_assert_int_eq(verify_present(dev->config_fd, dev->cs.snapshot, 0, &what),
                     -ENODEV);
    (void)release_device(dev);
}
END_TEST

TCase *device_reset_tests(void)
{
    TCase *tc = tcase_create("reset");

    tcase_add_loop_test(tc, plans_keep_to_what_is_offered, 0,
                        (int)ARRAY_LEN(plans));
    tcase_add_test(tc, the_next_method_follows_one_that_did_not_help);
    tcase_add_test(tc, a_wish_is_kept_to);
    tcase_add_test(tc, a_single_method_is_not_chosen);
    tcase_add_test(tc, a_kernel_without_a_list_of_methods);
    tcase_add_test(tc, a_late_device_is_waited_for_and_holds_up_nobody);
    tcase_add_test(tc, dma_and_interrupts_go_off_without_a_reset);
    tcase_add_test(tc, bases_come_from_the_kernel);
    tcase_add_loop_test(tc, verification_names_what_is_wrong, 0,
                        (int)ARRAY_LEN(unclean));
    tcase_add_test(tc, a_virtual_function_is_recognised);
    return tc;
}
