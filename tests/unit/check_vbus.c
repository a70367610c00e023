/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/vbus.c: placement on the virtual bus. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vbus.h"

#define SEATS 4

/* Devices in order of arrival and where each must come to sit. */
static const struct story {
    const char *name;
    unsigned int count;
    struct {
        const char *real;
        bool is_virtfn;
        const char *virt;
    } steps[SEATS];
} stories[] = {
    { "alone", 1, { { "0000:03:00.0", false, "0000:00:00.0" } } },
    { "the function number is kept",
      1,
      { { "0000:03:1f.6", false, "0000:00:00.6" } } },
    { "one slot each",
      3,
      { { "0000:03:00.0", false, "0000:00:00.0" },
        { "0000:03:01.0", false, "0000:00:01.0" },
        { "0000:04:00.0", false, "0000:00:02.0" } } },
    { "functions of one device together",
      3,
      { { "0000:03:00.0", false, "0000:00:00.0" },
        { "0000:04:00.0", false, "0000:00:01.0" },
        { "0000:03:00.1", false, "0000:00:00.1" } } },
    { "in any order",
      3,
      { { "0000:03:00.1", false, "0000:00:00.1" },
        { "0000:03:00.0", false, "0000:00:00.0" },
        { "0000:03:00.2", false, "0000:00:00.2" } } },
    { "the same address in another segment",
      2,
      { { "0000:03:00.0", false, "0000:00:00.0" },
        { "0001:03:00.1", false, "0000:00:01.1" } } },
    { "the same device number on another bus",
      2,
      { { "0000:03:05.0", false, "0000:00:00.0" },
        { "0000:04:05.1", false, "0000:00:01.1" } } },
    { "a virtual function 0 comes to nobody",
      2,
      { { "0000:03:10.1", true, "0000:00:00.1" },
        { "0000:03:10.0", true, "0000:00:01.0" } } },
    { "nobody comes to a virtual function 0",
      4,
      { { "0000:03:10.0", true, "0000:00:00.0" },
        { "0000:03:10.1", true, "0000:00:01.1" },
        { "0000:03:10.2", true, "0000:00:01.2" },
        { "0000:03:11.0", true, "0000:00:02.0" } } },
};

START_TEST(placements)
{
    const struct story *story = &stories[_i];
    struct vbus_seat seats[SEATS];
    unsigned int i;

    for (i = 0; i < story->count; i++) {
        char virt[SBDF_TEXT];

        memset(&seats[i], 0, sizeof(seats[i]));
        ck_assert(sbdf_parse(story->steps[i].real, &seats[i].real));
        seats[i].is_virtfn = story->steps[i].is_virtfn;
        ck_assert_int_eq(vbus_place(VBUS_VIRTUAL, seats, i, &seats[i]), 0);
        sbdf_format(seats[i].virt, virt);
        ck_assert_msg(strcmp(virt, story->steps[i].virt) == 0,
                      "%s, step %u: %s", story->name, i, virt);
    }
}
END_TEST

/* 32 slots; the first free one is used; a full bus still takes functions. */
START_TEST(the_bus_is_finite)
{
    struct vbus_seat seats[VBUS_SLOTS + 1];
    struct vbus_seat function = { .real = { .bus = 7, .devfn = 1 } };
    unsigned int i;

    memset(seats, 0, sizeof(seats));
    for (i = 0; i < VBUS_SLOTS; i++) {
        seats[i].real.bus = (uint8_t)i;
        ck_assert_int_eq(vbus_place(VBUS_VIRTUAL, seats, i, &seats[i]), 0);
        ck_assert_uint_eq(SBDF_DEVICE(seats[i].virt), i);
    }
    seats[VBUS_SLOTS].real.bus = 99;
    ck_assert_int_eq(
        vbus_place(VBUS_VIRTUAL, seats, VBUS_SLOTS, &seats[VBUS_SLOTS]),
        -ENOSPC);
    ck_assert_int_eq(vbus_place(VBUS_VIRTUAL, seats, VBUS_SLOTS, &function), 0);
    ck_assert_uint_eq(function.virt.devfn, 7 << 3 | 1);
    /* One leaves: its slot is free again. */
    seats[5] = seats[VBUS_SLOTS - 1];
    ck_assert_int_eq(
        vbus_place(VBUS_VIRTUAL, seats, VBUS_SLOTS - 1, &seats[VBUS_SLOTS]), 0);
    ck_assert_uint_eq(SBDF_DEVICE(seats[VBUS_SLOTS].virt), 5);
}
END_TEST

