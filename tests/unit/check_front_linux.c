/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The front's glue for Linux programs, over fakes of Xen's libraries. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "compiler.h"
#include "fake-xenlibs.h"
#include "front-tool-suites.h"
#include "pcifront-linux.h"

#define MS UINT64_C(1000000)

static struct pcifront_linux *glue;
static const struct pcifront_os *os;

static void setup(void)
{
    char why[PCIFRONT_LINUX_WHY] = "";

    fake_xenlibs_reset();
    os = pcifront_linux_os();
    ck_assert_msg(pcifront_linux_open(NULL, &glue, why) == 0, "%s", why);
    ck_assert_uint_eq(fake_xenlibs.opens, 3);
}

static void teardown(void)
{
    pcifront_linux_close(glue);
    ck_assert_uint_eq(fake_xenlibs.opens, 0);
    fake_xenlibs_drop();
}

START_TEST(the_contract_is_signed_in_full)
{
    ck_assert_uint_eq(os->abi, PCIFRONT_OS_ABI);
    ck_assert_uint_eq(os->size, sizeof(*os));
    ck_assert(os->alloc && os->free && os->share_page && os->unshare_page);
    ck_assert(os->open_port && os->close_port && os->notify && os->wait);
    ck_assert(os->now_ns && os->xs_read && os->xs_write && os->xs_watch);
    ck_assert(os->xs_unwatch && os->log && os->lock && os->unlock);
    ck_assert(os->map_mmio && os->unmap_mmio);
    /* What Linux has no way for. */
    ck_assert(!os->bind_pirq && !os->unbind_pirq);
}
END_TEST

static const struct failure {
    const char *what;
    int store, evtchn, gntshr; /* errno of open */
    const char *missing_path;
    int missing;
    int err;
    const char *why;
} failures[] = {
    { "no xenstore", ENOENT, 0, 0, NULL, 0, PCIFRONT_ERR_NOENT, "xenbus" },
    { "xenstore for root", EACCES, 0, 0, NULL, 0, PCIFRONT_ERR_DENIED,
      "this takes root" },
    { "no evtchn", 0, 0, 0, "/dev/xen/evtchn", ENOENT, PCIFRONT_ERR_NOENT,
      "modprobe xen-evtchn" },
    { "evtchn for root", 0, 0, 0, "/dev/xen/evtchn", EACCES,
      PCIFRONT_ERR_DENIED, "this takes root" },
    { "evtchn without Xen", 0, ENXIO, 0, NULL, 0, PCIFRONT_ERR_NOENT,
      "is not there" },
    { "no gntalloc", 0, 0, 0, "/dev/xen/gntalloc", ENOENT, PCIFRONT_ERR_NOENT,
      "modprobe xen-gntalloc" },
    { "gntalloc breaks", 0, 0, EMFILE, NULL, 0, PCIFRONT_ERR_OS,
      "Too many open files" },
};

START_TEST(what_is_missing_is_said)
{
    const struct failure *row = &failures[_i];
    struct pcifront_linux *other = NULL;
    char why[PCIFRONT_LINUX_WHY] = "";
    int err;

    fake_xenlibs.open_store = row->store;
    fake_xenlibs.open_evtchn = row->evtchn;
    fake_xenlibs.open_gntshr = row->gntshr;
    fake_xenlibs.missing_path = row->missing_path;
    fake_xenlibs.missing = row->missing;
    err = pcifront_linux_open(NULL, &other, why);
    ck_assert_msg(err == row->err, "%s: %d", row->what, err);
    ck_assert_msg(strstr(why, row->why) != NULL, "%s: %s", row->what, why);
    ck_assert_ptr_null(other);
    ck_assert_uint_eq(fake_xenlibs.opens, 3);
}
END_TEST

START_TEST(pages_and_ports_come_and_go)
{
    uint32_t gref = 0;
    uint32_t port = 0;
    void *page = NULL;

    ck_assert_int_eq(os->share_page(glue, 0, &page, &gref), 0);
    ck_assert_uint_eq(gref, 77);
    ck_assert_int_eq(os->open_port(glue, 0, &port), 0);
    os->notify(glue, port);
    ck_assert_uint_eq(fake_xenlibs.notified, 1);
    fake_xenlibs.unshare_fails = true;
    ck_assert_int_eq(os->unshare_page(glue, page, gref), PCIFRONT_ERR_FAILED);
    fake_xenlibs.unshare_fails = false;
    ck_assert_int_eq(os->unshare_page(glue, page, gref), 0);
    os->close_port(glue, port);
    ck_assert_uint_eq(fake_xenlibs.pages, 0);
    ck_assert_uint_eq(fake_xenlibs.ports, 0);
    fake_xenlibs.share_errno = ENOSPC;
    ck_assert_int_eq(os->share_page(glue, 0, &page, &gref), PCIFRONT_ERR_NOMEM);
}
END_TEST

static const struct read_row {
    const char *path;
    const char *value;
    unsigned int len;
    int ret;
} reads[] = {
    { "there", "abc", 3, 3 },
    { "there", "", 0, 0 },
    { "there", "1234567", 7, 7 },                      /* just fits */
    { "there", "12345678", 8, PCIFRONT_ERR_PROTOCOL }, /* no room for NUL */
    { "there", "a\0b", 3, PCIFRONT_ERR_PROTOCOL },
    { "elsewhere", "abc", 3, PCIFRONT_ERR_NOENT },
};

