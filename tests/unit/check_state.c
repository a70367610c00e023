/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/state*.c: records that outlive the broker. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "temp-tree.h"

#define FILE_NAME "0000-03-00-1.json"

static const struct sbdf dev = { .bus = 3, .devfn = 1 };
static const char *root;
static struct state_record record;

static void setup(void)
{
    unsigned int i;

    root = temp_tree_make();
    state_open(root);
    memset(&record, 0, sizeof(record));
    record.sbdf = dev;
    record.virt = (struct sbdf){ .devfn = 0x11 };
    record.domid = 0x7fe0;
    record.params.size = 4096;
    record.params.vendor = 0x8086;
    record.params.device = 0xffff;
    record.params.irq_line = 254;
    record.params.knobs = (struct cfg_knobs){
        .permissive = true,
        .interrupt_control = true,
        .no_power = true,
        .nquirks = 2,
        .quirks = { { 0x48, 4, 0xffffff00 }, { 0xffe, 2, 1 } },
    };
    record.res[0] = (struct sysfs_resource){
        .kind = SYSFS_MEM,
        .is_64bit = true,
        .prefetch = true,
        .start = 0xfffff80000000000,
        .size = 0x400000000,
    };
    record.params.bars[0] = (struct cfg_bar){
        .kind = CFG_BAR_MEM64,
        .prefetch = true,
        .base = 0xfffff80000000000,
        .size = 0x400000000,
    };
    record.grants.domid = record.domid;
    record.grants.nranges = 2;
    record.grants.ranges[0] =
        (struct grant_range){ SYSFS_MEM, 0xfffff80000000, 0x400000 };
    record.grants.ranges[1] = (struct grant_range){ SYSFS_IO, 0xc080, 32 };
    record.grants.has_irq = true;
    record.grants.gsi = 17;
    record.grants.pirq = 0xffffffff;
    record.irq.mode = IRQ_MSIX;
    record.irq.changing = true;
    record.aer = AER_CHANNEL_FROZEN;
    record.irq.count = PCI_WIRE_MSIX_MAX;
    for (i = 0; i < PCI_WIRE_MSIX_MAX; i++)
        record.irq.pirqs[i] = 1000 + i;
    for (i = 0; i < CFG_SIZE_MAX; i++)
        record.snapshot[i] = (uint8_t)(i * 7);
}

static void teardown(void)
{
    temp_tree_drop();
}

START_TEST(round_trip)
{
    struct state_record again;

    memset(&again, 0xa5, sizeof(again));
    ck_assert_int_eq(state_save(&record), 0);
    ck_assert_int_eq(state_load(dev, &again), 0);
    ck_assert_mem_eq(&again.res[0], &record.res[0], sizeof(record.res[0]));
    ck_assert(sbdf_equal(again.sbdf, dev));
    ck_assert(sbdf_equal(again.virt, record.virt));
    ck_assert_uint_eq(again.domid, record.domid);
    ck_assert_uint_eq(again.params.size, 4096);
    ck_assert_uint_eq(again.params.vendor, 0x8086);
    ck_assert_uint_eq(again.params.device, 0xffff);
    ck_assert_uint_eq(again.params.irq_line, 254);
    ck_assert_mem_eq(&again.params.knobs, &record.params.knobs,
                     sizeof(record.params.knobs));
    ck_assert_int_eq(again.params.bars[0].kind, CFG_BAR_MEM64);
    ck_assert_uint_eq(again.params.bars[0].base, 0xfffff80000000000);
    ck_assert_uint_eq(again.params.bars[0].size, 0x400000000);
    ck_assert_int_eq(again.params.bars[6].kind, CFG_BAR_NONE);
    ck_assert_uint_eq(again.grants.domid, record.domid);
    ck_assert_uint_eq(again.grants.nranges, 2);
    ck_assert_uint_eq(again.grants.ranges[0].first, 0xfffff80000000);
    ck_assert_int_eq(again.grants.ranges[1].kind, SYSFS_IO);
    ck_assert(again.grants.has_irq);
    ck_assert_uint_eq(again.grants.gsi, 17);
    ck_assert_uint_eq(again.grants.pirq, 0xffffffff);
    ck_assert_int_eq(again.irq.mode, IRQ_MSIX);
    ck_assert(again.irq.changing);
    ck_assert_int_eq(again.aer, AER_CHANNEL_FROZEN);
    ck_assert_uint_eq(again.irq.count, PCI_WIRE_MSIX_MAX);
    ck_assert_mem_eq(again.irq.pirqs, record.irq.pirqs,
                     sizeof(record.irq.pirqs));
    ck_assert_mem_eq(again.snapshot, record.snapshot, sizeof(record.snapshot));
}
END_TEST

