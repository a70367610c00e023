/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: an instance, from nothing to connected. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fake-store.h"
#include "front-case.h"

static const size_t needed[] = {
    offsetof(struct pcifront_os, alloc),
    offsetof(struct pcifront_os, free),
    offsetof(struct pcifront_os, share_page),
    offsetof(struct pcifront_os, unshare_page),
    offsetof(struct pcifront_os, open_port),
    offsetof(struct pcifront_os, close_port),
    offsetof(struct pcifront_os, notify),
    offsetof(struct pcifront_os, wait),
    offsetof(struct pcifront_os, now_ns),
    offsetof(struct pcifront_os, xs_read),
    offsetof(struct pcifront_os, xs_write),
    offsetof(struct pcifront_os, xs_watch),
    offsetof(struct pcifront_os, xs_unwatch),
    offsetof(struct pcifront_os, log),
};

START_TEST(a_kernel_without_a_needed_hook)
{
    memset((char *)&fw.k->os + needed[_i], 0, sizeof(void (*)(void)));
    assert_err(front_world_create(&fw), PCIFRONT_ERR_INVALID);
    ck_assert_ptr_null(fw.pf);
}
END_TEST

START_TEST(a_kernel_of_another_time)
{
    fw.k->os.abi++;
    assert_err(front_world_create(&fw), PCIFRONT_ERR_INVALID);
    fw.k->os.abi = PCIFRONT_OS_ABI;
    fw.k->os.size = offsetof(struct pcifront_os, log);
    assert_err(front_world_create(&fw), PCIFRONT_ERR_INVALID);
}
END_TEST

START_TEST(creation_writes_nothing)
{
    char *before = fake_store_dump("/local"), *after;

    assert_err(front_world_create(&fw), 0);
    after = fake_store_dump("/local");
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(fw.k->notified, 0);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTING);
    free(before);
    free(after);
    pcifront_destroy(fw.pf);
    fw.pf = NULL;
    ck_assert_str_eq(fake_kernel_held(fw.k), "");
    pcifront_destroy(NULL);
}
END_TEST

START_TEST(no_memory_for_an_instance)
{
    fw.k->fail_at = 1;
    assert_err(front_world_create(&fw), PCIFRONT_ERR_NOMEM);
    ck_assert_str_eq(fw.k->failed, "alloc");
}
END_TEST

/* However promptly the backend answers, and with or without its event. */
static const enum fake_answer manners[] = {
    FAKE_ANSWER_PROMPT,
    FAKE_ANSWER_NORMAL,
    FAKE_ANSWER_LATE,
};

START_TEST(connects)
{
    fw.be->answer = manners[_i];
    fw.be->delay_ns = 1000000;
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    assert_err(front_world_connect(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("+00.0");
    ck_assert_int_eq(fw.be->state, XB_CONNECTED);
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "4");
    ck_assert_str_eq(fake_backend_front(fw.be, "magic"), "7");
    ck_assert_str_eq(fw.k->last_warning, "");
    /* One event for each request, and each request one event. */
    ck_assert_uint_eq(fw.k->notified, fw.be->requests);
    /* Again is no harm. */
    assert_err(pcifront_connect(fw.pf, 1000), 0);
    assert_told("");
}
END_TEST

START_TEST(works_without_a_lock_and_without_a_client)
{
    fw.k->os.lock = NULL;
    fw.k->os.unlock = NULL;
    fw.options.client = NULL;
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), 1);
    ck_assert(!ring_front_handles_aer(fw.be->page));
    assert_err(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

START_TEST(works_without_options)
{
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    assert_err(pcifront_create(&fw.k->os, fw.k, NULL, &fw.pf), 0);
    assert_err(pcifront_connect(fw.pf, 1000), 0);
    ck_assert_uint_eq(front_case_count(), 1);
}
END_TEST

START_TEST(recovery_is_offered_only_with_a_callback)
{
    if (_i == 0)
        fw.client.error = NULL;
    front_case_connect("nvme");
    ck_assert(ring_front_handles_aer(fw.be->page) == (_i == 1));
}
END_TEST

START_TEST(a_backend_that_is_not_there_yet)
{
    const uint64_t begun = fw.k->now_ns;

    fw.be->gone = true;
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_TIMEOUT);
    ck_assert_uint_eq((fw.k->now_ns - begun) / 1000000, 30000);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTING);
    ck_assert_uint_eq(front_case_count(), 0);
    fw.be->gone = false;
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("+00.0");
}
END_TEST

