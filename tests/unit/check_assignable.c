/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci assignable-add, assignable-remove, assignable-list. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "cli-world.h"
#include "compiler.h"
#include "condition.h"
#include "fake-driver.h"
#include "fake-hyp.h"
#include "fake-store.h"
#include "reset-record.h"
#include "sysfs.h"
#include "temp-tree.h"

#define MEMORY "/libxl/pci/0000-01-00-0/driver_path"
#define NAME   "/libxl/pci/0000-01-00-0/name"
#define OWNER  "/libxl/pci/0000-01-00-0/domid"

static const struct cmd add = {
    .name = "assignable-add",
    .run = cmd_assignable_add,
    .min = 1,
    .max = ARGS_MAX,
    .options = ARGS_JSON | ARGS_FORCE | ARGS_NAME,
};

static const struct cmd take = {
    .name = "assignable-remove",
    .run = cmd_assignable_remove,
    .min = 1,
    .max = ARGS_MAX,
    .options = ARGS_JSON | ARGS_NO_REBIND,
};

static const struct cmd list = {
    .name = "assignable-list",
    .run = cmd_assignable_list,
    .options = ARGS_JSON,
};

static const char *const nvme[] = { WORLD_NVME, NULL };
static const char *const nvme_forced[] = { WORLD_NVME, "--force", NULL };
static const char *const nvme_named[] = { WORLD_NVME, "--name", "disk", NULL };
static const char *const nothing[] = { NULL };

static void mount_it(void)
{
    temp_tree_link("bus/pci/devices/0000:01:00.0/block/sda/subsystem",
                   "/sys/class/block");
    temp_tree_file("proc/self/mountinfo",
                   "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
}

START_TEST(add_and_remove)
{
    ck_assert_int_eq(world_run(&add, nvme_named), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "pciback");
    ck_assert_ptr_nonnull(fake_store_get(MEMORY));
    ck_assert_ptr_nonnull(
        strstr(fake_store_get(MEMORY), "/bus/pci/drivers/nvme"));
    ck_assert_str_eq(fake_store_get(NAME), "disk");
    ck_assert_uint_eq(fake_hyp.assigned, 1);
    ck_assert_uint_eq(fake_hyp.last_domid, HYP_DOMID_IO);

    static const char *const by_name[] = { "disk", NULL };
    ck_assert_int_eq(world_run(&take, by_name), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_uint_eq(fake_hyp.deassigned, 1);
    ck_assert_ptr_null(fake_store_get(MEMORY));
    ck_assert_ptr_null(fake_store_get(NAME));
}
END_TEST

START_TEST(add_again_is_harmless)
{
    ck_assert_int_eq(world_run(&add, nvme_named), EXIT_DONE);
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "pciback");
    ck_assert_ptr_nonnull(fake_store_get(MEMORY));
    ck_assert_ptr_null(fake_store_get(NAME));
    ck_assert_uint_eq(fake_hyp.assigned, 2);
}
END_TEST

START_TEST(add_refuses_what_dom0_uses)
{
    mount_it();
    ck_assert_int_eq(world_run(&add, nvme), EXIT_REFUSED);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_ptr_nonnull(strstr(world_out.cause, "sda is mounted on /"));
    ck_assert_int_eq(world_run(&add, nvme_forced), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "pciback");
}
END_TEST

/* A bridge is refused even with --force; nothing at all was touched. */
START_TEST(add_checks_all_before_it_starts)
{
    static const char *const both[] = { WORLD_NVME, "00:01.0", "--force",
                                        NULL };
    static const char *const absent[] = { WORLD_NVME, "7:0.0", NULL };

    ck_assert_int_eq(world_run(&add, both), EXIT_REFUSED);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_int_eq(world_run(&add, absent), EXIT_NOT_FOUND);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_uint_eq(fake_hyp.assigned, 0);
}
END_TEST

START_TEST(add_respects_owners)
{
    fake_store_set(OWNER, "3");
    ck_assert_int_eq(world_run(&add, nvme), EXIT_BUSY);
    ck_assert_int_eq(world_run(&take, nvme), EXIT_BUSY);
    ck_assert_str_eq(fake_store_get(OWNER), "3");
    /* The owner is dead: the stale node goes. */
    fake_hyp.domains[3].exists = false;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get(OWNER));
}
END_TEST

START_TEST(add_without_pciback)
{
    temp_tree_remove("bus/pci/drivers/pciback");
    ck_assert_int_eq(world_run(&add, nvme), EXIT_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(world_out.next, "modprobe xen-pciback"));
    ck_assert_int_eq(world_run(&list, nothing), EXIT_UNSUPPORTED);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
}
END_TEST

