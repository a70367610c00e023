/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest was refused, on its way to the log and to the file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device-case.h"
#include "run-until.h"
#include "sysfs.h"
#include "temp-tree.h"

#define FILE_NAME "run/0000:03:00.0.denied.json"

/* As a worker would, which keeps its own view over the same memory. */
static void guest_writes(struct device *dev, int32_t offset, int32_t size,
                         uint32_t value)
{
    struct cfg_plan plan;

    (void)cfgspace_write(&dev->cs, offset, size, value, &plan);
}

static const char *file(void)
{
    return temp_tree_text(FILE_NAME);
}

static bool says(const char *words)
{
    return strstr(file(), words) != NULL;
}

/* Lines of the log so far that hold the words. */
static unsigned int log_lines(const char *words)
{
    const char *p = temp_tree_text("log");
    unsigned int n = 0;

    while ((p = strstr(p, words))) {
        n++;
        p++;
    }
    return n;
}

static const char *world_file(const char *path)
{
    static char full[256];

    (void)snprintf(full, sizeof(full), "%s/../%s", sysfs_root, path);
    return full;
}

static int kept_stderr;

static void log_to_file(void)
{
    int fd;

    temp_tree_file("log", "");
    fd = open(world_file("log"), O_WRONLY | O_APPEND | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    kept_stderr = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
    (void)close(fd);
}

static void log_back(void)
{
    ck_assert_int_ge(dup2(kept_stderr, STDERR_FILENO), 0);
    (void)close(kept_stderr);
}

START_TEST(refused_writes_are_told_and_recorded)
{
    struct device *dev = claim_ok(case_nvme);

    ck_assert(says("\"registers\""));
    ck_assert(!says("\"offset\""));
    log_to_file();
    guest_writes(dev, 0xc0, 4, 0x11223344);
    guest_writes(dev, 0xc0, 4, 0x55667788);
    guest_writes(dev, 0x00, 2, 0);
    ledger_look(dev);
    ledger_look(dev);
    log_back();
    ck_assert(says("\"device\":\"0000:03:00.0\""));
    ck_assert(says("\"domid\":5"));
    ck_assert(says("\"attached\":true"));
    ck_assert(says("\"offset\":\"0x0c0\""));
    ck_assert(says("\"count\":2"));
    ck_assert(says("\"value\":\"0x55667788\""));
    ck_assert(says("\"quirk\":\"c0:4:"));
    /* Once each, and not again at the second look. */
    ck_assert_uint_eq(log_lines("refused a write"), 2);
    ck_assert_uint_eq(log_lines("this quirk would allow it: c0:4:"), 1);
    ck_assert_uint_eq(log_lines("no quirk would allow it"), 1);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(the_file_changes_only_with_the_ledger)
{
    struct device *dev = claim_ok(case_nvme);

    guest_writes(dev, 0xc0, 4, 1);
    ledger_look(dev);
    ck_assert(says("\"count\":1"));
    temp_tree_remove(FILE_NAME);
    ledger_look(dev);
    ck_assert_int_ne(access(world_file(FILE_NAME), F_OK), 0);
    guest_writes(dev, 0xc0, 4, 1);
    ledger_look(dev);
    ck_assert(says("\"count\":2"));
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* After a crash the file is what one has; the next guest starts with none. */
START_TEST(the_file_outlives_the_guest)
{
    struct device *dev = claim_ok(case_nvme);

    guest_writes(dev, 0xc0, 4, 1);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert(says("\"attached\":false"));
    ck_assert(says("\"offset\":\"0x0c0\""));
    dev = claim_ok(case_nvme);
    ck_assert(says("\"attached\":true"));
    ck_assert(!says("\"offset\""));
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

/* The worker's memory: it can write anything there at any time. */
START_TEST(a_ledger_of_nonsense)
{
    struct device *dev = claim_ok(case_nvme);
    struct stat log;

    log_to_file();
    for (unsigned int i = 0; i < 50; i++) {
        memset(&dev->shadow->ledger, (int)(i * 37 + 1),
               sizeof(dev->shadow->ledger));
        ledger_look(dev);
        dev->shadow->ledger.used = CFG_LEDGER_MAX;
        for (unsigned int row = 0; row < CFG_LEDGER_MAX; row++)
            dev->shadow->ledger.rows[row] = (struct cfg_denied){
                .offset = (uint16_t)(0x40 + (i % 32 * 4)),
                .size = 4,
                .value = i,
                .bits = UINT32_MAX,
                .count = UINT32_MAX,
            };
        ledger_look(dev);
    }
    log_back();
    /* A burst of 20 lines and what a moment earns. */
    ck_assert_int_eq(stat(world_file("log"), &log), 0);
    ck_assert_int_gt(log.st_size, 0);
    ck_assert_int_le(log.st_size, 25 * 300);
    ck_assert(says("\"registers\""));
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

static bool is_recorded(void *arg UNUSED)
{
    return says("\"offset\":\"0x0c0\"");
}

START_TEST(looked_at_by_itself)
{
    struct device *dev = claim_ok(case_nvme);

    ledger_start();
    guest_writes(dev, 0xc0, 4, 1);
    ck_assert(run_until(is_recorded, NULL));
    ledger_stop();
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

START_TEST(no_place_for_the_file)
{
    struct device *dev = claim_ok(case_nvme);

    temp_tree_remove(FILE_NAME);
    temp_tree_dir(FILE_NAME "/in-the-way");
    guest_writes(dev, 0xc0, 4, 1);
    ledger_look(dev);
    temp_tree_remove(FILE_NAME "/in-the-way");
    temp_tree_remove(FILE_NAME);
    guest_writes(dev, 0xc0, 4, 1);
    ledger_look(dev);
    ck_assert(says("\"count\":2"));
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

TCase *device_ledger_tests(void)
{
    TCase *tc = tcase_create("ledger");

    tcase_add_test(tc, refused_writes_are_told_and_recorded);
    tcase_add_test(tc, the_file_changes_only_with_the_ledger);
    tcase_add_test(tc, the_file_outlives_the_guest);
    tcase_add_test(tc, a_ledger_of_nonsense);
    tcase_add_test(tc, looked_at_by_itself);
    tcase_add_test(tc, no_place_for_the_file);
    return tc;
}
