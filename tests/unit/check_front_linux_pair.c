/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci-front: what it reads and writes in xenstore beside the library. */
#include <check.h>
#include <string.h>

#include "compiler.h"
#include "fake-xenlibs.h"
#include "front-tool-suites.h"
#include "nodes.h"
#include "pair-nodes.h"

#define MS UINT64_C(1000000)

static struct pcifront_linux *glue;
static const struct pcifront_os *os;

static void setup(void)
{
    char why[PCIFRONT_LINUX_WHY] = "";

    fake_xenlibs_reset();
    os = pcifront_linux_os();
    ck_assert_msg(pcifront_linux_open(NULL, &glue, why) == 0, "%s", why);
}

static void teardown(void)
{
    pcifront_linux_close(glue);
    fake_xenlibs_drop();
}

#define OWN(name) (&(name)[sizeof(XS_DOMAIN_DIR)])
#define BACK      "/a/back"

static void make_pair(const char *front, const char *back)
{
    fake_xenlibs_node(OWN(XS_FRONT_BACKEND), BACK, sizeof(BACK) - 1);
    fake_xenlibs_node(OWN(XS_FRONT_STATE), front, (unsigned int)strlen(front));
    fake_xenlibs_node(BACK "/" XS_LEAF_BACK_STATE, back,
                      (unsigned int)strlen(back));
}

START_TEST(the_pair_in_words)
{
    char words[PAIR_WORDS];

    ck_assert(!pair_exists(glue));
    ck_assert_uint_eq(pair_back_state(glue), XB_STATE_COUNT);
    make_pair("1", "nonsense");
    ck_assert(pair_exists(glue));
    ck_assert_str_eq(pair_words(glue, words),
                     "the backend is at no state, this front at Initialising");
}
END_TEST

static const struct renewal {
    const char *front;
    const char *back;
    const char *wrote;
    uint64_t least_ms; /* how long it waits for the backend */
} renewals[] = {
    { "6", "2", "device/pci/0/state=1 ", 0 },
    { "6", "3", "device/pci/0/state=1 ", 0 },
    { "6", "6", "device/pci/0/state=1 ", 500 },
    { "4", "4", "", 0 }, /* somebody else is the front already */
    { "1", "6", "", 0 },
};

START_TEST(a_closed_pair_is_made_new)
{
    const struct renewal *row = &renewals[_i];
    uint64_t begun = os->now_ns(glue);
    uint64_t took_ms;

    make_pair(row->front, row->back);
    pair_renew(glue);
    took_ms = (os->now_ns(glue) - begun) / MS;
    ck_assert_str_eq(fake_xenlibs.wrote, row->wrote);
    ck_assert_uint_ge(took_ms, row->least_ms);
    ck_assert_uint_lt(took_ms, row->least_ms + 10000);
    ck_assert_str_eq(fake_xenlibs.watching, "");
}
END_TEST

START_TEST(a_pair_that_is_gone_stays_gone)
{
    pair_renew(glue);
    ck_assert_uint_eq(fake_xenlibs.transactions, 0);
}
END_TEST

TCase *front_linux_pair_case(void)
{
    TCase *tc = tcase_create("pair");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_pair_in_words);
    tcase_add_loop_test(tc, a_closed_pair_is_made_new, 0, ARRAY_LEN(renewals));
    tcase_add_test(tc, a_pair_that_is_gone_stays_gone);
    return tc;
}