static const struct {
    int ret;
    enum exit_code code;
} quarantines[] = {
    { -EOPNOTSUPP, EXIT_UNSUPPORTED },
    { -ENOSYS, EXIT_UNSUPPORTED },
    { -EBUSY, EXIT_BUSY },
    { -ENODEV, EXIT_FAILED },
    { -EPERM, EXIT_FAILED },
};

START_TEST(add_is_undone)
{
    fake_hyp.assign_ret = quarantines[_i].ret;
    ck_assert_int_eq(world_run(&add, nvme), quarantines[_i].code);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_ptr_null(fake_store_get(MEMORY));
    ck_assert_uint_gt(strlen(world_out.cause), 0);
    ck_assert_uint_gt(strlen(world_out.effect), 0);
}
END_TEST

START_TEST(add_is_undone_when_pciback_refuses)
{
    fake_driver.hold_ret = -EINVAL;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_FAILED);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_ptr_null(fake_store_get(MEMORY));
}
END_TEST

START_TEST(add_of_a_virtual_function_that_nobody_may_drive)
{
    fake_driver.hold_ret = -ENODEV;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(world_out.next, "sriov_drivers_autoprobe"));
}
END_TEST

/* What was with pciback before the failure stays there. */
START_TEST(failed_repeat_undoes_nothing)
{
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    fake_hyp.assign_ret = -EBUSY;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_BUSY);
    ck_assert_str_eq(world_driver(WORLD_NVME), "pciback");
    ck_assert_ptr_nonnull(fake_store_get(MEMORY));
}
END_TEST

START_TEST(add_rejects_names)
{
    static const char *const bad[][4] = {
        { WORLD_NVME, "--name=03:00.0", NULL },
        { WORLD_NVME, "--name=", NULL },
        { WORLD_NVME, "--name=a\nb", NULL },
        { WORLD_NVME, "01:00.1", "--name=both", NULL },
    };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_int_eq(world_run(&add, bad[i]), EXIT_USAGE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
}
END_TEST

START_TEST(no_xen)
{
    fake_hyp.open_err = ENOENT;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_UNSUPPORTED);
    fake_hyp.open_err = EACCES;
    ck_assert_int_eq(world_run(&add, nvme), EXIT_FAILED);
    ck_assert_ptr_nonnull(strstr(world_out.next, "root"));
}
END_TEST

/* Hidden at boot and never quarantined, no driver remembered: 5843. */
START_TEST(remove_of_a_device_hidden_at_boot)
{
    world_bind(WORLD_NVME, "pciback");
    fake_hyp.deassign_ret = -ENODEV;
    fake_driver.probe = "nvme";
    ck_assert_int_eq(world_run(&take, nvme), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_uint_eq(fake_driver.probes, 1);
}
END_TEST

START_TEST(remove_when_the_old_driver_is_gone)
{
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    fake_store_set(MEMORY, "/sys/bus/pci/drivers/vanished");
    ck_assert_int_eq(world_run(&take, nvme), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "");
    ck_assert_uint_eq(fake_driver.probes, 1);
}
END_TEST

/* A damaged memory must not make us write to strange places. */
START_TEST(remove_with_a_damaged_memory)
{
    static const char *const bad[] = { "", "/", "nvme", "/sys/..",
                                       "/sys/bus/pci/drivers/pciback" };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        world_bind(WORLD_NVME, "pciback");
        fake_store_set(MEMORY, bad[i]);
        ck_assert_int_eq(world_run(&take, nvme), EXIT_DONE);
        ck_assert_str_eq(world_driver(WORLD_NVME), "");
    }
}
END_TEST

START_TEST(remove_forgets_the_guest_that_may_reboot)
{
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    fake_store_set("/xenpci/device/0000-01-00-0/domid", "2");
    ck_assert_int_eq(world_run(&take, nvme), EXIT_DONE);
    ck_assert_ptr_null(fake_store_get("/xenpci/device/0000-01-00-0/domid"));
}
END_TEST

START_TEST(remove_without_rebinding)
{
    static const char *const words[] = { WORLD_NVME, "--no-rebind", NULL };

    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    ck_assert_int_eq(world_run(&take, words), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "");
    ck_assert_ptr_nonnull(fake_store_get(MEMORY));
}
END_TEST

START_TEST(remove_of_the_never_added)
{
    ck_assert_int_eq(world_run(&take, nvme), EXIT_DONE);
    ck_assert_str_eq(world_driver(WORLD_NVME), "nvme");
    ck_assert_uint_eq(fake_hyp.deassigned, 0);
}
END_TEST

START_TEST(remove_when_xen_keeps_it)
{
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    fake_hyp.deassign_ret = -EBUSY;
    ck_assert_int_eq(world_run(&take, nvme), EXIT_FAILED);
    ck_assert_str_eq(world_driver(WORLD_NVME), "pciback");
}
END_TEST

