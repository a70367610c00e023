/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: directories, as a toolstack made them well or badly. */
#include <string.h>

#include "fake-store.h"
#include "front-case.h"

static const char *const own_nodes[] = {
    "device/pci/0",
    "/local/domain/5/device/pci/0",
};

START_TEST(the_front_directory_by_name)
{
    char node[64];

    (void)strcpy(node, own_nodes[_i]);
    fw.options.node = node;
    assert_err(front_world_create(&fw), 0);
    memset(node, 'x', sizeof(node) - 1); /* need not outlive the call */
    assert_err(pcifront_connect(fw.pf, 1000), 0);
}
END_TEST

static const char *const bad_nodes[] = {
    "", "device/pci/0/", "device/pci 0", "device/pci/\xe4", "device/pci/0\n",
};

START_TEST(a_name_that_is_none)
{
    fw.options.node = bad_nodes[_i];
    assert_err(front_world_create(&fw), PCIFRONT_ERR_INVALID);
}
END_TEST

START_TEST(no_directory)
{
    fake_store_unset("/local/domain/5/device");
    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_connect(fw.pf, 1000), PCIFRONT_ERR_OFFLINE);
    ck_assert_int_eq(pcifront_step(fw.pf), 0);
    ck_assert_ptr_null(
        strstr(fake_backend_front(fw.be, "state"), "3")); /* not revived */
}
END_TEST

/* The toolstack's part of the directory, damaged. */
static const struct {
    const char *leaf, *value;
} damages[] = {
    { "backend", "" },
    { "backend", "no/such/place" },
    { "backend", NULL },
    { "backend-id", "" },
    { "backend-id", "65536" },
    { "backend-id", "32752" },
    { "backend-id", "-1" },
    { "backend-id", "0x0" },
    { "backend-id", "99999999999999999999" },
};

START_TEST(a_damaged_directory)
{
    char path[64] = "/local/domain/5/device/pci/0/";

    (void)strcat(path, damages[_i].leaf);
    if (damages[_i].value)
        fake_store_set(path, damages[_i].value);
    else
        fake_store_unset(path);
    assert_err(front_world_create(&fw), 0);
    ck_assert_int_lt(pcifront_connect(fw.pf, 1000), 0);
    ck_assert_int_ne(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
}
END_TEST

/* Relative paths would be in our own directory, where anybody could sit. */
START_TEST(a_backend_beside_us)
{
    fake_store_set("/local/domain/5/device/pci/0/backend", "data/pci");
    fake_store_set("/local/domain/5/data/pci/state", "2");
    assert_err(front_world_create(&fw), 0);
    assert_err(pcifront_connect(fw.pf, 1000), PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
}
END_TEST

START_TEST(a_backend_path_that_is_too_long)
{
    char text[1024];

    memset(text, 'a', sizeof(text) - 1);
    text[0] = '/';
    text[sizeof(text) - 1] = '\0';
    fake_store_set("/local/domain/5/device/pci/0/backend", text);
    assert_err(front_world_create(&fw), 0);
    ck_assert_int_lt(pcifront_connect(fw.pf, 1000), 0);
}
END_TEST

static void assert_connected(void)
{
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_int_eq(fw.be->state, XB_CONNECTED);
}

/* What a removal says of itself, badly: the device is gone in the end. */
static const struct {
    const char *vdev;
    const char *told;
} removals[] = {
    { "0000:00:00.00", "-00.0u" },
    { "0000:00:00.0", "-00.0u" }, /* one digit of a function, as NetBSD */
    { NULL, "-00.0g" },
    { "", "-00.0g" },
    { "0000:00:1f.07", "-00.0g" },
    { "0000:00:00.08", "-00.0g" },
    { "0000:00:20.00", "-00.0g" },
    { "nonsense", "-00.0g" },
    { "0000:00:00.00000000000000000000000000000000000000000000000000",
      "-00.0g" },
};

START_TEST(removals_as_they_are_written)
{
    front_case_connect("nvme edu");
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    fake_backend_set(fw.be, "vdev-0", removals[_i].vdev);
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told(removals[_i].told);
    ck_assert_uint_eq(front_case_count(), 1);
}
END_TEST

static const char *const counts[] = {
    "1000000", "4294967295", "99999999999999999999", "-1", "many", "", NULL,
};

START_TEST(a_list_of_absurd_length)
{
    front_case_connect("nvme");
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    fake_backend_set(fw.be, "num_devs", counts[_i]);
    fw.k->budget = fw.k->calls + 20000;
    (void)front_world_settle(&fw);
    assert_connected();
    ck_assert_uint_eq(front_case_count(), 0);
}
END_TEST

TCase *front_directory_tests(void)
{
    TCase *tc = tcase_create("directory");

    tcase_add_loop_test(tc, the_front_directory_by_name, 0,
                        (int)ARRAY_LEN(own_nodes));
    tcase_add_loop_test(tc, a_name_that_is_none, 0, (int)ARRAY_LEN(bad_nodes));
    tcase_add_test(tc, a_backend_beside_us);
    tcase_add_test(tc, no_directory);
    tcase_add_loop_test(tc, a_damaged_directory, 0, (int)ARRAY_LEN(damages));
    tcase_add_test(tc, a_backend_path_that_is_too_long);
    tcase_add_loop_test(tc, removals_as_they_are_written, 0,
                        (int)ARRAY_LEN(removals));
    tcase_add_loop_test(tc, a_list_of_absurd_length, 0, (int)ARRAY_LEN(counts));
    return tc;
}
