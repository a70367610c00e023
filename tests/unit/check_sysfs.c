/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* common/host/sysfs*.c over a fake /sys in a temporary directory. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler.h"
#include "sysfs.h"
#include "temp-tree.h"

#define DEV     "bus/pci/devices/0000:03:00.1/"
#define PCIBACK "bus/pci/drivers/pciback/"

static const struct sbdf dev = { .bus = 3, .devfn = 1 };
static const struct sbdf absent = { .bus = 9 };

static void setup(void)
{
    sysfs_root = temp_tree_make();
    temp_tree_file(DEV "class", "0x010802\n");
    temp_tree_file(DEV "vendor", "0x8086\n");
    temp_tree_file(DEV "device", "0x10d3\n");
    temp_tree_file(DEV "irq", "16\n");
}

static void teardown(void)
{
    temp_tree_drop();
    sysfs_root = "/sys";
}

static void bind_to(const char *driver)
{
    char target[64] = "../../drivers/";

    strcat(target, driver);
    temp_tree_link(DEV "driver", target);
}

#define EMPTY "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

START_TEST(resources_of_every_kind)
{
    struct sysfs_resource res[SYSFS_RESOURCES];

    temp_tree_file(
        DEV "resource",
        "0x00000000fe000000 0x00000000fe003fff 0x0000000000040200\n"
        "0x000000000000e000 0x000000000000e01f 0x0000000000040101\n"
        "0x0000380000000000 0x00003803ffffffff 0x000000000014220c\n" EMPTY
        /* no address assigned: start is 0, flag UNSET */
        "0x0000000000000000 0x0000000000000fff 0x0000000020040200\n"
        /* disabled */
        "0x00000000fd000000 0x00000000fd000fff 0x0000000010040200\n"
        "0x00000000fe100000 0x00000000fe13ffff 0x0000000000046200\n" EMPTY);
    ck_assert_int_eq(sysfs_resources(dev, res), 0);
    ck_assert_int_eq(res[0].kind, SYSFS_MEM);
    ck_assert_uint_eq(res[0].start, 0xfe000000);
    ck_assert_uint_eq(res[0].size, 0x4000);
    ck_assert(!res[0].is_64bit && !res[0].prefetch);
    ck_assert_int_eq(res[1].kind, SYSFS_IO);
    ck_assert_uint_eq(res[1].start, 0xe000);
    ck_assert_uint_eq(res[1].size, 0x20);
    ck_assert_int_eq(res[2].kind, SYSFS_MEM);
    ck_assert_uint_eq(res[2].start, UINT64_C(0x380000000000));
    ck_assert_uint_eq(res[2].size, UINT64_C(0x400000000));
    ck_assert(res[2].is_64bit && res[2].prefetch);
    for (unsigned int i = 3; i < 6; i++) {
        ck_assert_int_eq(res[i].kind, SYSFS_NONE);
        ck_assert_uint_eq(res[i].size, 0);
    }
    ck_assert_int_eq(res[6].kind, SYSFS_MEM);
    ck_assert_uint_eq(res[6].size, 0x40000);
}
END_TEST

START_TEST(shadowed_rom_is_not_the_devices)
{
    struct sysfs_resource res[SYSFS_RESOURCES];

    temp_tree_file(
        DEV "resource", EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY
        "0x00000000000c0000 0x00000000000dffff 0x0000000000000212\n");
    ck_assert_int_eq(sysfs_resources(dev, res), 0);
    ck_assert_int_eq(res[6].kind, SYSFS_NONE);
}
END_TEST

static const char *const bad_resources[] = {
    "",
    EMPTY EMPTY,
    "0x1 0x2\n" EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY,
    "rubbish\n",
    "0x1ffffffffffffffff 0x2 0x3\n" EMPTY EMPTY EMPTY EMPTY EMPTY EMPTY,
};

