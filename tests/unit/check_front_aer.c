/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: error recovery, the requests the backend starts. */
#include <string.h>

#include "front-case.h"

static const struct pci_aer_op detected = { .cmd = PCI_OP_AER_DETECTED,
                                            .err = PCIFRONT_CHANNEL_FROZEN };

static int ask(const struct pci_aer_op *aer)
{
    fake_backend_aer(fw.be, aer);
    assert_err(pcifront_step(fw.pf), 0);
    return fake_backend_aer_result(fw.be);
}

/* Wire numbers to steps; the order of the numbers is not that of events. */
static const struct {
    uint32_t cmd;
    const char *told;
} steps[] = {
    { PCI_OP_AER_DETECTED, "!00.0:0,2" },
    { PCI_OP_AER_MMIO, "!00.0:1,2" },
    { PCI_OP_AER_SLOTRESET, "!00.0:2,2" },
    { PCI_OP_AER_RESUME, "!00.0:3,2" },
};

START_TEST(each_step)
{
    const struct pci_aer_op aer = { .cmd = steps[_i].cmd, .err = 2 };

    front_case_connect("nvme");
    fw.aer_answer = PCIFRONT_AER_CAN_RECOVER;
    ck_assert_int_eq(ask(&aer), PCIFRONT_AER_CAN_RECOVER);
    assert_told(steps[_i].told);
}
END_TEST

START_TEST(each_answer)
{
    front_case_connect("nvme");
    for (int i = PCIFRONT_AER_NONE; i <= PCIFRONT_AER_NO_DRIVER; i++) {
        const unsigned int notified = fw.k->notified;

        fw.aer_answer = (enum pcifront_aer_result)i;
        ck_assert_int_eq(ask(&detected), i);
        ck_assert_uint_eq(fw.k->notified, notified + 1);
    }
}
END_TEST

START_TEST(answers_that_are_none)
{
    static const int answers[] = { 0, -1, 7, 1000, INT32_MIN };
    int got;

    front_case_connect("nvme");
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        fw.aer_answer = (enum pcifront_aer_result)answers[i];
        got = ask(&detected);
        ck_assert_int_ge(got, PCIFRONT_AER_NONE);
        ck_assert_int_le(got, PCIFRONT_AER_NO_DRIVER);
        ck_assert_int_ne(got, PCIFRONT_AER_RECOVERED);
    }
}
END_TEST

START_TEST(each_channel)
{
    struct pci_aer_op aer = detected;

    front_case_connect("nvme");
    for (aer.err = 1; aer.err <= 3; aer.err++) {
        ck_assert_int_eq(ask(&aer), PCIFRONT_AER_RECOVERED);
        ck_assert_int_eq(front_world_told(&fw)[8], '0' + aer.err);
    }
}
END_TEST

/* Requests nobody can answer are answered all the same: it waits for that. */
static const struct pci_aer_op strange[] = {
    { .cmd = 0, .err = 2 },
    { .cmd = PCI_OP_ENABLE_MSI, .err = 2 },
    { .cmd = PCI_OP_ENABLE_MULTI_MSI, .err = 2 },
    { .cmd = UINT32_MAX, .err = 2 },
    { .cmd = PCI_OP_AER_DETECTED, .err = 2, .devfn = 8 }, /* not there */
    { .cmd = PCI_OP_AER_DETECTED, .err = 2, .devfn = 256 },
    { .cmd = PCI_OP_AER_DETECTED, .err = 2, .bus = 256 },
    { .cmd = PCI_OP_AER_DETECTED, .err = 2, .domain = 65536 },
    { .cmd = PCI_OP_AER_RESUME, .err = 2, .bus = UINT32_MAX },
};

START_TEST(requests_for_nobody)
{
    int got;

    front_case_connect("nvme");
    got = ask(&strange[_i]);
    assert_told("");
    ck_assert_msg(got == PCIFRONT_AER_NONE || got == PCIFRONT_AER_NO_DRIVER,
                  "case %d: %d", _i, got);
}
END_TEST

