/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: a backend that goes, and may come back. */
#include <string.h>

#include "fake-store.h"
#include "front-case.h"

static void read_inside(struct front_world *w, struct pcifront_addr addr)
{
    uint32_t value;

    assert_err(pcifront_config_read(w->pf, addr, 0, 2, &value), 0);
    ck_assert_uint_eq(value, 0x1b36);
}

START_TEST(the_backend_closes)
{
    front_case_connect("nvme edu");
    fake_backend_close(fw.be);
    (void)front_world_settle(&fw);
    ck_assert_ptr_nonnull(strstr(fw.told, "-00.0"));
    ck_assert_ptr_nonnull(strstr(fw.told, "-01.0"));
    front_case_closed();
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
    front_case_closed();
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
    front_case_closed();
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 1);
}
END_TEST

/* A toolstack that tells the stock backend to close: it waits for the front. */
START_TEST(the_backend_is_told_to_close)
{
    uint32_t pirqs[2];

    front_case_connect("nvme nvme");
    assert_err(pcifront_msix_enable(fw.pf, AT(0, 0), NULL, 2, 2, pirqs), 2);
    fw.inside = read_inside;
    fake_backend_set_state(fw.be, XB_CLOSING);
    (void)front_world_settle(&fw);
    assert_told("-00.0u -01.0u");
    ck_assert_str_eq(fw.be->trace, "4:0 5:0");
    front_case_closed();
    ck_assert_int_eq(fw.be->state, XB_CLOSED);
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

/* The last device goes, and the directories with it; later one comes. */
START_TEST(the_directories_go_and_come)
{
    front_case_connect("nvme");
    for (unsigned int i = 0; i < 3; i++) {
        fake_backend_withdraw(fw.be);
        (void)front_world_settle(&fw);
        assert_told("-00.0g");
        front_case_closed();
        /* Also at another place, as far as this front can know. */
        fw.be->directory[strlen(fw.be->directory) - 1] ^= 1;
        fake_backend_publish(fw.be);
        assert_err(front_world_settle(&fw), 0);
        ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
        assert_told("+00.0");
        ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
    }
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
    ck_assert_uint_le(fake_kernel_watches(fw.k), 2);
}
END_TEST

/* ... before the front has had a look in between. */
START_TEST(the_directories_are_made_anew)
{
    front_case_connect("nvme");
    fake_backend_withdraw(fw.be);
    fake_backend_publish(fw.be);
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    assert_told("-00.0g +00.0");
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
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

#define TEN  "4444444444"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN

START_TEST(states_that_are_none_are_ignored)
{
    static const char *const texts[] = { "banana", "",   "9", "-1",
                                         "44",     "4 ", LONG };

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

TCase *front_gone_tests(void)
{
    TCase *tc = tcase_create("gone");

    tcase_add_test(tc, the_backend_closes);
    tcase_add_test(tc, the_backend_is_closed_at_once);
    tcase_add_test(tc, the_backend_vanishes);
    tcase_add_test(tc, the_backend_is_told_to_close);
    tcase_add_test(tc, the_directories_go_and_come);
    tcase_add_test(tc, the_directories_are_made_anew);
    tcase_add_test(tc, the_backend_starts_anew);
    tcase_add_loop_test(tc, the_backend_comes_back_after_it_closed, 0, 2);
    tcase_add_test(tc, states_that_are_none_are_ignored);
    return tc;
}