START_TEST(damaged_resources)
{
    struct sysfs_resource res[SYSFS_RESOURCES];

    temp_tree_file(DEV "resource", bad_resources[_i]);
    ck_assert_int_eq(sysfs_resources(dev, res), -EIO);
}
END_TEST

START_TEST(numbers)
{
    uint32_t value = 0;
    uint16_t vendor = 0;
    uint16_t device = 0;

    ck_assert(sysfs_device_exists(dev));
    ck_assert_int_eq(sysfs_class(dev, &value), 0);
    ck_assert_uint_eq(value, 0x010802);
    ck_assert_int_eq(sysfs_irq(dev, &value), 0);
    ck_assert_uint_eq(value, 16);
    ck_assert_int_eq(sysfs_ids(dev, &vendor, &device), 0);
    ck_assert_uint_eq(vendor, 0x8086);
    ck_assert_uint_eq(device, 0x10d3);
    temp_tree_file(DEV "vendor", "0x18086\n");
    ck_assert_int_eq(sysfs_ids(dev, &vendor, &device), -EIO);
    temp_tree_file(DEV "irq", "16 17\n");
    ck_assert_int_eq(sysfs_irq(dev, &value), -EIO);
    temp_tree_file(DEV "irq", "");
    ck_assert_int_eq(sysfs_irq(dev, &value), -EIO);
}
END_TEST

START_TEST(vanished_device)
{
    struct sysfs_resource res[SYSFS_RESOURCES];
    char text[64];
    uint32_t value;
    bool bridge;

    ck_assert(!sysfs_device_exists(absent));
    ck_assert_int_eq(sysfs_class(absent, &value), -ENODEV);
    ck_assert_int_eq(sysfs_resources(absent, res), -ENODEV);
    ck_assert_int_eq(sysfs_driver(absent, text), -ENODEV);
    ck_assert_int_eq(sysfs_is_bridge(absent, &bridge), -ENODEV);
    ck_assert_int_eq(sysfs_reset_methods(absent, text, sizeof(text)), -ENODEV);
    ck_assert_int_eq(sysfs_config_open(absent, false), -ENODEV);
    ck_assert_int_eq(sysfs_bind(absent, "nvme"), -ENODEV);
    ck_assert_int_eq(sysfs_unbind(absent), -ENODEV);
    ck_assert_int_eq(sysfs_pciback_hold(absent), -ENODEV);
    ck_assert_int_eq(sysfs_pciback_drop(absent), -ENODEV);
}
END_TEST

START_TEST(driver_link)
{
    char name[SYSFS_DRIVER];

    ck_assert_int_eq(sysfs_driver(dev, name), 0);
    ck_assert_str_eq(name, "");
    bind_to("nvme");
    ck_assert_int_eq(sysfs_driver(dev, name), 0);
    ck_assert_str_eq(name, "nvme");
}
END_TEST

static const struct {
    const char *class_text;
    uint8_t header;
    int ret;
    bool bridge;
} bridges[] = {
    { "0x010802\n", 0x00, 0, false },
    { "0x020000\n", 0x80, 0, false }, /* multifunction */
    { "0x060000\n", 0x00, 0, true },  /* host bridge */
    { "0x060400\n", 0x01, 0, true },
    { "0x060700\n", 0x02, 0, true },
    { "0x118000\n", 0x81, 0, true }, /* class lies, header does not */
    { "0x020000\n", 0xff, -ENODEV, false },
};

START_TEST(bridge)
{
    uint8_t config[64] = { [0x0e] = bridges[_i].header };
    bool is_bridge = false;

    temp_tree_file(DEV "class", bridges[_i].class_text);
    temp_tree_bytes(DEV "config", config, sizeof(config));
    ck_assert_int_eq(sysfs_is_bridge(dev, &is_bridge), bridges[_i].ret);
    if (bridges[_i].ret == 0)
        ck_assert_int_eq(is_bridge, bridges[_i].bridge);
}
END_TEST

