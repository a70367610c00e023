/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: the one slot for requests, when answers do not come as they should. */
#include "front-case.h"

static int read_vendor(uint32_t *value)
{
    *value = 0;
    return pcifront_config_read(fw.pf, AT(0, 0), 0, 2, value);
}

static const uint32_t timeouts[] = { 0, 100, 10000 };

START_TEST(no_answer)
{
    const uint32_t ms = timeouts[_i] ? timeouts[_i] : 2000;
    uint64_t begun;
    uint32_t value;

    fw.options.timeout_ms = timeouts[_i];
    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    begun = fw.k->now_ns;
    assert_err(read_vendor(&value), PCIFRONT_ERR_TIMEOUT);
    ck_assert_uint_eq(value, UINT32_MAX);
    ck_assert_uint_eq((fw.k->now_ns - begun) / 1000000, ms);
}
END_TEST

/* XEN PV PCI has one slot: a late answer must not meet the next question. */
START_TEST(a_late_answer)
{
    unsigned int waits, notified;
    uint32_t value;
    uint64_t begun;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    assert_err(read_vendor(&value), PCIFRONT_ERR_TIMEOUT);
    notified = fw.k->notified;
    waits = fw.k->waits;
    begun = fw.k->now_ns;
    for (unsigned int i = 0; i < 3; i++) {
        assert_err(read_vendor(&value), PCIFRONT_ERR_STALLED);
        ck_assert_uint_eq(value, UINT32_MAX);
        assert_err(pcifront_config_write(fw.pf, AT(0, 0), 4, 2, 6),
                   PCIFRONT_ERR_STALLED);
    }
    ck_assert_uint_eq(fw.k->notified, notified);
    ck_assert_uint_eq(fw.k->waits, waits);
    ck_assert_uint_eq(fw.k->now_ns, begun);
    fake_backend_answer(fw.be);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    value = 0;
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 2, 2, &value), 0);
    ck_assert_uint_eq(value, 0x0010); /* and not the vendor */
    ck_assert_uint_eq(fw.k->notified, notified + 1);
}
END_TEST

