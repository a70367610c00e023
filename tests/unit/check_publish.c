/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pair's directories and the claims, over a xenstored in memory. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "compiler.h"
#include "fake-store.h"
#include "publish.h"

#define BACK  "/local/domain/0/backend/pci/3/0"
#define FRONT "/local/domain/3/device/pci/0"

static struct store *st;

static const struct sbdf nvme = { .bus = 1 };
static const struct sbdf nic = { .bus = 3, .devfn = 1 };
static const struct sbdf edu = { .segment = 1, .bus = 4, .devfn = 0x13 };

static void setup(void)
{
    fake_store_reset();
    fake_store_set("/local/domain/3/name", "work");
    st = store_open();
    ck_assert_ptr_nonnull(st);
}

static void teardown(void)
{
    store_close(st);
    ck_assert_uint_eq(fake_store_open_count(), 0);
    fake_store_reset();
}

static int add(struct sbdf dev, const char *name)
{
    struct publish_request req = {
        .domid = 3,
        .dev = dev,
        .options = "permissive=0",
        .name = name,
    };

    return publish_add(st, &req);
}

static void expect(const char *path, const char *want)
{
    char *got = fake_store_dump(path);

    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(first_device_makes_both_directories)
{
    uint16_t owner;
    uint16_t reader;

    /* What an earlier life of the guest left behind goes. */
    fake_store_set(FRONT "/pci-op-ref", "8");
    ck_assert_int_eq(add(nvme, NULL), 0);
    expect(BACK, BACK " = \n" BACK "/dev-0 = 0000:01:00.0\n" BACK
                      "/domain = work\n" BACK "/frontend = " FRONT "\n" BACK
                      "/frontend-id = 3\n" BACK "/key-0 = 0000:01:00.0\n" BACK
                      "/num_devs = 1\n" BACK "/online = 1\n" BACK
                      "/opts-0 = permissive=0\n" BACK "/state = 2\n" BACK
                      "/state-0 = 1\n");
    expect(FRONT, FRONT " = \n" FRONT "/backend = " BACK "\n" FRONT
                        "/backend-id = 0\n" FRONT "/state = 1\n");
    ck_assert(fake_store_perms(BACK "/state", &owner, &reader));
    ck_assert_uint_eq(owner, 0);
    ck_assert_uint_eq(reader, 3);
    ck_assert(fake_store_perms(FRONT "/state", &owner, &reader));
    ck_assert_uint_eq(owner, 3);
    ck_assert_uint_eq(reader, 0);
}
END_TEST

static const struct {
    const char *before;
    int ret;
    const char *after;
} adds[] = {
    { "1", 0, "1" },
    { "2", 0, "2" },
    { "3", 0, "3" },
    { "4", 0, "7" },
    { "5", -EBUSY, "5" },
    { "6", -EBUSY, "6" },
    { "7", -EAGAIN, "7" },
    { "8", -EAGAIN, "8" },
    { "0", -EINVAL, "0" },
    { "9", -EINVAL, "9" },
    { "4 ", -EINVAL, "4 " },
    { "", -EINVAL, "" },
    { "44444", -EINVAL, "44444" },
};

START_TEST(next_device_by_state)
{
    ck_assert_int_eq(add(nvme, NULL), 0);
    fake_store_set(BACK "/state", adds[_i].before);
    ck_assert_int_eq(add(nic, "wifi"), adds[_i].ret);
    ck_assert_str_eq(fake_store_get(BACK "/state"), adds[_i].after);
    if (adds[_i].ret != 0) {
        ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "1");
        ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
        return;
    }
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "2");
    ck_assert_str_eq(fake_store_get(BACK "/dev-1"), "0000:03:00.1");
    ck_assert_str_eq(fake_store_get(BACK "/name-1"), "wifi");
    ck_assert_str_eq(fake_store_get(BACK "/state-1"), "1");
}
END_TEST