START_TEST(virtual_functions)
{
    ck_assert(!sysfs_is_virtfn(dev));
    temp_tree_link(DEV "physfn", "../0000:02:00.0");
    ck_assert(sysfs_is_virtfn(dev));
}
END_TEST

START_TEST(config_access)
{
    static const uint8_t start[8] = { 0x86, 0x80, 0xd3, 0x10, 1, 2, 3, 4 };
    uint8_t config[4096] = { 0 };
    uint32_t value = 0;
    uint16_t size = 0;
    int fd;

    memcpy(config, start, sizeof(start));
    temp_tree_bytes(DEV "config", config, sizeof(config));
    fd = sysfs_config_open(dev, true);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(sysfs_config_size(fd, &size), 0);
    ck_assert_uint_eq(size, 4096);
    ck_assert_int_eq(sysfs_config_read(fd, 0, 4, &value), 0);
    ck_assert_uint_eq(value, 0x10d38086);
    ck_assert_int_eq(sysfs_config_read(fd, 2, 2, &value), 0);
    ck_assert_uint_eq(value, 0x10d3);
    ck_assert_int_eq(sysfs_config_write(fd, 6, 2, 0xbeef), 0);
    ck_assert_int_eq(sysfs_config_read(fd, 4, 4, &value), 0);
    ck_assert_uint_eq(value, 0xbeef0201);
    ck_assert_int_eq(sysfs_config_read(fd, 1, 2, &value), -EINVAL);
    ck_assert_int_eq(sysfs_config_read(fd, 0, 3, &value), -EINVAL);
    ck_assert_int_eq(sysfs_config_write(fd, 0, 8, 0), -EINVAL);
    ck_assert_int_eq(sysfs_config_read(fd, 4096, 4, &value), -EIO);
    (void)close(fd);

    temp_tree_bytes(DEV "config", config, 256);
    fd = sysfs_config_open(dev, false);
    ck_assert_int_eq(sysfs_config_size(fd, &size), 0);
    ck_assert_uint_eq(size, 256);
    ck_assert_int_eq(sysfs_config_read(fd, 256, 4, &value), -EIO);
    ck_assert_int_lt(sysfs_config_write(fd, 0, 4, 0), 0);
    (void)close(fd);
}
END_TEST

START_TEST(reset_methods)
{
    char text[64];

    ck_assert_int_eq(sysfs_reset_methods(dev, text, sizeof(text)), 0);
    ck_assert_str_eq(text, "");
    temp_tree_file(DEV "reset", "");
    ck_assert_int_eq(sysfs_reset_methods(dev, text, sizeof(text)), 0);
    ck_assert_str_eq(text, "default");
    temp_tree_file(DEV "reset_method", "flr pm\n");
    ck_assert_int_eq(sysfs_reset_methods(dev, text, sizeof(text)), 0);
    ck_assert_str_eq(text, "flr pm");
}
END_TEST

START_TEST(hold_and_drop)
{
    ck_assert(!sysfs_pciback_loaded());
    ck_assert_int_eq(sysfs_pciback_hold(dev), -ENOENT);
    temp_tree_file(PCIBACK "slots", "");
    temp_tree_file(PCIBACK "new_slot", "");
    temp_tree_file(PCIBACK "bind", "");
    temp_tree_file(PCIBACK "unbind", "");
    temp_tree_file(PCIBACK "remove_slot", "");
    ck_assert(sysfs_pciback_loaded());
    ck_assert_int_eq(sysfs_pciback_hold(dev), 0);
    ck_assert_str_eq(temp_tree_text(PCIBACK "new_slot"), "0000:03:00.1");
    ck_assert_str_eq(temp_tree_text(PCIBACK "bind"), "0000:03:00.1");

    bind_to("pciback");
    temp_tree_file(PCIBACK "new_slot", "");
    temp_tree_file(PCIBACK "bind", "");
    temp_tree_file(PCIBACK "slots", "0000:02:00.0\n0000:03:00.1\n");
    ck_assert_int_eq(sysfs_pciback_hold(dev), 0);
    ck_assert_str_eq(temp_tree_text(PCIBACK "new_slot"), "");
    ck_assert_str_eq(temp_tree_text(PCIBACK "bind"), "");

    temp_tree_file(DEV "driver_override", "pciback\n");
    ck_assert_int_eq(sysfs_pciback_drop(dev), 0);
    ck_assert_str_eq(temp_tree_text(PCIBACK "unbind"), "0000:03:00.1");
    ck_assert_str_eq(temp_tree_text(PCIBACK "remove_slot"), "0000:03:00.1");
    ck_assert_str_eq(temp_tree_text(DEV "driver_override"), "\nciback\n");
}
END_TEST