START_TEST(channels_that_are_none)
{
    static const int32_t channels[] = { 0, 4, -1, INT32_MAX, INT32_MIN };
    const char *told;

    front_case_connect("nvme");
    for (size_t i = 0; i < ARRAY_LEN(channels); i++) {
        struct pci_aer_op aer = detected;

        aer.err = channels[i];
        ck_assert_int_ge(ask(&aer), PCIFRONT_AER_NONE);
        told = front_world_told(&fw);
        ck_assert_msg(told[0] == '\0' || strchr("123", told[8]), "%s", told);
    }
}
END_TEST

START_TEST(without_a_callback)
{
    int got;

    fw.client.error = NULL;
    front_case_connect("nvme");
    got = ask(&detected); /* though it was told not to */
    ck_assert(got == PCIFRONT_AER_NONE || got == PCIFRONT_AER_NO_DRIVER);
}
END_TEST

static uint32_t value_inside;

static void read_inside(struct front_world *w, struct pcifront_addr addr)
{
    assert_err(pcifront_config_read(w->pf, addr, 0, 4, &value_inside), 0);
}

START_TEST(the_driver_may_use_its_device)
{
    front_case_connect("nvme");
    fw.inside = read_inside;
    ck_assert_int_eq(ask(&detected), PCIFRONT_AER_RECOVERED);
    ck_assert_uint_eq(value_inside, 0x00101b36);
}
END_TEST

/* It comes in the middle of an operation, with the same event. */
static void post_it(struct fake_backend *be, struct pci_op *op UNUSED)
{
    be->twist = NULL;
    ring_aer_post(be->page, &detected);
}

START_TEST(during_an_operation)
{
    front_case_connect("nvme");
    fw.be->twist = post_it;
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
    assert_err(pcifront_step(fw.pf), 0);
    assert_told("!00.0:0,2");
    ck_assert_int_eq(fake_backend_aer_result(fw.be), PCIFRONT_AER_RECOVERED);
}
END_TEST

/* The fields change under the callback: they were copied. */
static void change_it(struct front_world *w, struct pcifront_addr addr UNUSED)
{
    const struct pci_aer_op other = { .cmd = UINT32_MAX, .err = 99, .bus = 9 };

    ring_aer_post(w->be->page, &other);
}

START_TEST(a_request_that_changes_its_mind)
{
    front_case_connect("nvme");
    fw.inside = change_it;
    ck_assert_int_eq(ask(&detected), PCIFRONT_AER_RECOVERED);
    assert_told("!00.0:0,2");
}
END_TEST

static unsigned int answered;

/* The next request comes with the answer to the last. */
static void post_again(void *arg)
{
    struct fake_backend *be = arg;

    if (be->page && fake_backend_aer_result(be) != -1) {
        answered++;
        fake_backend_aer(be, &detected);
    }
}

/* Requests without end: a step has one all the same, and nothing is lost. */
START_TEST(a_flood)
{
    uint64_t begun;

    front_case_connect("nvme");
    fw.k->peer.notify = post_again;
    fw.k->budget = fw.k->calls + 4000;
    answered = 0;
    fake_backend_aer(fw.be, &detected);
    assert_err(pcifront_step(fw.pf), 0);
    ck_assert_uint_ge(answered, 1);
    ck_assert_uint_le(answered, 64);
    begun = fw.k->now_ns;
    fw.k->event = false;
    assert_err(pcifront_wait(fw.pf, 1000), 0);
    ck_assert_uint_lt(fw.k->now_ns - begun, 1000000);
    fw.k->peer.notify = NULL;
    assert_err(pcifront_step(fw.pf), 0);
    ck_assert_int_eq(fake_backend_aer_result(fw.be), PCIFRONT_AER_RECOVERED);
}
END_TEST

TCase *front_aer_tests(void)
{
    TCase *tc = tcase_create("aer");

    tcase_add_loop_test(tc, each_step, 0, (int)ARRAY_LEN(steps));
    tcase_add_test(tc, each_answer);
    tcase_add_test(tc, answers_that_are_none);
    tcase_add_test(tc, each_channel);
    tcase_add_loop_test(tc, requests_for_nobody, 0, (int)ARRAY_LEN(strange));
    tcase_add_test(tc, channels_that_are_none);
    tcase_add_test(tc, without_a_callback);
    tcase_add_test(tc, the_driver_may_use_its_device);
    tcase_add_test(tc, during_an_operation);
    tcase_add_test(tc, a_request_that_changes_its_mind);
    tcase_add_test(tc, a_flood);
    return tc;
}