START_TEST(add_refuses)
{
    ck_assert_int_eq(add(nvme, NULL), 0);
    ck_assert_int_eq(add(nvme, NULL), -EEXIST);
    fake_store_set(BACK "/num_devs", "4000000000");
    ck_assert_int_eq(add(nic, NULL), -EINVAL);
    fake_store_set(BACK "/num_devs", "-1");
    ck_assert_int_eq(add(nic, NULL), -EINVAL);
    fake_store_unset(BACK "/num_devs");
    ck_assert_int_eq(add(nic, NULL), -EINVAL);
    fake_store_set(BACK "/num_devs", "256");
    ck_assert_int_eq(add(nic, NULL), -ENOSPC);
}
END_TEST

START_TEST(conflicts_are_retried_and_bounded)
{
    fake_store_conflicts(5);
    ck_assert_int_eq(add(nvme, NULL), 0);
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "1");
    fake_store_conflicts(1000000);
    ck_assert_int_eq(add(nic, NULL), -EAGAIN);
    fake_store_conflicts(0);
    ck_assert_ptr_null(fake_store_get(BACK "/dev-1"));
}
END_TEST

/* Whichever write fails, nothing of the change is visible. */
START_TEST(failed_write_leaves_nothing)
{
    unsigned int skip = 0;
    int ret;

    do {
        fake_store_fail(skip++, EACCES);
        ret = add(nvme, "disk");
        if (ret != 0) {
            ck_assert_int_eq(ret, -EACCES);
            expect("/local/domain/0", "");
            expect("/local/domain/3/device", "");
        }
    } while (ret != 0);
    ck_assert_uint_gt(skip, 10);
}
END_TEST

START_TEST(find_and_list_read_what_is_there)
{
    struct publish_device found;
    struct publish_device *list;
    size_t count;
    char long_text[300];

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    ck_assert_int_eq(publish_find(st, 3, nvme, &found), -ENOENT);
    ck_assert_int_eq(add(nvme, "disk"), 0);
    ck_assert_int_eq(add(edu, NULL), 0);
    fake_store_set(BACK "/state-1", "3");
    fake_store_set(BACK "/vdev-1", "0000:00:01.03");
    ck_assert_int_eq(publish_find(st, 3, edu, &found), 0);
    ck_assert_uint_eq(found.index, 1);
    ck_assert_int_eq(found.state, XB_INITIALISED);
    ck_assert_str_eq(found.vdev, "0000:00:01.03");
    ck_assert_str_eq(found.name, "");
    ck_assert_int_eq(publish_find(st, 3, nic, &found), -ENOENT);

    fake_store_set(BACK "/state-0", "rubbish");
    fake_store_set(BACK "/name-0", long_text);
    fake_store_set(BACK "/num_devs", "3"); /* dev-2 does not exist */
    ck_assert_int_eq(publish_list(st, 3, &list, &count), 0);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(list[0].state, XB_UNKNOWN);
    ck_assert_uint_eq(strlen(list[0].name), PUBLISH_NAME - 1);
    free(list);
}
END_TEST

static const struct {
    const char *before;
    int ret;
    const char *after;
} requests[] = {
    { "1", 0, "1" }, { "2", 0, "2" },       { "3", 0, "7" },
    { "4", 0, "7" }, { "7", -EAGAIN, "7" }, { "8", -EAGAIN, "8" },
    { "6", 0, "7" },
};

START_TEST(remove_request_by_state)
{
    ck_assert_int_eq(add(nvme, NULL), 0);
    ck_assert_int_eq(add(nic, NULL), 0);
    fake_store_set(BACK "/state", requests[_i].before);
    ck_assert_int_eq(publish_remove_request(st, 3, edu), -ENOENT);
    ck_assert_int_eq(publish_remove_request(st, 3, nic), requests[_i].ret);
    ck_assert_str_eq(fake_store_get(BACK "/state"), requests[_i].after);
    ck_assert_str_eq(fake_store_get(BACK "/state-0"), "1");
    ck_assert_str_eq(fake_store_get(BACK "/state-1"),
                     requests[_i].ret == 0 ? "5" : "1");
}
END_TEST

START_TEST(repeated_removal_is_harmless)
{
    ck_assert_int_eq(add(nvme, NULL), 0);
    ck_assert_int_eq(add(nic, NULL), 0);
    fake_store_set(BACK "/state", "4");
    ck_assert_int_eq(publish_remove_request(st, 3, nic), 0);
    fake_store_set(BACK "/state", "8");
    ck_assert_int_eq(publish_remove_request(st, 3, nic), 0);
    ck_assert_str_eq(fake_store_get(BACK "/state"), "8");
    ck_assert_int_eq(publish_remove_request(st, 3, nvme), -EAGAIN);
}
END_TEST

