/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: close, and come back. */
#include <string.h>

#include "front-case.h"

static void read_inside(struct front_world *w, struct pcifront_addr addr)
{
    uint32_t value;

    assert_err(pcifront_config_read(w->pf, addr, 0, 2, &value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}

START_TEST(an_orderly_end)
{
    front_case_connect("nvme nvme");
    fw.inside = read_inside; /* PCIFRONT_UNPLUG: configuration answers */
    assert_err(pcifront_close(fw.pf, 1000), 0);
    assert_told("-00.0u -01.0u");
    front_case_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "6");
    ck_assert_ptr_nonnull(strstr(fw.be->states, "3 4 5"));
    assert_err(pcifront_close(fw.pf, 1000), 0);
    assert_told("");
}
END_TEST

START_TEST(closing_before_anything)
{
    assert_err(front_world_create(&fw), 0);
    (void)pcifront_close(fw.pf, 1000);
    front_case_closed();
}
END_TEST

START_TEST(closing_while_it_waits_for_the_backend)
{
    fw.be->answer = FAKE_ANSWER_NEVER;
    fw.be->deaf_to_store = true;
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_TIMEOUT);
    fw.be->deaf_to_store = false;
    fw.be->state = XB_CONNECTED; /* so that it answers the end, unmapped */
    assert_err(pcifront_close(fw.pf, 1000), 0);
    front_case_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

START_TEST(xsa_396_a_backend_that_does_not_let_go)
{
    uint64_t begun;

    front_case_connect("nvme");
    begun = fw.k->now_ns;
    fw.be->deaf_to_store = true;
    assert_err(pcifront_close(fw.pf, 500), PCIFRONT_ERR_TIMEOUT);
    ck_assert_uint_ge((fw.k->now_ns - begun) / 1000000, 500);
    ck_assert_uint_le((fw.k->now_ns - begun) / 1000000, 520);
    assert_told("-00.0u");
    front_case_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 1);
    ck_assert_uint_ge(fw.k->warnings, 1);
}
END_TEST

/* ... nor answers: neither the client nor the library waits for ever. */
START_TEST(closing_a_backend_that_is_dead)
{
    front_case_connect("nvme");
    fw.be->gone = true;
    assert_err(pcifront_close(fw.pf, 500), PCIFRONT_ERR_TIMEOUT);
    assert_told("-00.0u");
    front_case_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 1);
}
END_TEST

START_TEST(destroyed_while_connected)
{
    front_case_connect("nvme edu");
    pcifront_destroy(fw.pf);
    fw.pf = NULL;
    ck_assert_str_eq(fake_kernel_held(fw.k), "");
    assert_told("-00.0u -01.0u");
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "6");
}
END_TEST

START_TEST(comes_back)
{
    front_case_connect("nvme");
    for (unsigned int i = 0; i < 3; i++) {
        assert_err(pcifront_close(fw.pf, 1000), 0);
        assert_told("-00.0u");
        assert_err(pcifront_restart(fw.pf), 0);
        ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTING);
        assert_err(pcifront_connect(fw.pf, 1000), 0);
        assert_told("+00.0");
        ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
    }
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

START_TEST(coming_back_without_having_gone)
{
    front_case_connect("nvme");
    ck_assert_int_lt(pcifront_restart(fw.pf), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

static int busy_results[4];
static enum pcifront_state state_inside;

static void call_what_is_forbidden(struct front_world *w,
                                   struct pcifront_addr addr UNUSED)
{
    busy_results[0] = pcifront_connect(w->pf, 1000);
    busy_results[1] = pcifront_step(w->pf);
    busy_results[2] = pcifront_restart(w->pf);
    busy_results[3] = pcifront_close(w->pf, 1000);
    pcifront_destroy(w->pf); /* has no way to say so, but is not done */
    state_inside = pcifront_state(w->pf);
}

START_TEST(callbacks_may_not_step)
{
    fw.inside = call_what_is_forbidden;
    front_case_connect("nvme");
    for (size_t i = 0; i < ARRAY_LEN(busy_results); i++) {
        assert_err(busy_results[i], PCIFRONT_ERR_BUSY);
        busy_results[i] = 0;
    }
    ck_assert_uint_eq(front_case_count(), 1);
    assert_err(pcifront_close(fw.pf, 1000), 0);
    ck_assert_int_eq(state_inside, PCIFRONT_CLOSING);
    for (size_t i = 0; i < ARRAY_LEN(busy_results); i++)
        assert_err(busy_results[i], PCIFRONT_ERR_BUSY);
}
END_TEST

TCase *front_end_tests(void)
{
    TCase *tc = tcase_create("end");

    tcase_add_test(tc, an_orderly_end);
    tcase_add_test(tc, closing_before_anything);
    tcase_add_test(tc, closing_while_it_waits_for_the_backend);
    tcase_add_test(tc, xsa_396_a_backend_that_does_not_let_go);
    tcase_add_test(tc, closing_a_backend_that_is_dead);
    tcase_add_test(tc, destroyed_while_connected);
    tcase_add_test(tc, comes_back);
    tcase_add_test(tc, coming_back_without_having_gone);
    tcase_add_test(tc, callbacks_may_not_step);
    return tc;
}