START_TEST(saving_replaces_the_whole)
{
    struct state_record again;

    ck_assert_int_eq(state_save(&record), 0);
    record.irq.mode = IRQ_INTX;
    record.irq.count = 0;
    ck_assert_int_eq(state_save(&record), 0);
    ck_assert_int_eq(state_load(dev, &again), 0);
    ck_assert_uint_eq(again.irq.count, 0);
    ck_assert_int_eq(again.irq.mode, IRQ_INTX);
}
END_TEST

START_TEST(a_failed_save_keeps_the_old_record)
{
    struct state_record again;

    ck_assert_int_eq(state_save(&record), 0);
    temp_tree_dir(FILE_NAME ".new"); /* in the way */
    record.domid = 1;
    ck_assert_int_lt(state_save(&record), 0);
    ck_assert_int_eq(state_load(dev, &again), 0);
    ck_assert_uint_eq(again.domid, 0x7fe0);
}
END_TEST

/* Replace one text in the file by another and read it back. */
static const struct damage {
    const char *name;
    const char *from;
    const char *to;
    int err;
} damages[] = {
    { "newer", "\"version\":1", "\"version\":2", -ENOTSUP },
    { "version 0", "\"version\":1", "\"version\":0", -EPROTO },
    { "no version", "\"version\":1", "\"versiom\":1", -EPROTO },
    { "another device's", "\"device\":\"0000:03:00.1\"",
      "\"device\":\"0000:03:00.2\"", -EPROTO },
    { "no address", "\"device\":\"0000:03:00.1\"",
      "\"device\":\"0000:03:00.9\"", -EPROTO },
    { "domid too large", "\"domid\":32736", "\"domid\":65536", -EPROTO },
    { "domid negative", "\"domid\":32736", "\"domid\":-1", -EPROTO },
    { "domid as text", "\"domid\":32736", "\"domid\":\"7\"", -EPROTO },
    { "odd size", "\"size\":4096", "\"size\":4095", -EPROTO },
    { "no such kind of resource", "\"kind\":2", "\"kind\":3", -EPROTO },
    { "no such interrupt mode", "\"mode\":2", "\"mode\":3", -EPROTO },
    { "a pirq that is none", "1000,", "\"x\",", -EPROTO },
    { "a pirq too large", "1000,", "4294967296,", -EPROTO },
    { "no resources", "\"resources\":[", "\"resources\":[],\"x\":[", -EPROTO },
    { "a field is missing", "\"prefetch\":1", "\"prefetsh\":1", -EPROTO },
    { "no hex", "\"snapshot\":\"00", "\"snapshot\":\"0g", -EPROTO },
    { "a byte too few", "\"snapshot\":\"0007", "\"snapshot\":\"00", -EPROTO },
    { "no list", "\"pirqs\":[", "\"pirqs\":{\"\":[", -EPROTO },
    { "cut off", "\"snapshot\"", "", -EPROTO },
};

/* The spaces of pretty printing are not what this is about. */
static void squeeze(char *text)
{
    char *to = text;

    for (; *text; text++)
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    *to = '\0';
}

static char *read_record(void)
{
    char path[128];
    char *text = calloc(1, 65536);
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/" FILE_NAME, root);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, 65535, file), 0);
    (void)fclose(file);
    squeeze(text);
    return text;
}