START_TEST(remove_closes_the_gap)
{
    ck_assert_int_eq(add(nvme, "disk"), 0);
    ck_assert_int_eq(add(nic, "wifi"), 0);
    ck_assert_int_eq(add(edu, NULL), 0);
    fake_store_set(BACK "/vdev-0", "0000:00:00.00");
    fake_store_set(BACK "/vdev-2", "0000:00:02.03");
    fake_store_set(BACK "/vdevfn-2", "13");
    ck_assert_int_eq(publish_remove_finish(st, 3, nvme), 0);
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "2");
    ck_assert_str_eq(fake_store_get(BACK "/dev-0"), "0000:03:00.1");
    ck_assert_str_eq(fake_store_get(BACK "/name-0"), "wifi");
    /* A node the later device lacks must not be inherited. */
    ck_assert_ptr_null(fake_store_get(BACK "/vdev-0"));
    ck_assert_str_eq(fake_store_get(BACK "/key-1"), "0001:04:02.3");
    ck_assert_ptr_null(fake_store_get(BACK "/name-1"));
    ck_assert_str_eq(fake_store_get(BACK "/vdev-1"), "0000:00:02.03");
    ck_assert_str_eq(fake_store_get(BACK "/vdevfn-1"), "13");
    ck_assert_ptr_null(fake_store_get(BACK "/dev-2"));
    ck_assert_ptr_null(fake_store_get(BACK "/state-2"));
    ck_assert_ptr_null(fake_store_get(BACK "/vdevfn-2"));
    ck_assert_int_eq(publish_remove_finish(st, 3, nvme), -ENOENT);
}
END_TEST

START_TEST(last_removal_takes_the_directories)
{
    fake_store_set("/local/domain/3/device/vif/0/state", "4");
    ck_assert_int_eq(add(nvme, NULL), 0);
    ck_assert_int_eq(publish_remove_finish(st, 3, nvme), 0);
    expect("/local/domain/0/backend/pci/3", "");
    expect("/local/domain/3/device/pci", "");
    ck_assert_str_eq(fake_store_get("/local/domain/3/device/vif/0/state"), "4");
    ck_assert_int_eq(publish_clear(st, 3), 0);
}
END_TEST

START_TEST(clear_keeps_other_back_instances)
{
    ck_assert_int_eq(add(nvme, NULL), 0);
    fake_store_set("/local/domain/0/backend/pci/3/1/state", "4");
    ck_assert_int_eq(publish_clear(st, 3), 0);
    expect("/local/domain/0/backend/pci/3/1/state",
           "/local/domain/0/backend/pci/3/1/state = 4\n");
    ck_assert_ptr_null(fake_store_get(BACK));
}
END_TEST

static int take(uint16_t domid, uint16_t replaces)
{
    struct claim claim = {
        .dev = edu,
        .domid = domid,
        .uuid = "00112233-4455-6677-8899-aabbccddeeff",
        .options = "permissive=1",
        .replaces = replaces,
    };

    return claim_take(st, &claim);
}