START_TEST(a_backend_that_closed_before)
{
    fw.be->gone = true;
    fake_backend_set_state(fw.be, XB_CLOSING);
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
}
END_TEST

START_TEST(two_at_a_time)
{
    struct front_world other;
    uint32_t value;

    front_world_begin(&other, FRONT_OTHER);
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    (void)fake_backend_add(other.be, "edu", DEVFN(3, 0));
    assert_err(front_world_create(&fw), 0);
    assert_err(front_world_connect(&other), 0);
    assert_err(front_world_connect(&fw), 0);
    assert_told("+00.0");
    ck_assert_str_eq(front_world_told(&other), "+03.0");
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 4), 0x00101b36);
    assert_err(pcifront_config_read(other.pf, AT(3, 0), 0, 4, &value), 0);
    ck_assert_uint_eq(value, 0x11e81234);
    assert_err(pcifront_close(fw.pf, 1000), 0);
    assert_err(pcifront_config_read(other.pf, AT(3, 0), 0, 4, &value), 0);
    front_world_end(&other);
}
END_TEST

START_TEST(waiting_ends_for_a_reason_or_in_time)
{
    uint64_t begun;

    front_case_connect("nvme");
    (void)front_world_settle(&fw);
    begun = fw.k->now_ns;
    assert_err(pcifront_wait(fw.pf, 50), 0);
    ck_assert_uint_eq(fw.k->now_ns - begun, 50000000);
    fw.k->event = true;
    assert_err(pcifront_wait(fw.pf, 250), 0);
    fake_backend_set(fw.be, "state", "4");
    assert_err(pcifront_wait(fw.pf, 250), 0);
    ck_assert_uint_lt(fw.k->now_ns - begun, 51000000);
}
END_TEST

/*
 * The wait hook says nothing of why it ended, and the clock may say so too late:
 * each of its returns counts as a reason, or an event at a nap's end is lost.
 */
START_TEST(a_wait_with_a_lock_is_one_nap)
{
    uint64_t begun;
    unsigned int before;

    front_case_connect("nvme");
    (void)front_world_settle(&fw);
    before = fw.k->unlocks;
    begun = fw.k->now_ns;
    assert_err(pcifront_wait(fw.pf, 10000), 0);
    ck_assert_uint_eq(fw.k->now_ns - begun, 100000000);
    ck_assert_uint_ge(fw.k->unlocks - before, 1);
}
END_TEST

START_TEST(words)
{
    for (int err = PCIFRONT_ERR_OS; err <= 0; err++) {
        ck_assert_str_ne(pcifront_strerror(err), "?");
        for (int other = err + 1; other <= 0; other++)
            ck_assert_str_ne(pcifront_strerror(err), pcifront_strerror(other));
    }
    ck_assert_str_eq(pcifront_strerror(PCIFRONT_ERR_OS - 1), "?");
    ck_assert_str_eq(pcifront_strerror(1), "?");
    ck_assert_str_eq(pcifront_strerror(INT32_MIN), "?");
    for (enum pcifront_state s = 0; s <= PCIFRONT_CLOSED; s++)
        ck_assert_str_ne(pcifront_state_name(s), "?");
    ck_assert_str_eq(pcifront_state_name((enum pcifront_state)99), "?");
    ck_assert_str_eq(pcifront_state_name((enum pcifront_state) - 1), "?");
}
END_TEST

TCase *front_life_tests(void)
{
    TCase *tc = tcase_create("life");

    tcase_add_loop_test(tc, a_kernel_without_a_needed_hook, 0,
                        (int)ARRAY_LEN(needed));
    tcase_add_test(tc, a_kernel_of_another_time);
    tcase_add_test(tc, creation_writes_nothing);
    tcase_add_test(tc, no_memory_for_an_instance);
    tcase_add_loop_test(tc, connects, 0, (int)ARRAY_LEN(manners));
    tcase_add_test(tc, works_without_a_lock_and_without_a_client);
    tcase_add_test(tc, works_without_options);
    tcase_add_loop_test(tc, recovery_is_offered_only_with_a_callback, 0, 2);
    tcase_add_test(tc, a_backend_that_is_not_there_yet);
    tcase_add_test(tc, a_backend_that_closed_before);
    tcase_add_test(tc, two_at_a_time);
    tcase_add_test(tc, waiting_ends_for_a_reason_or_in_time);
    tcase_add_test(tc, a_wait_with_a_lock_is_one_nap);
    tcase_add_test(tc, words);
    return tc;
}