/* What xenpcid recorded of the device's last reset. */
static void record_reset(bool clean)
{
    struct reset_record r = {
        .sbdf = { .bus = 1 },
        .vendor = 0x1b36,
        .device = 0x0010,
        .clean = clean,
        .method = "flr",
        .time = 1700000000,
    };

    if (!clean) {
        strcpy(r.reason, "flr: the device does not answer");
        strcpy(r.uuid, "05050505-0505-0505-0505-050505050505");
    }
    ck_assert_int_eq(reset_record_save(sysfs_root, &r), 0);
}

START_TEST(list_shows_resets)
{
    char text[CONDITION_TEXT];
    const struct sbdf dev = { .bus = 1 };

    condition_dir = sysfs_root;
    temp_tree_dir("bus/pci/drivers/pciback/0000:01:00.0");
    ck_assert_int_eq(world_run(&add, nvme), EXIT_DONE);
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(), "\"reset_methods\":[]"));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"dirty\":false"));
    ck_assert_ptr_null(strstr(world_json(), "last_reset"));
    ck_assert_str_eq(condition_text(dev, text), "reset: none");
    temp_tree_file("bus/pci/devices/0000:01:00.0/reset_method", "flr pm\n");
    ck_assert_str_eq(condition_text(dev, text), "reset: flr pm");
    record_reset(true);
    ck_assert_str_eq(condition_text(dev, text),
                     "reset: flr pm; last flr, clean");
    record_reset(false);
    ck_assert_str_eq(condition_text(dev, text),
                     "reset: flr pm; DIRTY: flr: the device does not answer");
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(
        strstr(world_json(), "\"reset_methods\":[\"flr\",\"pm\"]"));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"dirty\":true"));
    ck_assert_ptr_nonnull(strstr(
        world_json(), "\"last_reset\":{\"method\":\"flr\",\"time\":"
                      "\"2023-11-14T22:13:20Z\",\"reason\":\"flr: the device "
                      "does not answer\",\"guest\":\"05050505-0505-0505-0505-"
                      "050505050505\"}"));
}
END_TEST

START_TEST(list_in_json)
{
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_str_eq(world_json(), "{\"devices\":[]}");
    temp_tree_dir("bus/pci/drivers/pciback/0000:01:00.0");
    ck_assert_int_eq(world_run(&add, nvme_named), EXIT_DONE);
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(world_json(),
                                 "{\"devices\":[{\"address\":\"0000:01:00.0\","
                                 "\"name\":\"disk\",\"vendor_id\":\"1b36\","
                                 "\"device_id\":\"0010\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"class_code\":\"010802\""));
    ck_assert_ptr_nonnull(strstr(world_json(), "\"driver\":\"pciback\""));
    fake_store_set(OWNER, "3");
    ck_assert_int_eq(world_run(&list, nothing), EXIT_DONE);
    ck_assert_str_eq(world_json(), "{\"devices\":[]}");
}
END_TEST

static TCase *cases(void)
{
    TCase *tc = tcase_create("assignable");

    tcase_add_checked_fixture(tc, world_make, world_drop);
    tcase_add_test(tc, add_and_remove);
    tcase_add_test(tc, add_again_is_harmless);
    tcase_add_test(tc, add_refuses_what_dom0_uses);
    tcase_add_test(tc, add_checks_all_before_it_starts);
    tcase_add_test(tc, add_respects_owners);
    tcase_add_test(tc, add_without_pciback);
    tcase_add_loop_test(tc, add_is_undone, 0, ARRAY_LEN(quarantines));
    tcase_add_test(tc, add_is_undone_when_pciback_refuses);
    tcase_add_test(tc, add_of_a_virtual_function_that_nobody_may_drive);
    tcase_add_test(tc, failed_repeat_undoes_nothing);
    tcase_add_test(tc, add_rejects_names);
    tcase_add_test(tc, no_xen);
    tcase_add_test(tc, remove_of_a_device_hidden_at_boot);
    tcase_add_test(tc, remove_when_the_old_driver_is_gone);
    tcase_add_test(tc, remove_with_a_damaged_memory);
    tcase_add_test(tc, remove_forgets_the_guest_that_may_reboot);
    tcase_add_test(tc, remove_without_rebinding);
    tcase_add_test(tc, remove_of_the_never_added);
    tcase_add_test(tc, remove_when_xen_keeps_it);
    tcase_add_test(tc, list_in_json);
    tcase_add_test(tc, list_shows_resets);
    return tc;
}

int main(void)
{
    Suite *suite = suite_create("assignable");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, cases());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
