/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does dom0 use a device? Over a fake /sys and /proc. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "inuse.h"
#include "sysfs.h"
#include "temp-tree.h"

#define DEV  "devices/pci0000:00/0000:01:00.0/"
#define DISK DEV "nvme/nvme0/nvme0n1/"

static const struct sbdf dev = { .bus = 1 };
static char proc[96];

static void block(const char *dir, const char *number)
{
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/dev", dir);
    temp_tree_file(path, number);
    (void)snprintf(path, sizeof(path), "%s/subsystem", dir);
    temp_tree_link(path, "/sys/class/block");
}

static void setup(void)
{
    sysfs_root = temp_tree_make();
    (void)snprintf(proc, sizeof(proc), "%s/proc", sysfs_root);
    proc_root = proc;
    temp_tree_file("proc/self/mountinfo",
                   "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    temp_tree_file("proc/swaps", "Filename Type Size Used Priority\n");
    temp_tree_dir(DEV "power");
    temp_tree_link("bus/pci/devices/0000:01:00.0",
                   "../../../devices/pci0000:00/0000:01:00.0");
    block(DISK, "259:0\n");
    block(DISK "nvme0n1p2", "259:2\n");
}

static void teardown(void)
{
    temp_tree_drop();
    sysfs_root = "/sys";
    proc_root = "/proc";
}

static void expect(const char *what)
{
    struct inuse inuse;

    ck_assert_int_eq(inuse_scan(dev, &inuse), 0);
    if (what == NULL) {
        ck_assert_msg(inuse.count == 0, "%s", inuse.what[0]);
        return;
    }
    ck_assert_uint_eq(inuse.count, 1);
    ck_assert_str_eq(inuse.what[0], what);
}

START_TEST(idle_disk)
{
    expect(NULL);
}
END_TEST

START_TEST(mounted_by_number)
{
    temp_tree_file("proc/self/mountinfo",
                   "20 1 259:2 / /srv rw shared:1 - ext4 /dev/root rw\n"
                   "21 1 259:2 / /srv rw shared:1 - ext4 /dev/root rw\n");
    expect("nvme0n1p2 is mounted on /srv");
}
END_TEST

START_TEST(mounted_by_name)
{
    temp_tree_file("proc/self/mountinfo",
                   "20 1 0:31 /@ / rw - btrfs /dev/nvme0n1p2 rw\n");
    expect("nvme0n1p2 is mounted on /");
}
END_TEST

START_TEST(similar_names_do_not_count)
{
    temp_tree_file("proc/self/mountinfo",
                   "20 1 0:31 / / rw - btrfs /dev/nvme0n1p21 rw\n"
                   "21 1 259:20 / /a rw - ext4 /dev/nvme1n1p2 rw\n"
                   "22 1 0:5 / /b rw - tmpfs nvme0n1 rw\n"
                   "damaged line\n"
                   "23 - \n");
    expect(NULL);
}
END_TEST

START_TEST(swap)
{
    temp_tree_file("proc/swaps", "Filename Type Size Used Priority\n"
                                 "/dev/nvme0n1p2 partition 4 0 -2\n");
    expect("nvme0n1p2 is swap space");
}
END_TEST

/* LUKS on the partition, LVM on that, the root file system in there. */
START_TEST(through_holders)
{
    temp_tree_dir("class/block");
    temp_tree_dir(DISK "nvme0n1p2/holders/dm-0");
    temp_tree_file("class/block/dm-0/dm/name", "crypt\n");
    temp_tree_file("class/block/dm-0/dev", "253:0\n");
    temp_tree_dir("class/block/dm-0/holders/dm-1");
    temp_tree_file("class/block/dm-1/dm/name", "vg-root\n");
    temp_tree_file("class/block/dm-1/dev", "253:1\n");
    expect(NULL);
    temp_tree_file("proc/self/mountinfo",
                   "20 1 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n");
    expect("dm-1 is mounted on /");
    temp_tree_file("proc/self/mountinfo", "");
    temp_tree_file("proc/swaps", "/dev/mapper/crypt partition 4 0 -2\n");
    expect("dm-0 is swap space");
}
END_TEST

/* A stack that holds itself must not hang us. */
START_TEST(circular_holders)
{
    temp_tree_dir(DISK "holders/dm-0");
    temp_tree_dir("class/block/dm-0/holders/dm-0");
    expect(NULL);
}
END_TEST

START_TEST(nvme_multipath)
{
    block(DEV "nvme/nvme0/nvme3c0n1", "0:0\n");
    temp_tree_file("class/block/nvme3n1/dev", "259:8\n");
    temp_tree_file("class/block/nvme3n1p1/dev", "259:9\n");
    temp_tree_file("class/block/nvme3n12p1/dev", "259:10\n");
    temp_tree_file("proc/self/mountinfo",
                   "20 1 259:10 / /x rw - ext4 /dev/nvme3n12p1 rw\n");
    expect(NULL);
    temp_tree_file("proc/self/mountinfo",
                   "20 1 259:9 / / rw - ext4 /dev/nvme3n1p1 rw\n");
    expect("nvme3n1p1 is mounted on /");
}
END_TEST

START_TEST(network)
{
    temp_tree_link(DEV "net/eth0/subsystem", "/sys/class/net");
    temp_tree_file(DEV "net/eth0/flags", "0x1002\n");
    expect(NULL);
    temp_tree_file(DEV "net/eth0/flags", "0x1003\n");
    expect("network interface eth0 is up");
}
END_TEST

START_TEST(other_reasons)
{
    temp_tree_file(DEV "boot_vga", "0\n");
    temp_tree_file(DEV "sriov_numvfs", "0\n");
    expect(NULL);
    temp_tree_file(DEV "boot_vga", "1\n");
    expect("it is the display this machine booted with");
    temp_tree_file(DEV "boot_vga", "0\n");
    temp_tree_file(DEV "sriov_numvfs", "4\n");
    expect("4 virtual functions depend on it");
}
END_TEST

/* What hangs below another function is that function's business. */
START_TEST(devices_below_are_not_this_one)
{
    temp_tree_link(DEV "0000:02:00.0/subsystem", "/sys/bus/pci");
    temp_tree_link(DEV "0000:02:00.0/net/eth1/subsystem", "/sys/class/net");
    temp_tree_file(DEV "0000:02:00.0/net/eth1/flags", "0x1003\n");
    expect(NULL);
}
END_TEST

START_TEST(many_findings_are_bounded)
{
    struct inuse inuse;
    char text[4096] = "";

    for (unsigned int i = 0; i < 40; i++) {
        char line[80];

        (void)snprintf(line, sizeof(line),
                       "20 1 259:2 / /m%u rw - ext4 /dev/x rw\n", i);
        strcat(text, line);
    }
    temp_tree_file("proc/self/mountinfo", text);
    ck_assert_int_eq(inuse_scan(dev, &inuse), 0);
    ck_assert_uint_eq(inuse.count, INUSE_MAX);
}
END_TEST

START_TEST(absent_device)
{
    struct sbdf absent = { .bus = 9 };
    struct inuse inuse;

    ck_assert_int_eq(inuse_scan(absent, &inuse), -ENODEV);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inuse");
    TCase *tc = tcase_create("inuse");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, idle_disk);
    tcase_add_test(tc, mounted_by_number);
    tcase_add_test(tc, mounted_by_name);
    tcase_add_test(tc, similar_names_do_not_count);
    tcase_add_test(tc, swap);
    tcase_add_test(tc, through_holders);
    tcase_add_test(tc, circular_holders);
    tcase_add_test(tc, nvme_multipath);
    tcase_add_test(tc, network);
    tcase_add_test(tc, other_reasons);
    tcase_add_test(tc, devices_below_are_not_this_one);
    tcase_add_test(tc, many_findings_are_bounded);
    tcase_add_test(tc, absent_device);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
