/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that take their time: what their guest is told, and that others notice
 * nothing. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hand.h"
#include "pciregs.h"
#include "run-until.h"
#include "slow-case.h"

START_TEST(others_are_served_meanwhile)
{
    slow_guests();
    slow_sleep(link_nic);
    slow_start(MSG_CONFIG_WRITE, 1);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 2),
                     PCI_ERR_SUCCESS);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_MSIX_ON, 3), 0);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_MSI_OFF, 4), 0);
    set_front(OTHER_DOMID, "state", "6");
    expect_states(OTHER_DOMID, "2 3 4 6");
    ck_assert(!slow_answered(1));
    slow_wake();
    ck_assert(run_until(slow_idle, NULL));
    ck_assert(slow_answered(1));
    ck_assert_uint_eq(world_get(link_nic, PCI_CACHE_LINE_SIZE, 1), 1);
    ck_assert_str_eq(device_error(link_nic), "");
}
END_TEST

/* The front waits for 2 s. */
START_TEST(the_answer_comes_before_the_front_gives_up)
{
    uint64_t since;

    slow_guests();
    slow_sleep(link_nic);
    since = loop_now_ms();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_OP_FAILED);
    ck_assert_uint_ge(loop_now_ms() - since, DEVICE_OP_MS - 100);
    ck_assert_uint_lt(loop_now_ms() - since, 2000);
}
END_TEST

/* The whole host was stopped, for longer than any deadline. */
START_TEST(a_host_that_stood_still_blames_no_device)
{
    const struct timespec stop = { .tv_sec = 1, .tv_nsec = 900000000 };

    slow_guests();
    slow_sleep(link_nic);
    slow_start(MSG_CONFIG_WRITE, 1);
    run_due();
    (void)nanosleep(&stop, NULL);
    run_due();
    ck_assert(!slow_answered(1));
    slow_wake();
    ck_assert(run_until(slow_idle, NULL));
    ck_assert(slow_answered(1));
    ck_assert_uint_eq(world_get(link_nic, PCI_CACHE_LINE_SIZE, 1), 1);
    ck_assert_str_eq(device_error(link_nic), "");
}
END_TEST

static const struct late {
    uint32_t type;
    int32_t err;
} lates[] = {
    { MSG_CONFIG_WRITE, PCI_ERR_OP_FAILED },
    { MSG_MSI_ON, PCI_ERR_OP_FAILED },
    { MSG_MSIX_ON, -ETIMEDOUT },
    { MSG_MSI_OFF, PCI_ERR_SUCCESS },
};

/* Said where one looks for it, once; and over when it is over. */
START_TEST(a_silent_device_is_reported_until_it_answers)
{
    const bool msix = lates[_i].type == MSG_MSIX_ON;
    const uint32_t before = msix ? MSG_MSIX_ON : MSG_MSI_ON;

    slow_guests();
    ck_assert_int_eq(slow_ask(BACK_DOMID, before, 1), 0);
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    ck_assert_int_eq(slow_ask(BACK_DOMID, lates[_i].type, 2), lates[_i].err);
    ck_assert_str_eq(device_error(link_nic),
                     "the device does not answer in time; what the guest asks "
                     "of it fails until it does. Reset it by hand, or detach "
                     "it");
    ck_assert_int_eq(slow_ask(BACK_DOMID, lates[_i].type, 3), lates[_i].err);
    ck_assert_str_eq(states(BACK_DOMID), "2 3 4");
    slow_wake();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_OFF, 4), 0);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 5),
                     PCI_ERR_SUCCESS);
    ck_assert_str_eq(device_error(link_nic), "");
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_MSI_ON, 6), 0);
}
END_TEST

/* Its hand does not even take a signal: nobody waits for it a second time. */
START_TEST(a_stuck_device_fails_at_once)
{
    slow_guests();
    link_world_hurry(HURRY);
    slow_sleep(link_nic);
    slow_in_the_kernel = true;
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_OP_FAILED);
    ck_assert(hand_is_stuck(link_nic));
    slow_start(MSG_CONFIG_WRITE, 2);
    ck_assert(slow_answered(2));
    slow_start(MSG_MSIX_ON, 3);
    ck_assert(slow_answered(3));
    ck_assert_ptr_null(slow_nic()->hand);
    ck_assert_uint_eq(slow_kept, 1);
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 4),
                     PCI_ERR_SUCCESS);
    slow_wake();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 5),
                     PCI_ERR_SUCCESS);
    ck_assert_str_eq(device_error(link_nic), "");
}
END_TEST

/* Killed by somebody: what it was at fails, and the next one does the rest. */
START_TEST(a_hand_that_dies_is_replaced)
{
    pid_t first;

    slow_guests();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_SUCCESS);
    first = slow_hand;
    slow_sleep(link_nic);
    slow_start(MSG_CONFIG_WRITE, 2);
    run_due();
    slow_kill(first, SIGKILL);
    ck_assert(run_until(slow_idle, NULL));
    ck_assert(slow_answered(2));
    ck_assert_int_eq(slow_ask(OTHER_DOMID, MSG_CONFIG_WRITE, 1),
                     PCI_ERR_SUCCESS);
    slow_wake();
    ck_assert_int_eq(slow_ask(BACK_DOMID, MSG_CONFIG_WRITE, 3),
                     PCI_ERR_SUCCESS);
    ck_assert_int_ne(slow_hand, first);
    ck_assert_uint_eq(world_get(link_nic, PCI_CACHE_LINE_SIZE, 1), 3);
}
END_TEST

/* A worker that was replaced has left a request behind; its successor's comes
 * after it. */
START_TEST(requests_keep_their_order)
{
    slow_guests();
    slow_sleep(link_nic);
    for (uint32_t i = 1; i <= DEVICE_OPS_MAX; i++)
        slow_start(MSG_CONFIG_WRITE, i);
    ck_assert_ptr_nonnull(slow_nic()->ops->next);
    /* More than that is a captured worker's. */
    slow_start(MSG_CONFIG_WRITE, 99);
    ck_assert(slow_answered(99));
    slow_wake();
    ck_assert(run_until(slow_idle, NULL));
    ck_assert_uint_eq(world_get(link_nic, PCI_CACHE_LINE_SIZE, 1),
                      DEVICE_OPS_MAX);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("slow");
    TCase *tc = tcase_create("device");

    tcase_add_checked_fixture(tc, slow_setup, slow_teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, others_are_served_meanwhile);
    tcase_add_test(tc, the_answer_comes_before_the_front_gives_up);
    tcase_add_test(tc, a_host_that_stood_still_blames_no_device);
    tcase_add_loop_test(tc, a_silent_device_is_reported_until_it_answers, 0,
                        (int)ARRAY_LEN(lates));
    tcase_add_test(tc, a_stuck_device_fails_at_once);
    tcase_add_test(tc, a_hand_that_dies_is_replaced);
    tcase_add_test(tc, requests_keep_their_order);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, slow_end_tests());
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
