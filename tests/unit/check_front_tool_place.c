/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci-front: where it runs and where it does not, over a fake /sys. */
#include <check.h>
#include <string.h>

#include "front-tool-suites.h"
#include "place.h"
#include "temp-tree.h"

static const char *root;

static void setup(void)
{
    root = temp_tree_make();
    temp_tree_file("sys/hypervisor/type", "xen\n");
    temp_tree_file("sys/hypervisor/uuid",
                   "c4b61956-d850-4254-a62b-44a4a2f662fb\n");
    temp_tree_file("proc/xen/capabilities", "");
    temp_tree_dir("sys/bus/xen/devices/pci-0");
}

static void teardown(void)
{
    temp_tree_drop();
}

static void expect_place(uid_t uid, enum exit_code code, const char *words)
{
    struct report report = { .cause = "" };
    enum exit_code got = place_check(root, uid, &report);

    ck_assert_msg(got == code, "%d, not %d: %s", (int)got, (int)code,
                  report.cause);
    ck_assert_msg(strstr(report.cause, words) != NULL, "%s", report.cause);
    ck_assert(code == EXIT_DONE || report.next[0] != '\0');
}

START_TEST(a_guest_is_the_place)
{
    expect_place(0, EXIT_DONE, "");
}
END_TEST

START_TEST(not_without_root)
{
    expect_place(1000, EXIT_FAILED, "only root");
}
END_TEST

START_TEST(not_without_xen)
{
    temp_tree_remove("sys/hypervisor/type");
    expect_place(0, EXIT_UNSUPPORTED, "no guest of Xen");
    temp_tree_file("sys/hypervisor/type", "kvm\n");
    expect_place(0, EXIT_UNSUPPORTED, "no guest of Xen");
}
END_TEST

START_TEST(not_in_dom0)
{
    temp_tree_file("proc/xen/capabilities", "control_d\n");
    expect_place(0, EXIT_UNSUPPORTED, "this is dom0");
}
END_TEST

START_TEST(not_in_dom0_without_xenfs)
{
    temp_tree_remove("proc/xen/capabilities");
    temp_tree_file("sys/hypervisor/uuid",
                   "00000000-0000-0000-0000-000000000000\n");
    expect_place(0, EXIT_UNSUPPORTED, "this is dom0");
}
END_TEST

START_TEST(not_beside_the_kernels_front)
{
    temp_tree_link("sys/bus/xen/devices/pci-0/driver",
                   "../../../../bus/xen/drivers/pcifront");
    temp_tree_dir("sys/bus/xen/drivers/pcifront");
    expect_place(0, EXIT_BUSY, "xen-pcifront");
}
END_TEST

TCase *front_tool_place_case(void)
{
    TCase *tc = tcase_create("place");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_guest_is_the_place);
    tcase_add_test(tc, not_without_root);
    tcase_add_test(tc, not_without_xen);
    tcase_add_test(tc, not_in_dom0);
    tcase_add_test(tc, not_in_dom0_without_xenfs);
    tcase_add_test(tc, not_beside_the_kernels_front);
    return tc;
}
