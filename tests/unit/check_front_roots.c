/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: root buses as backends write them, well and badly. */
#include <stdio.h>

#include "front-case.h"

/* What stands in the directory before the front looks, beside root-0. */
static const struct roots {
    const char *words;
    const char *num;
    const char *roots[4];
    /* Devices are at 0000:00:00.0, 0000:07:00.0 and 0001:02:00.0. */
    size_t found;
    bool warned;
} table[] = {
    { "one", "1", { "0000:00" }, 1, false },
    { "two", "2", { "0000:00", "0000:07" }, 2, false },
    { "another segment", "3", { "0000:00", "0000:07", "0001:02" }, 3, false },
    { "not counted", "1", { "0000:00", "0000:07" }, 1, false },
    { "no number, as NetBSD", NULL, { "0000:00" }, 1, false },
    { "no number and no root", NULL, { NULL }, 1, false },
    { "none", "0", { NULL }, 0, false },
    { "short digits", "2", { "0:0", "0:7" }, 2, false },
    { "upper case", "1", { "00AF:CA" }, 0, false },
    { "a million", "1000000", { "0000:00", "0000:07" }, 2, true },
    { "more than a number holds",
      "99999999999999999999",
      { "0000:00", "0000:07" },
      SIZE_MAX, /* an error, or as many as can be read; bounded */
      false },
    { "a number with a tail", "2x", { "0000:00" }, SIZE_MAX, false },
    { "digits beyond F", "2", { "000g:00", "0000:07" }, 1, true },
    { "digits below A", "2", { "0000:0@", "0000:07" }, 1, true },
    { "upper case hex", "2", { "0000:0G", "0000:07" }, 1, true },
    { "twice the same", "2", { "0000:00", "0000:00" }, 1, false },
    { "a hole", "3", { "0000:00", NULL, "0001:02" }, 2, true },
    { "words", "2", { "here", "0000:07" }, 1, true },
    { "empty", "2", { "", "0000:07" }, 1, true },
    { "no colon", "2", { "000000", "0000:07" }, 1, true },
    { "too wide a bus", "2", { "0000:100", "0000:07" }, 1, true },
    { "too wide a segment", "2", { "10000:00", "0000:07" }, 1, true },
    { "a tail", "2", { "0000:00 ", "0000:07" }, 1, true },
    { "a whole address", "2", { "0000:00:00.0", "0000:07" }, 1, true },
    { "a sign", "2", { "-001:00", "0000:07" }, 1, true },
    { "a very long one",
      "2",
      { "0000:00000000000000000000000000000000000000000000000000000000000000",
        "0000:07" },
      1,
      true },
};

START_TEST(as_they_are_written)
{
    const struct roots *t = &table[_i];
    struct fake_function *f;
    char leaf[16];
    size_t n;
    int err;

    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    f = fake_backend_add(fw.be, "edu", DEVFN(0, 0));
    f->addr.bus = 7;
    f = fake_backend_add(fw.be, "e1000", DEVFN(0, 0));
    f->addr.segment = 1;
    f->addr.bus = 2;
    fake_backend_set(fw.be, "root_num", t->num);
    for (unsigned int i = 0; i < ARRAY_LEN(t->roots); i++) {
        (void)snprintf(leaf, sizeof(leaf), "root-%u", i);
        fake_backend_set(fw.be, leaf, t->roots[i]);
    }
    fake_backend_set_state(fw.be, XB_INITIALISED);
    err = front_world_connect(&fw);
    n = front_case_count();
    if (t->found == SIZE_MAX) {
        ck_assert_msg(n <= 3, "%s: %zu devices", t->words, n);
        return;
    }
    ck_assert_msg(err == 0, "%s: %s", t->words, pcifront_strerror(err));
    ck_assert_msg(n == t->found, "%s: %zu devices, not %zu", t->words, n,
                  t->found);
    ck_assert_msg((fw.k->warnings > 0) == t->warned, "%s: %u warnings: %s",
                  t->words, fw.k->warnings, fw.k->last_warning);
}
END_TEST

START_TEST(addresses_say_which_bus)
{
    struct pcifront_device list[2];
    struct fake_function *f = fake_backend_add(fw.be, "edu", DEVFN(3, 1));

    f->addr.segment = 1;
    f->addr.bus = 2;
    fake_backend_set(fw.be, "root_num", "1");
    fake_backend_set(fw.be, "root-0", "0001:02");
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(pcifront_devices(fw.pf, list, 2), 1);
    ck_assert_uint_eq(list[0].addr.segment, 1);
    ck_assert_uint_eq(list[0].addr.bus, 2);
    ck_assert_uint_eq(list[0].addr.devfn, DEVFN(3, 1));
    ck_assert_uint_eq(front_case_read(list[0].addr, 0, 2), 0x1234);
}
END_TEST

START_TEST(the_same_root_twice_is_scanned_once)
{
    fake_backend_set(fw.be, "root_num", "2");
    fake_backend_set(fw.be, "root-0", "0000:00");
    fake_backend_set(fw.be, "root-1", "0000:00");
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_le(fw.be->requests, 256);
}
END_TEST

/* A backend of NetBSD's kind has neither vdev-N nor state-N nor root_num. */
START_TEST(a_plain_backend)
{
    fw.be->plain = true;
    front_case_connect("nvme edu");
    ck_assert_uint_eq(front_case_count(), 2);
    ck_assert_str_eq(fw.k->last_warning, "");
    assert_err(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

START_TEST(more_roots_than_the_limit)
{
    char text[16], leaf[16];

    for (unsigned int i = 0; i < 40; i++) {
        struct fake_function *f = fake_backend_add(fw.be, "edu", DEVFN(0, 0));

        f->addr.bus = (uint8_t)i;
        (void)snprintf(leaf, sizeof(leaf), "root-%u", i);
        (void)snprintf(text, sizeof(text), "0000:%02x", i);
        fake_backend_set(fw.be, leaf, text);
    }
    fake_backend_set(fw.be, "root_num", "40");
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), PCIFRONT_ROOTS_MAX);
    ck_assert_uint_ge(fw.k->warnings, 1);
}
END_TEST

TCase *front_roots_tests(void)
{
    TCase *tc = tcase_create("roots");

    tcase_add_loop_test(tc, as_they_are_written, 0, (int)ARRAY_LEN(table));
    tcase_add_test(tc, addresses_say_which_bus);
    tcase_add_test(tc, the_same_root_twice_is_scanned_once);
    tcase_add_test(tc, a_plain_backend);
    tcase_add_test(tc, more_roots_than_the_limit);
    return tc;
}