START_TEST(hold_undoes_its_slot)
{
    temp_tree_file(PCIBACK "slots", "");
    temp_tree_file(PCIBACK "new_slot", "");
    temp_tree_file(PCIBACK "remove_slot", "");
    /* no bind file: the write fails */
    ck_assert_int_eq(sysfs_pciback_hold(dev), -ENOENT);
    ck_assert_str_eq(temp_tree_text(PCIBACK "remove_slot"), "0000:03:00.1");
}
END_TEST

START_TEST(bind_is_idempotent_and_polite)
{
    temp_tree_file("bus/pci/drivers/nvme/bind", "");
    ck_assert_int_eq(sysfs_unbind(dev), 0);
    ck_assert_int_eq(sysfs_bind(dev, "nvme"), 0);
    ck_assert_str_eq(temp_tree_text("bus/pci/drivers/nvme/bind"),
                     "0000:03:00.1");
    bind_to("nvme");
    temp_tree_remove("bus/pci/drivers/nvme/bind");
    ck_assert_int_eq(sysfs_bind(dev, "nvme"), 0);
    ck_assert_int_eq(sysfs_bind(dev, "e1000e"), -EBUSY);
    ck_assert_int_eq(sysfs_pciback_hold(dev), -EBUSY);
}
END_TEST

START_TEST(device_lists)
{
    struct sbdf *list;
    size_t count;

    temp_tree_dir("bus/pci/devices/0001:00:1f.7");
    temp_tree_dir("bus/pci/devices/0000:00:02.0");
    temp_tree_dir("bus/pci/devices/not-a-device");
    temp_tree_dir(PCIBACK "0000:03:00.1");
    temp_tree_dir(PCIBACK "module");
    ck_assert_int_eq(sysfs_devices(NULL, &list, &count), 0);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(sbdf_machine(list[0]), 0x10);
    ck_assert(sbdf_equal(list[1], dev));
    ck_assert_uint_eq(sbdf_machine(list[2]), 0x100ff);
    free(list);
    ck_assert_int_eq(sysfs_devices(SYSFS_PCIBACK, &list, &count), 0);
    ck_assert_uint_eq(count, 1);
    free(list);
    ck_assert_int_eq(sysfs_devices("absent", &list, &count), -ENOENT);
    ck_assert_ptr_null(list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sysfs");
    TCase *tc = tcase_create("sysfs");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, resources_of_every_kind);
    tcase_add_test(tc, shadowed_rom_is_not_the_devices);
    tcase_add_loop_test(tc, damaged_resources, 0, ARRAY_LEN(bad_resources));
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, vanished_device);
    tcase_add_test(tc, driver_link);
    tcase_add_loop_test(tc, bridge, 0, ARRAY_LEN(bridges));
    tcase_add_test(tc, config_access);
    tcase_add_test(tc, reset_methods);
    tcase_add_test(tc, hold_and_drop);
    tcase_add_test(tc, virtual_functions);
    tcase_add_test(tc, hold_undoes_its_slot);
    tcase_add_test(tc, bind_is_idempotent_and_polite);
    tcase_add_test(tc, device_lists);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