/* Every address is its own, in any segment, and more than 32 devices fit. */
START_TEST(real_addresses)
{
    static const struct sbdf reals[] = {
        { .segment = 0, .bus = 3, .devfn = 0 },
        { .segment = 1, .bus = 3, .devfn = 0 },
        { .segment = 0xffff, .bus = 0xff, .devfn = 0xff },
    };
    struct vbus_seat seats[VBUS_SLOTS + 1];
    unsigned int i;

    memset(seats, 0, sizeof(seats));
    for (i = 0; i <= VBUS_SLOTS; i++) {
        seats[i].real.bus = (uint8_t)i;
        if (i < ARRAY_LEN(reals))
            seats[i].real = reals[i];
        seats[i].is_virtfn = i % 2 == 0;
        ck_assert_int_eq(vbus_place(VBUS_PASSTHROUGH, seats, i, &seats[i]), 0);
        ck_assert(sbdf_equal(seats[i].virt, seats[i].real));
    }
}
END_TEST

/* A guest keeps its topology, whatever the configuration says meanwhile. */
static const struct {
    const char *real[2];
    const char *virt[2];
    enum vbus_topology wanted;
    enum vbus_topology has;
} guests[] = {
    { { NULL }, { NULL }, VBUS_VIRTUAL, VBUS_VIRTUAL },
    { { NULL }, { NULL }, VBUS_PASSTHROUGH, VBUS_PASSTHROUGH },
    { { "3:0.0" }, { "3:0.0" }, VBUS_VIRTUAL, VBUS_PASSTHROUGH },
    { { "3:0.0" }, { "0:0.0" }, VBUS_PASSTHROUGH, VBUS_VIRTUAL },
    { { "1:0:0.0" }, { "1:0:0.0" }, VBUS_VIRTUAL, VBUS_PASSTHROUGH },
    { { "1:0:0.0" }, { "0:0:0.0" }, VBUS_PASSTHROUGH, VBUS_VIRTUAL },
    /* Both fit. */
    { { "0:0.0" }, { "0:0.0" }, VBUS_VIRTUAL, VBUS_VIRTUAL },
    { { "0:0.0" }, { "0:0.0" }, VBUS_PASSTHROUGH, VBUS_PASSTHROUGH },
    /* The second tells. */
    { { "0:0.0", "3:0.0" },
      { "0:0.0", "0:1.0" },
      VBUS_PASSTHROUGH,
      VBUS_VIRTUAL },
    { { "0:0.0", "3:0.0" },
      { "0:0.0", "3:0.0" },
      VBUS_VIRTUAL,
      VBUS_PASSTHROUGH },
};

START_TEST(topologies_last)
{
    struct vbus_seat seats[2];
    unsigned int n;

    memset(seats, 0, sizeof(seats));
    for (n = 0; n < 2 && guests[_i].real[n]; n++) {
        ck_assert(sbdf_parse(guests[_i].real[n], &seats[n].real));
        ck_assert(sbdf_parse(guests[_i].virt[n], &seats[n].virt));
    }
    ck_assert_int_eq(vbus_topology(seats, n, guests[_i].wanted),
                     guests[_i].has);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vbus");
    TCase *tc = tcase_create("vbus");

    tcase_add_loop_test(tc, placements, 0, (int)ARRAY_LEN(stories));
    tcase_add_test(tc, the_bus_is_finite);
    tcase_add_test(tc, real_addresses);
    tcase_add_loop_test(tc, topologies_last, 0, (int)ARRAY_LEN(guests));
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