START_TEST(values_are_read_by_length)
{
    const struct read_row *row = &reads[_i];
    char value[8] = "?";
    int ret;

    fake_xenlibs_node("there", row->value, row->len);
    ret = os->xs_read(glue, row->path, value, sizeof(value));
    ck_assert_int_eq(ret, row->ret);
    ck_assert_str_eq(value, ret >= 0 ? row->value : "?");
}
END_TEST

static const struct pcifront_node nodes[] = {
    { "a", "1" },
    { "absent", NULL },
    { "b", NULL },
    { "c", "3" },
};

START_TEST(a_busy_transaction_begins_again)
{
    fake_xenlibs.busy_transactions = 3;
    ck_assert_int_eq(os->xs_write(glue, nodes, ARRAY_LEN(nodes)), 0);
    ck_assert_uint_eq(fake_xenlibs.transactions, 4);
    ck_assert_str_eq(fake_xenlibs.wrote, "a=1 -b c=3 ");
}
END_TEST

START_TEST(but_not_for_ever)
{
    fake_xenlibs.busy_transactions = UINT32_MAX;
    ck_assert_int_eq(os->xs_write(glue, nodes, ARRAY_LEN(nodes)),
                     PCIFRONT_ERR_OS);
    ck_assert_uint_le(fake_xenlibs.transactions, 1000);
    ck_assert_str_eq(fake_xenlibs.wrote, "");
}
END_TEST

START_TEST(a_refused_write_writes_nothing)
{
    fake_xenlibs.write_errno = EACCES;
    ck_assert_int_eq(os->xs_write(glue, nodes, ARRAY_LEN(nodes)),
                     PCIFRONT_ERR_NOENT);
    ck_assert_uint_eq(fake_xenlibs.aborted, 1);
    fake_xenlibs.write_errno = EIO;
    ck_assert_int_eq(os->xs_write(glue, nodes, ARRAY_LEN(nodes)),
                     PCIFRONT_ERR_OS);
    ck_assert_str_eq(fake_xenlibs.wrote, "");
}
END_TEST

START_TEST(watches_are_set_and_taken_back)
{
    ck_assert_int_eq(os->xs_watch(glue, "there"), 0);
    ck_assert_str_eq(fake_xenlibs.watching, "there");
    os->xs_unwatch(glue, "there");
    ck_assert_str_eq(fake_xenlibs.watching, "");
}
END_TEST

/* How long wait took at a deadline that far away. */
static uint64_t waited_ms(uint64_t ms)
{
    uint64_t begun = os->now_ns(glue);

    ck_assert_int_eq(os->wait(glue, 5, begun + ms * MS), 0);
    return (os->now_ns(glue) - begun) / MS;
}

START_TEST(what_came_before_ends_a_wait_at_once)
{
    fake_xenlibs_event();
    ck_assert_uint_lt(waited_ms(20000), 10000);
    ck_assert_uint_eq(fake_xenlibs.unmasked, 1);
    fake_xenlibs_fire();
    fake_xenlibs_fire();
    ck_assert_uint_lt(waited_ms(20000), 10000);
    /* Both are taken; nothing is left to end the next one. */
    ck_assert_uint_ge(waited_ms(20), 20);
}
END_TEST

START_TEST(each_of_two_kinds_is_taken_in_one_wait)
{
    fake_xenlibs_event();
    fake_xenlibs_fire();
    ck_assert_uint_lt(waited_ms(20000), 10000);
    ck_assert_uint_ge(waited_ms(20), 20);
}
END_TEST

START_TEST(a_deadline_in_the_past_does_not_wait)
{
    ck_assert_int_eq(os->wait(glue, 0, 1), 0);
    ck_assert_int_eq(os->wait(glue, 0, 0), 0);
}
END_TEST

static void on_alarm(int number)
{
    (void)number;
}

START_TEST(a_signal_ends_a_wait)
{
    struct sigaction action = { .sa_handler = on_alarm };
    struct itimerval soon = { .it_value.tv_usec = 20000 };

    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
    ck_assert_uint_lt(waited_ms(20000), 10000);
}
END_TEST

START_TEST(mappings_beyond_all_bounds_are_refused)
{
    void *address;

    ck_assert_int_eq(os->map_mmio(glue, UINT64_MAX & ~UINT64_C(4095), 4096,
                                  PCIFRONT_UNCACHED, &address),
                     PCIFRONT_ERR_INVALID);
    ck_assert_int_eq(os->map_mmio(glue, 0, UINT64_MAX & ~UINT64_C(4095),
                                  PCIFRONT_UNCACHED, &address),
                     PCIFRONT_ERR_INVALID);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("front-linux");
    TCase *tc = tcase_create("front-linux");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_contract_is_signed_in_full);
    tcase_add_loop_test(tc, what_is_missing_is_said, 0, ARRAY_LEN(failures));
    tcase_add_test(tc, pages_and_ports_come_and_go);
    tcase_add_loop_test(tc, values_are_read_by_length, 0, ARRAY_LEN(reads));
    tcase_add_test(tc, a_busy_transaction_begins_again);
    tcase_add_test(tc, but_not_for_ever);
    tcase_add_test(tc, a_refused_write_writes_nothing);
    tcase_add_test(tc, watches_are_set_and_taken_back);
    tcase_add_test(tc, what_came_before_ends_a_wait_at_once);
    tcase_add_test(tc, each_of_two_kinds_is_taken_in_one_wait);
    tcase_add_test(tc, a_deadline_in_the_past_does_not_wait);
    tcase_add_test(tc, a_signal_ends_a_wait);
    tcase_add_test(tc, mappings_beyond_all_bounds_are_refused);
    suite_add_tcase(suite, tc);
    suite_add_tcase(suite, front_linux_pair_case());
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
