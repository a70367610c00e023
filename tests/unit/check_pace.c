/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/pace.c: when to look at the page, when to let a guest wait. */
#include <check.h>
#include <stdlib.h>

#include "compiler.h"
#include "pace.h"

#define US 1000u
#define MS 1000000u
#define T0 (1000ull * MS)

static const struct {
    const char *name;
    uint64_t gap_ns; /* from an answer to the next request */
    uint64_t spin_ns;
} gaps[] = {
    { "at once", 0, 50 * US },
    { "fast", 10 * US, 50 * US },
    { "steady", 100 * US, 200 * US },
    { "slow", 1500 * US, 2 * MS },
    { "the slowest that counts", 2 * MS, 2 * MS },
    { "too slow", 2 * MS + 1, 0 },
    { "after a pause", 5000ull * MS, 0 },
};

START_TEST(spins_for_twice_the_last_gap)
{
    struct pace pace = { 0 };
    uint64_t now = T0 + gaps[_i].gap_ns;

    pace_answer(&pace, T0);
    pace_request(&pace, now);
    ck_assert_msg(pace.spin_ns == gaps[_i].spin_ns, "%s", gaps[_i].name);
    pace_answer(&pace, now);
    ck_assert(pace_spin(&pace, now) == (gaps[_i].spin_ns > 0));
    ck_assert(!pace_spin(&pace, now + gaps[_i].spin_ns));
}
END_TEST

START_TEST(the_first_request_is_no_row)
{
    struct pace pace = { 0 };

    pace_request(&pace, 1);
    ck_assert(!pace_spin(&pace, 1));
}
END_TEST

START_TEST(looking_in_vain_ends_it)
{
    struct pace pace = { 0 };

    pace_answer(&pace, T0);
    pace_request(&pace, T0 + 100 * US);
    pace_answer(&pace, T0 + 110 * US);
    ck_assert(pace_spin(&pace, T0 + 120 * US));
    pace_missed(&pace);
    ck_assert(!pace_spin(&pace, T0 + 120 * US));
}
END_TEST

/* Who was kept from looking shares the processor, and sleeps for a while. */
START_TEST(no_spinning_while_others_run)
{
    struct pace pace = { 0 };
    uint64_t now = T0;
    unsigned int i;

    pace_answer(&pace, now);
    pace_request(&pace, now += 1500 * US);
    pace_answer(&pace, now);
    for (i = 0; i < 3; i++)
        ck_assert(pace_spin(&pace, now += 400 * US));
    ck_assert(!pace_spin(&pace, now += 600 * US));
    /* However fast it asks now. */
    for (i = 0; i < 9; i++) {
        pace_request(&pace, now += 10 * MS);
        pace_answer(&pace, now);
        pace_request(&pace, now += 10 * US);
        pace_answer(&pace, now);
        ck_assert(!pace_spin(&pace, now));
    }
    pace_request(&pace, now += 10 * MS);
    pace_answer(&pace, now);
    pace_request(&pace, now += 10 * US);
    pace_answer(&pace, now);
    ck_assert(pace_spin(&pace, now));
}
END_TEST

/* XSA-332: events that mean nothing are answered ever later, but answered. */
START_TEST(xsa_332_idle_events_are_slowed_down)
{
    struct pace pace = { 0 };
    uint32_t last = 0, ms;
    unsigned int i;

    for (i = 0; i < 16; i++)
        ck_assert_uint_eq(pace_idle_event(&pace), 0);
    ck_assert_uint_eq(pace_idle_event(&pace), 1);
    ck_assert_uint_eq(pace_idle_event(&pace), 2);
    for (i = 0; i < 100000; i++) {
        ms = pace_idle_event(&pace);
        ck_assert_uint_ge(ms, last);
        last = ms;
    }
    ck_assert_uint_eq(last, 64);
    /* One request, and it is forgiven. */
    pace_request(&pace, T0);
    ck_assert_uint_eq(pace_idle_event(&pace), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pace");
    TCase *tc = tcase_create("pace");

    tcase_add_loop_test(tc, spins_for_twice_the_last_gap, 0,
                        (int)ARRAY_LEN(gaps));
    tcase_add_test(tc, the_first_request_is_no_row);
    tcase_add_test(tc, looking_in_vain_ends_it);
    tcase_add_test(tc, no_spinning_while_others_run);
    tcase_add_test(tc, xsa_332_idle_events_are_slowed_down);
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
