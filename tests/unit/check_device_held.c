/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that is held: what its guest may do, release, the next broker. */
#include <errno.h>
#include <string.h>

#include "device-case.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"
#include "temp-tree.h"

START_TEST(xsa_302_release_stops_dma_first)
{
    static const uint16_t entries[] = { 0, 1 };
    struct state_record r;
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;

    ck_assert_int_eq(case_msix_on(dev, entries, 2, &granted), 0);
    ck_assert_uint_eq(granted, 2);
    world_set(case_nvme, PCI_COMMAND, 2,
              world_get(case_nvme, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
    temp_tree_remove(world_path(case_nvme, "reset"));
    temp_tree_file(world_path(case_nvme, "reset"), "");
    start_trace();
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_str_eq(case_trace, "unmap\nunmap\ndeassign\nunmap\nirq\niomem\n");
    ck_assert(world_was_reset(case_nvme));
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(world_get(case_nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE),
                      0);
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
    ck_assert_int_eq(state_load(case_nvme, &r), -ENOENT);
}
END_TEST

/* QEMU in a stub domain enables through the registers; nothing is recorded. */
START_TEST(release_clears_what_was_enabled_by_hand)
{
    struct device *dev = claim_ok(case_nvme);

    world_set(case_nvme, MSIX_CONTROL, 2,
              world_get(case_nvme, MSIX_CONTROL, 2) | PCI_MSIX_FLAGS_ENABLE);
    world_set(case_nvme, PCI_COMMAND, 2,
              world_get(case_nvme, PCI_COMMAND, 2) | PCI_COMMAND_INTX_DISABLE);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(
        world_get(case_nvme, MSIX_CONTROL, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
    ck_assert_uint_eq(
        world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE, 0);
}
END_TEST

/* A reset leaves it alone, and the next guest would find it. */
START_TEST(release_undoes_what_a_quirk_let_through)
{
    struct device *dev = claim_ok(case_nvme);
    const uint32_t before = world_get(case_nvme, 0xf0, 4);

    dev->cs.params.knobs.quirks[0] =
        (struct quirk){ .offset = 0xf0, .size = 4, .mask = 0x00ffff00 };
    dev->cs.params.knobs.nquirks = 1;
    world_set(case_nvme, 0xf0, 4, ~before);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(world_get(case_nvme, 0xf0, 4) ^ before, 0xff0000ff);
}
END_TEST

START_TEST(xsa_306_release_of_a_device_that_vanished)
{
    struct device *dev = claim_ok(case_nvme);

    temp_tree_file(world_path(case_nvme, "config"), "");
    ck_assert_int_eq(release_device(dev), -EIO);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
}
END_TEST

START_TEST(release_tries_everything)
{
    struct device *dev = claim_ok(case_nic);

    fake_xen_fail("deassign", 0, -EBUSY);
    fake_xen_clear_log();
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "deassign 5 0000:04:00.0!"));
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}
END_TEST

START_TEST(one_owner_at_a_time)
{
    struct device *dev = claim_ok(case_nvme);

    fake_xen_domain(6)->exists = true;
    ck_assert_ptr_null(start_claim(case_nvme, 6));
    ck_assert_int_eq(errno, EBUSY);
    ck_assert_str_eq(case_seen.why, "0000:03:00.0 belongs to domain 5");
    /* Its owner dies: it will be free soon. */
    fake_xen_domain(BACK_DOMID)->dying = true;
    ck_assert_ptr_null(start_claim(case_nvme, 6));
    ck_assert_int_eq(errno, EAGAIN);
    fake_xen_domain(BACK_DOMID)->dying = false;
    /* It is on its way back. */
    memset(&case_seen, 0, sizeof(case_seen));
    device_release(dev, case_on_done, NULL);
    ck_assert_ptr_null(start_claim(case_nvme, 6));
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert(run_until(case_done, NULL));
}
END_TEST

START_TEST(handles_are_per_domain_and_never_reused)
{
    struct device *dev = claim_ok(case_nvme);
    uint32_t handle = dev->handle;

    ck_assert_ptr_eq(device_by_handle(BACK_DOMID, handle), dev);
    ck_assert_ptr_null(device_by_handle(6, handle));
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_ptr_null(device_by_handle(BACK_DOMID, handle));
    dev = claim_ok(case_nvme);
    ck_assert_uint_ne(dev->handle, handle);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(config_writes_are_checked_again)
{
    struct cfg_plan ids = { 1, { { .offset = 0, .size = 2, .value = 1 } } };
    struct cfg_plan many = { .count = CFG_PLAN_MAX + 1 };
    struct cfg_plan master = {
        1, { { PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER } }
    };
    struct device *dev = claim_ok(case_nvme);

    master.writes[0].value |= world_get(case_nvme, PCI_COMMAND, 2);
    ck_assert_int_eq(case_write(dev, &ids), PCI_ERR_ACCESS_DENIED);
    ck_assert_uint_eq(world_get(case_nvme, 0, 2), 0x1b36);
    ck_assert_int_eq(case_write(dev, &many), PCI_ERR_INVALID_OFFSET);
    ck_assert_int_eq(case_write(dev, &master), PCI_ERR_SUCCESS);
    ck_assert_uint_ne(world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    /* From the moment of the release the guest has no say. */
    memset(&case_seen, 0, sizeof(case_seen));
    device_release(dev, case_on_done, NULL);
    ck_assert_int_eq(case_write(dev, &master), PCI_ERR_DEV_NOT_FOUND);
    ck_assert(run_until(case_done, NULL));
    ck_assert_uint_eq(world_get(case_nvme, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
}
END_TEST

/* What D3hot cost the device, its guest may not put back itself (XSA-120). */
START_TEST(a_device_that_wakes_gets_its_decodes_back)
{
    const struct cfg_plan wake = { 1, { { PM_CONTROL, 2, 8 } } };
    struct device *dev = claim_ok(case_nvme);

    ck_assert_int_eq(case_write(dev, &wake), PCI_ERR_SUCCESS);
    world_set(case_nvme, 0x10, 4, 4);
    world_set(case_nvme, PCI_COMMAND, 2, 0);
    ck_assert_int_eq(case_write(dev, &wake), PCI_ERR_SUCCESS);
    /* It was awake, and nothing was lost. */
    ck_assert_uint_eq(world_get(case_nvme, 0x10, 4), 4);
    world_set(case_nvme, PM_CONTROL, 2, 8 | 3);
    ck_assert_int_eq(case_write(dev, &wake), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(world_get(case_nvme, 0x10, 4), 0xfeb30004);
    ck_assert_uint_eq(world_get(case_nvme, PCI_COMMAND, 2) &
                          (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
                      PCI_COMMAND_MEMORY);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* Such as a virtual function: its guest has MSI-X or nothing. */
START_TEST(a_device_without_a_line)
{
    static const uint16_t entries[] = { 0, 1 };
    unsigned int granted;
    struct device *dev;

    temp_tree_file(world_path(case_nvme, "irq"), _i == 0 ? "0\n" : "255\n");
    dev = claim_ok(case_nvme);
    ck_assert_ptr_null(strstr(fake_xen_log(), "gsi"));
    ck_assert_uint_eq(dev->cs.params.irq_line, 0);
    ck_assert_int_eq(case_msix_on(dev, entries, 2, &granted), 0);
    ck_assert_uint_eq(granted, 2);
    case_msi_off(dev);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}
END_TEST

/* In D3hot the table is out of reach, for Xen too. */
START_TEST(no_msix_asleep)
{
    static const uint16_t entries[] = { 0 };
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;

    world_set(case_nvme, PM_CONTROL, 2, 8 | 3);
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), -EINVAL);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    world_set(case_nvme, PM_CONTROL, 2, 8);
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(adopted_from_its_record)
{
    static const uint16_t entries[] = { 3 };
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;
    uint32_t pirq;

    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    pirq = dev->irq.pirqs[0];
    dev->shadow->bytes[CFG_SIZE_MAX - 1] = 0x77;
    device_free(dev); /* the broker dies */
    fake_xen_clear_log();
    dev = device_adopt(world_hyp, case_nvme);
    ck_assert_ptr_nonnull(dev);
    ck_assert_int_eq(dev->phase, DEVICE_READY);
    ck_assert_uint_eq(dev->domid, BACK_DOMID);
    ck_assert_int_eq(dev->irq.mode, IRQ_MSIX);
    ck_assert_uint_eq(dev->irq.pirqs[0], pirq);
    ck_assert_uint_eq(dev->shadow->bytes[CFG_SIZE_MAX - 1], 0x77);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_int_eq(case_msix_on(dev, entries, 1, &granted), 0);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
}
END_TEST

START_TEST(adoption_fails_without_a_trace)
{
    unsigned int fds = world_open_fds();

    ck_assert_ptr_null(device_adopt(world_hyp, case_nvme));
    ck_assert_int_eq(errno, ENOENT);
    temp_tree_file("run/0000-03-00-0.json", "{ \"version\": 2 }");
    ck_assert_ptr_null(device_adopt(world_hyp, case_nvme));
    ck_assert_int_eq(errno, ENOTSUP);
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
    ck_assert_uint_eq(world_open_fds(), fds);
}
END_TEST

TCase *device_held_tests(void)
{
    TCase *tc = tcase_create("held");

    tcase_add_test(tc, xsa_302_release_stops_dma_first);
    tcase_add_test(tc, release_clears_what_was_enabled_by_hand);
    tcase_add_test(tc, release_undoes_what_a_quirk_let_through);
    tcase_add_test(tc, xsa_306_release_of_a_device_that_vanished);
    tcase_add_test(tc, release_tries_everything);
    tcase_add_test(tc, one_owner_at_a_time);
    tcase_add_test(tc, handles_are_per_domain_and_never_reused);
    tcase_add_test(tc, config_writes_are_checked_again);
    tcase_add_test(tc, a_device_that_wakes_gets_its_decodes_back);
    tcase_add_loop_test(tc, a_device_without_a_line, 0, 2);
    tcase_add_test(tc, no_msix_asleep);
    tcase_add_test(tc, adopted_from_its_record);
    tcase_add_test(tc, adoption_fails_without_a_trace);
    return tc;
}