START_TEST(claims_exclude_each_other)
{
    uint16_t owner;

    ck_assert_int_eq(claim_owner(st, edu, &owner), -ENOENT);
    fake_store_set("/libxl/pci/0001-04-02-3/driver_path", "/sys/x");
    ck_assert_int_eq(take(3, CLAIM_NOBODY), 0);
    ck_assert_int_eq(take(3, CLAIM_NOBODY), 0);
    ck_assert_int_eq(claim_owner(st, edu, &owner), 0);
    ck_assert_uint_eq(owner, 3);
    ck_assert(claim_is_ours(st, edu, 3));
    ck_assert(!claim_is_ours(st, edu, 4));
    ck_assert_int_eq(take(4, CLAIM_NOBODY), -EBUSY);
    ck_assert_int_eq(take(4, 5), -EBUSY);
    fake_store_set("/xenpci/device/0001-04-02-3/force", "");
    ck_assert_int_eq(take(4, 3), 0);
    expect("/xenpci/device",
           "/xenpci/device = \n"
           "/xenpci/device/0001-04-02-3 = \n"
           "/xenpci/device/0001-04-02-3/domid = 4\n"
           "/xenpci/device/0001-04-02-3/options = permissive=1\n"
           "/xenpci/device/0001-04-02-3/uuid = "
           "00112233-4455-6677-8899-aabbccddeeff\n");
    ck_assert_int_eq(claim_drop(st, edu, 3), -EBUSY);
    ck_assert_int_eq(claim_drop(st, edu, 4), 0);
    expect("/libxl/pci/0001-04-02-3",
           "/libxl/pci/0001-04-02-3 = \n"
           "/libxl/pci/0001-04-02-3/driver_path = /sys/x\n");
    ck_assert_ptr_null(fake_store_get("/xenpci/device/0001-04-02-3"));
    ck_assert_int_eq(claim_drop(st, edu, 4), 0);
}
END_TEST

START_TEST(a_listing_and_its_claim_are_one)
{
    struct claim claim = {
        .dev = nvme,
        .domid = 3,
        .uuid = "u",
        .options = "o",
        .replaces = CLAIM_NOBODY,
    };
    struct publish_request req = {
        .domid = 3,
        .dev = nvme,
        .options = "",
        .claim = &claim,
    };
    uint16_t owner = 0;

    ck_assert_int_eq(add(nic, NULL), 0);
    fake_store_set(BACK "/state", "7");
    ck_assert_int_eq(publish_add(st, &req), -EAGAIN);
    ck_assert_int_eq(claim_owner(st, nvme, &owner), -ENOENT);
    fake_store_set(BACK "/state", "4");
    ck_assert_int_eq(publish_add(st, &req), 0);
    ck_assert_int_eq(claim_owner(st, nvme, &owner), 0);
    ck_assert_uint_eq(owner, 3);
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "2");
    /* Another guest has it: nothing is listed. */
    fake_store_set("/libxl/pci/0001-04-02-3/domid", "9");
    fake_store_set(BACK "/state", "4");
    claim.dev = req.dev = edu;
    ck_assert_int_eq(publish_add(st, &req), -EBUSY);
    ck_assert_str_eq(fake_store_get(BACK "/num_devs"), "2");
}
END_TEST

START_TEST(claim_with_a_damaged_node)
{
    static const char *const values[] = { "", "x", "-1", "65535", "07" };
    uint16_t owner;

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        fake_store_set("/libxl/pci/0001-04-02-3/domid", values[i]);
        ck_assert_int_eq(claim_owner(st, edu, &owner), -EINVAL);
        ck_assert_int_eq(take(3, CLAIM_NOBODY), -EINVAL);
    }
}
END_TEST

START_TEST(uuid_text)
{
    static const uint8_t uuid[16] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc,
                                      0xde, 0xf0, 0x01, 0x02, 0x03, 0x04,
                                      0x05, 0x06, 0x07, 0x0f };
    char text[CLAIM_UUID];

    ck_assert_str_eq(claim_uuid_format(uuid, text),
                     "12345678-9abc-def0-0102-03040506070f");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("publish");
    TCase *tc = tcase_create("publish");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, first_device_makes_both_directories);
    tcase_add_loop_test(tc, next_device_by_state, 0, ARRAY_LEN(adds));
    tcase_add_test(tc, add_refuses);
    tcase_add_test(tc, conflicts_are_retried_and_bounded);
    tcase_add_test(tc, failed_write_leaves_nothing);
    tcase_add_test(tc, find_and_list_read_what_is_there);
    tcase_add_loop_test(tc, remove_request_by_state, 0, ARRAY_LEN(requests));
    tcase_add_test(tc, repeated_removal_is_harmless);
    tcase_add_test(tc, remove_closes_the_gap);
    tcase_add_test(tc, last_removal_takes_the_directories);
    tcase_add_test(tc, clear_keeps_other_back_instances);
    tcase_add_test(tc, claims_exclude_each_other);
    tcase_add_test(tc, a_listing_and_its_claim_are_one);
    tcase_add_test(tc, claim_with_a_damaged_node);
    tcase_add_test(tc, uuid_text);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
