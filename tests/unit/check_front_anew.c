/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: directories that are made anew, and pages that a backend still has. */
#include "fake-store.h"
#include "front-case.h"

#define FRONT "/local/domain/5/device/pci/0"
#define BACK  "/local/domain/0/backend/pci/5/0"

/* As a toolstack does that removed the last device and now adds one. */
static void make_anew(enum xb_state back)
{
    fake_backend_disconnect(fw.be);
    fake_store_set(FRONT "/backend", BACK);
    fake_store_set(FRONT "/backend-id", "0");
    fake_store_set(FRONT "/state", "1");
    fake_backend_set_state(fw.be, back);
}

/* Whatever the backend's state is when we look: it may be there already. */
static const enum xb_state states[] = {
    XB_INITIALISING,
    XB_INITWAIT,
    XB_INITIALISED,
};

START_TEST(under_a_connected_front)
{
    front_case_connect("nvme");
    make_anew(states[_i]);
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("-00.0g +00.0");
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

START_TEST(after_the_last_device_went)
{
    front_case_connect("nvme");
    fw.be->gone = true;
    fake_backend_disconnect(fw.be);
    fake_store_unset(FRONT);
    fake_store_unset(BACK "/state");
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    assert_told("-00.0g");
    /* Our 6 must not bring the directory back. */
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "");
    fw.be->gone = false;
    make_anew(states[_i]);
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("+00.0");
}
END_TEST

START_TEST(not_after_our_own_close)
{
    front_case_connect("nvme");
    assert_err(pcifront_close(fw.pf, 1000), 0);
    make_anew(XB_INITIALISING);
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    assert_err(pcifront_restart(fw.pf), 0);
    assert_err(pcifront_connect(fw.pf, 1000), 0);
}
END_TEST

static void read_inside(struct front_world *w, struct pcifront_addr addr)
{
    uint32_t value;

    assert_err(pcifront_config_read(w->pf, addr, 0, 2, &value), 0);
}

/* The kernel's backend, told to close by a toolstack, waits for the front. */
START_TEST(a_backend_at_5_that_still_serves)
{
    front_case_connect("nvme");
    fw.inside = read_inside;
    fw.be->deaf_to_store = true;
    fake_backend_set_state(fw.be, XB_CLOSING);
    (void)front_world_settle(&fw);
    assert_told("-00.0u");
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    /* It has the page mapped: nothing may be lost by ending it now. */
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 1);
    fw.be->deaf_to_store = false;
    (void)front_world_settle(&fw);
    ck_assert_int_eq(fw.be->state, XB_CLOSED);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

START_TEST(a_backend_at_5_that_does_not)
{
    const uint64_t begun = fw.k->now_ns;

    front_case_connect("nvme");
    fake_backend_close(fw.be);
    (void)front_world_settle(&fw);
    assert_told("-00.0g");
    /* The toolstack waits for us. */
    ck_assert_uint_le((fw.k->now_ns - begun) / 1000000, 500);
}
END_TEST

/* NetBSD's clears the flag for a device it does not have, and that is all. */
static void silent_if_absent(struct fake_backend *be, struct pci_op *op)
{
    be->answer = op->err == PCI_ERR_DEV_NOT_FOUND ? FAKE_ANSWER_FLAG
                                                  : FAKE_ANSWER_NORMAL;
}

START_TEST(a_backend_that_is_silent_about_the_absent)
{
    uint32_t value = 0;

    fw.be->plain = true;
    fw.be->twist = silent_if_absent;
    front_case_connect("nvme edu");
    ck_assert_uint_eq(front_case_count(), 2);
    ck_assert_uint_eq(fw.k->warnings, 0);
    assert_err(pcifront_config_read(fw.pf, AT(9, 0), 0, 4, &value),
               PCIFRONT_ERR_PROTOCOL);
    ck_assert_uint_eq(value, UINT32_MAX);
}
END_TEST

START_TEST(a_backend_that_is_silent_about_all)
{
    fw.be->answer = FAKE_ANSWER_FLAG;
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_PROTOCOL);
}
END_TEST

TCase *front_anew_tests(void)
{
    TCase *tc = tcase_create("anew");

    tcase_add_loop_test(tc, under_a_connected_front, 0, (int)ARRAY_LEN(states));
    tcase_add_loop_test(tc, after_the_last_device_went, 0,
                        (int)ARRAY_LEN(states));
    tcase_add_test(tc, not_after_our_own_close);
    tcase_add_test(tc, a_backend_at_5_that_still_serves);
    tcase_add_test(tc, a_backend_at_5_that_does_not);
    tcase_add_test(tc, a_backend_that_is_silent_about_the_absent);
    tcase_add_test(tc, a_backend_that_is_silent_about_all);
    return tc;
}
