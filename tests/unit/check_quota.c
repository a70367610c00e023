/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/quota.c: who had much waits, but never for long. */
#include <check.h>
#include <stdlib.h>

#include "compiler.h"
#include "quota.h"

#define MS 1000u
#define T0 (1000000ull * MS)

/* What HACKING promises. */
static const struct promise {
    const char *name;
    enum quota_kind kind;
    uint64_t at_once;
    uint64_t a_second;
    uint32_t wait_ms; /* at most */
} promises[] = {
    { "time", QUOTA_TIME, 100 * MS, 250 * MS, 200 },
    { "looks", QUOTA_LOOK, 32, 100, 20 },
    { "events", QUOTA_EVENT, 64, 100, 100 },
    { "connects", QUOTA_CONNECT, 16, 4, 500 },
    { "deaths", QUOTA_DEATH, 16, 4, 250 },
};

START_TEST(so_much_at_once)
{
    const struct promise *p = &promises[_i];
    struct quota quota = { { 0 } };

    ck_assert_uint_eq(quota_wait(&quota, p->kind, T0), 0);
    ck_assert_msg(quota_take(&quota, p->kind, T0, p->at_once) == 0, "%s",
                  p->name);
    ck_assert_msg(quota_take(&quota, p->kind, T0, 1) > 0, "%s", p->name);
    ck_assert_uint_gt(quota_wait(&quota, p->kind, T0), 0);
}
END_TEST

/* One that waits whenever it is told to gets this much in ten seconds. */
START_TEST(so_much_a_second)
{
    const struct promise *p = &promises[_i];
    struct quota quota = { { 0 } };
    uint64_t now = T0, had = 0;

    while (now < T0 + 10000ull * MS) {
        uint32_t wait = quota_wait(&quota, p->kind, now);

        if (wait > 0) {
            now += (uint64_t)wait * MS;
            continue;
        }
        (void)quota_take(&quota, p->kind, now, 1);
        had++;
    }
    ck_assert_msg(had >= p->at_once + 10 * p->a_second - p->a_second / 10 &&
                      had <= p->at_once + 11 * p->a_second,
                  "%s: %llu", p->name, (unsigned long long)had);
}
END_TEST

/* However much was taken, and of an amount that a clock gone mad reports. */
START_TEST(no_wait_is_long)
{
    static const uint64_t amounts[] = { 1000, UINT32_MAX, UINT64_MAX };
    const struct promise *p = &promises[_i];

    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        struct quota quota = { { 0 } };
        uint32_t wait = 0;

        for (unsigned int times = 0; times < 1000; times++)
            wait = quota_take(&quota, p->kind, T0, amounts[i]);
        ck_assert_msg(wait == p->wait_ms, "%s: %u", p->name, wait);
        ck_assert_uint_eq(quota_wait(&quota, p->kind, T0 + (uint64_t)wait * MS),
                          0);
    }
}
END_TEST

START_TEST(rest_pays_back)
{
    const struct promise *p = &promises[_i];
    struct quota quota = { { 0 } };

    (void)quota_take(&quota, p->kind, T0, 10 * p->at_once);
    ck_assert_msg(quota_take(&quota, p->kind, T0 + 60000ull * MS, p->at_once) ==
                      0,
                  "%s", p->name);
}
END_TEST

START_TEST(kinds_are_apart)
{
    struct quota quota = { { 0 } };

    (void)quota_take(&quota, promises[_i].kind, T0, UINT32_MAX);
    for (int i = 0; i < QUOTA_KINDS; i++)
        ck_assert((quota_wait(&quota, (enum quota_kind)i, T0) > 0) ==
                  (promises[_i].kind == (enum quota_kind)i));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("quota");
    TCase *tc = tcase_create("quota");
    int n = (int)ARRAY_LEN(promises);

    tcase_add_loop_test(tc, so_much_at_once, 0, n);
    tcase_add_loop_test(tc, so_much_a_second, 0, n);
    tcase_add_loop_test(tc, no_wait_is_long, 0, n);
    tcase_add_loop_test(tc, rest_pays_back, 0, n);
    tcase_add_loop_test(tc, kinds_are_apart, 0, n);
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