START_TEST(a_slow_backend_is_waited_for)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_LATE;
    fw.be->delay_ns = 1990000000;
    assert_err(read_vendor(&value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

/* An event that was lost costs time, not the answer. */
START_TEST(an_answer_without_an_event)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_SILENT;
    assert_err(read_vendor(&value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

START_TEST(the_flag_cleared_without_an_answer)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_FLAG;
    assert_err(read_vendor(&value), PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_eq(value, UINT32_MAX);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 4, 2, 6),
               PCIFRONT_ERR_PROTOCOL);
    ck_assert_int_lt(pcifront_msi_enable(fw.pf, AT(0, 0), 1, 1, &value), 0);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    assert_err(read_vendor(&value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

START_TEST(a_page_full_of_garbage)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_SCRIBBLE;
    ck_assert_int_lt(read_vendor(&value), 0);
    ck_assert_uint_eq(value, UINT32_MAX);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    assert_err(read_vendor(&value), 0);
}
END_TEST

static void change_the_question(struct fake_backend *be, struct pci_op *op)
{
    be->twist = NULL;
    op->value = 0x1b36;
    op->err = 0;
}

/* Only err and value of a configuration read count. */
START_TEST(a_question_that_changes)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->twist = change_the_question;
    assert_err(read_vendor(&value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

/* Events without end neither prolong nor shorten the wait. */
START_TEST(a_flood_of_events)
{
    uint64_t begun;
    uint32_t value;
    unsigned int waits;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    fw.k->flood = true;
    begun = fw.k->now_ns;
    waits = fw.k->waits;
    assert_err(read_vendor(&value), PCIFRONT_ERR_TIMEOUT);
    ck_assert_uint_ge((fw.k->now_ns - begun) / 1000000, 2000);
    ck_assert_uint_le((fw.k->now_ns - begun) / 1000000, 2002);
    ck_assert_uint_le(fw.k->waits - waits, 2002);
    fw.k->flood = false;
}
END_TEST

/* A kernel whose clock stands still, or goes back: an end all the same. */
START_TEST(a_clock_that_stands_still)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    fw.k->flood = true;
    fw.k->clock_stuck = true;
    fw.k->budget = 5000000;
    ck_assert_int_lt(read_vendor(&value), 0);
    ck_assert_int_le(pcifront_close(fw.pf, 1000), 0);
    fw.k->clock_stuck = false;
    fw.k->flood = false;
}
END_TEST

START_TEST(a_kernel_that_cannot_wait)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    fw.k->fail_at = fw.k->fallible + 1;
    assert_err(read_vendor(&value), PCIFRONT_ERR_OS);
    ck_assert_str_eq(fw.k->failed, "wait");
    /* It was sent, so it is as good as late. */
    assert_err(read_vendor(&value), PCIFRONT_ERR_STALLED);
    fake_backend_answer(fw.be);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    assert_err(read_vendor(&value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

/* A scan of 256 places must not take 256 timeouts. */
START_TEST(silence_during_enumeration)
{
    const uint64_t begun = fw.k->now_ns;
    int err;

    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    fw.be->answer = FAKE_ANSWER_NEVER;
    err = front_world_connect(&fw);
    ck_assert_int_le(err, 0);
    ck_assert_uint_le((fw.k->now_ns - begun) / 1000000, 35000);
    ck_assert_uint_eq(front_case_count(), 0);
    fw.be->deaf_to_store = true;
}
END_TEST

static void change_state(struct fake_backend *be, struct pci_op *op UNUSED)
{
    be->twist = NULL;
    (void)fake_backend_plug(be, "edu", DEVFN(1, 0));
}

/* An operation's sleep takes the events of everybody: none may be lost. */
START_TEST(news_during_an_operation)
{
    uint64_t begun;
    uint32_t value;

    front_case_connect("nvme");
    fw.be->twist = change_state;
    assert_err(read_vendor(&value), 0);
    begun = fw.k->now_ns;
    assert_err(pcifront_wait(fw.pf, 10000), 0);
    ck_assert_uint_lt(fw.k->now_ns - begun, 1000000);
    assert_err(front_world_settle(&fw), 0);
    assert_told("+01.0");
}
END_TEST

START_TEST(stalled_at_the_end)
{
    uint32_t value;

    front_case_connect("nvme");
    fw.be->answer = FAKE_ANSWER_NEVER;
    assert_err(read_vendor(&value), PCIFRONT_ERR_TIMEOUT);
    assert_err(pcifront_close(fw.pf, 1000), 0);
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    assert_err(pcifront_restart(fw.pf), 0);
    assert_err(pcifront_connect(fw.pf, 1000), 0);
    assert_err(read_vendor(&value), 0); /* a new page, a new slot */
    ck_assert_uint_eq(value, 0x1b36);
}
END_TEST

/* The backend is at 7 while an old operation hangs: plugging goes on. */
START_TEST(stalled_while_a_device_goes)
{
    uint32_t value;

    front_case_connect("nvme edu");
    fw.be->answer = FAKE_ANSWER_NEVER;
    assert_err(read_vendor(&value), PCIFRONT_ERR_TIMEOUT);
    fake_backend_unplug(fw.be, 0);
    (void)front_world_settle(&fw);
    fake_backend_answer(fw.be);
    fw.be->answer = FAKE_ANSWER_NORMAL;
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_int_eq(fw.be->state, XB_CONNECTED);
}
END_TEST

TCase *front_slot_tests(void)
{
    TCase *tc = tcase_create("slot");

    tcase_add_loop_test(tc, no_answer, 0, (int)ARRAY_LEN(timeouts));
    tcase_add_test(tc, a_late_answer);
    tcase_add_test(tc, a_slow_backend_is_waited_for);
    tcase_add_test(tc, an_answer_without_an_event);
    tcase_add_test(tc, the_flag_cleared_without_an_answer);
    tcase_add_test(tc, a_page_full_of_garbage);
    tcase_add_test(tc, a_question_that_changes);
    tcase_add_test(tc, a_flood_of_events);
    tcase_add_test(tc, a_clock_that_stands_still);
    tcase_add_test(tc, a_kernel_that_cannot_wait);
    tcase_add_test(tc, silence_during_enumeration);
    tcase_add_test(tc, news_during_an_operation);
    tcase_add_test(tc, stalled_at_the_end);
    tcase_add_test(tc, stalled_while_a_device_goes);
    return tc;
}