START_TEST(damage_is_noticed_and_nothing_filled)
{
    const struct damage *d = &damages[_i];
    struct state_record again, before;
    char *text, *at, *changed;
    int err;

    ck_assert_int_eq(state_save(&record), 0);
    text = read_record();
    at = strstr(text, d->from);
    ck_assert_msg(at != NULL, "%s: the test looks for the wrong text", d->name);
    *at = '\0';
    changed = calloc(1, 65536 + 64);
    (void)sprintf(changed, "%s%s%s", text, d->to,
                  d->to[0] != '\0' ? at + strlen(d->from) : "");
    temp_tree_file(FILE_NAME, changed);
    free(changed);
    free(text);
    memset(&again, 0xa5, sizeof(again));
    memcpy(&before, &again, sizeof(before));
    err = state_load(dev, &again);
    ck_assert_msg(err == d->err, "%s: %d", d->name, err);
    ck_assert_mem_eq(&again, &before, sizeof(before));
}
END_TEST

START_TEST(what_is_no_json)
{
    static const char *const texts[] = { "",  "{",    "[]",
                                         "7", "null", "{\"version\":1}" };
    struct state_record again;

    temp_tree_file(FILE_NAME, texts[_i]);
    ck_assert_int_eq(state_load(dev, &again), -EPROTO);
}
END_TEST

START_TEST(absent_and_forgotten)
{
    struct state_record again;
    char path[128];
    int fd;

    ck_assert_int_eq(state_load(dev, &again), -ENOENT);
    state_drop(dev);
    ck_assert_int_eq(state_save(&record), 0);
    fd = state_shadow(dev);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    state_drop(dev);
    ck_assert_int_eq(state_load(dev, &again), -ENOENT);
    (void)snprintf(path, sizeof(path), "%s/0000-03-00-1.shadow", root);
    ck_assert_int_lt(access(path, F_OK), 0);
}
END_TEST

START_TEST(list_names_records_only)
{
    struct sbdf *list;
    unsigned int count;

    ck_assert_int_eq(state_list(&list, &count), 0);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(state_save(&record), 0);
    temp_tree_file("lock", "");
    temp_tree_file("0000-03-00-2.json.new", "");
    temp_tree_file("0000-03-00-2.shadow", "");
    temp_tree_file("0000-03-00-9.json", "");
    ck_assert_int_eq(state_list(&list, &count), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert(sbdf_equal(list[0], dev));
    free(list);
    state_open("/nonexistent");
    ck_assert_int_eq(state_list(&list, &count), -ENOENT);
    ck_assert_ptr_null(list);
}
END_TEST

/* The next owner of a device never sees the memory of the last one. */
START_TEST(shadow_is_zero_at_first_and_kept_after)
{
    uint8_t byte = 0xff;
    struct stat st;
    int fd = state_shadow(dev);
    int other;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_size, sizeof(struct cfg_shadow));
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(pread(fd, &byte, 1, 4095), 1);
    ck_assert_uint_eq(byte, 0);
    byte = 0x5a;
    ck_assert_int_eq(pwrite(fd, &byte, 1, 4095), 1);
    other = state_shadow(dev);
    ck_assert_int_eq(pread(other, &byte, 1, 4095), 1);
    ck_assert_uint_eq(byte, 0x5a);
    (void)close(other);
    state_drop(dev);
    other = state_shadow(dev);
    ck_assert_int_eq(pread(other, &byte, 1, 4095), 1);
    ck_assert_uint_eq(byte, 0);
    (void)close(other);
    (void)close(fd);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("state");
    TCase *tc = tcase_create("state");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, round_trip);
    tcase_add_test(tc, saving_replaces_the_whole);
    tcase_add_test(tc, a_failed_save_keeps_the_old_record);
    tcase_add_loop_test(tc, damage_is_noticed_and_nothing_filled, 0,
                        (int)ARRAY_LEN(damages));
    tcase_add_loop_test(tc, what_is_no_json, 0, 6);
    tcase_add_test(tc, absent_and_forgotten);
    tcase_add_test(tc, list_names_records_only);
    tcase_add_test(tc, shadow_is_zero_at_first_and_kept_after);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
