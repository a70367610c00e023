/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: close, come back, and a backend that goes. */
#include <string.h>

#include "fake-store.h"
#include "front-case.h"

#define ALL_ONES 0xffffffffu

static void assert_closed(void)
{
    uint32_t value = 0;

    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    ck_assert_uint_eq(front_case_count(), 0);
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value),
               PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(value, ALL_ONES);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 4, 2, 0),
               PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
    ck_assert_uint_eq(fake_kernel_ports(fw.k), 0);
    assert_err(pcifront_step(fw.pf), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
}

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
    assert_closed();
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
    assert_closed();
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
    assert_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

START_TEST(a_backend_that_does_not_let_go)
{
    uint64_t begun;

    front_case_connect("nvme");
    begun = fw.k->now_ns;
    fw.be->deaf_to_store = true;
    assert_err(pcifront_close(fw.pf, 500), PCIFRONT_ERR_TIMEOUT);
    ck_assert_uint_ge((fw.k->now_ns - begun) / 1000000, 500);
    ck_assert_uint_le((fw.k->now_ns - begun) / 1000000, 520);
    assert_told("-00.0u");
    assert_closed();
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
    assert_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 1);
}
END_TEST

START_TEST(destroyed_while_connected)
{
    front_case_connect("nvme edu");
    pcifront_destroy(fw.pf);
    fw.pf = NULL;
    ck_assert_str_eq(fake_kernel_held(fw.k), "");
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

START_TEST(the_backend_closes)
{
    front_case_connect("nvme edu");
    fake_backend_close(fw.be);
    (void)front_world_settle(&fw);
    ck_assert_ptr_nonnull(strstr(fw.told, "-00.0"));
    ck_assert_ptr_nonnull(strstr(fw.told, "-01.0"));
    assert_closed();
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "6");
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    assert_err(pcifront_connect(fw.pf, 1000), PCIFRONT_ERR_OFFLINE);
}
END_TEST

/* The stock backend writes 6 when its module goes. */
START_TEST(the_backend_is_closed_at_once)
{
    front_case_connect("nvme");
    fake_backend_close(fw.be);
    fake_backend_set_state(fw.be, XB_CLOSED);
    (void)front_world_settle(&fw);
    assert_closed();
}
END_TEST

/* A toolstack that deletes the directory, page and all. */
START_TEST(the_backend_vanishes)
{
    front_case_connect("nvme");
    fw.be->gone = true;
    fake_store_unset("/local/domain/0/backend/pci/5");
    (void)front_world_settle(&fw);
    assert_told("-00.0g");
    assert_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 1);
}
END_TEST

START_TEST(the_backend_starts_anew)
{
    front_case_connect("nvme edu");
    fake_backend_restart(fw.be);
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("-00.0g -01.0g +00.0 +01.0");
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 1);
    assert_err(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

/* A backend that comes back to life while the front is closed. */
START_TEST(the_backend_comes_back_after_it_closed)
{
    front_case_connect("nvme");
    fake_backend_close(fw.be);
    fw.be->deaf_to_store = true;
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    (void)front_world_told(&fw);
    fake_backend_set_state(fw.be, _i == 0 ? XB_INITWAIT : XB_INITIALISED);
    (void)front_world_settle(&fw);
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "3");
    fw.be->deaf_to_store = false;
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("+00.0");
}
END_TEST

START_TEST(states_that_are_none_are_ignored)
{
    static const char *const texts[] = { "banana", "", "9", "-1", "44", "4 " };

    front_case_connect("nvme");
    fw.be->deaf_to_store = true;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        fake_backend_set(fw.be, "state", texts[i]);
        assert_err(front_world_settle(&fw), 0);
        ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    }
    fake_backend_set(fw.be, "state", "4");
    assert_told("");
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

static int busy_results[4];

static void call_what_is_forbidden(struct front_world *w,
                                   struct pcifront_addr addr UNUSED)
{
    busy_results[0] = pcifront_connect(w->pf, 1000);
    busy_results[1] = pcifront_step(w->pf);
    busy_results[2] = pcifront_restart(w->pf);
    busy_results[3] = pcifront_close(w->pf, 1000);
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
    tcase_add_test(tc, a_backend_that_does_not_let_go);
    tcase_add_test(tc, closing_a_backend_that_is_dead);
    tcase_add_test(tc, destroyed_while_connected);
    tcase_add_test(tc, comes_back);
    tcase_add_test(tc, coming_back_without_having_gone);
    tcase_add_test(tc, the_backend_closes);
    tcase_add_test(tc, the_backend_is_closed_at_once);
    tcase_add_test(tc, the_backend_vanishes);
    tcase_add_test(tc, the_backend_starts_anew);
    tcase_add_loop_test(tc, the_backend_comes_back_after_it_closed, 0, 2);
    tcase_add_test(tc, states_that_are_none_are_ignored);
    tcase_add_test(tc, callbacks_may_not_step);
    return tc;
}
