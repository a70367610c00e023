/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * common/host/store.c over a libxenstore of our own that holds one node and
 * answers as told: values of guests, numbers, errors, what is freed.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "store.h"

static struct {
    char value[64]; /* of the one node */
    unsigned int len;
    int err; /* the next calls fail with it; -1: without an errno */
    bool shut;
    unsigned int handles, transactions, aborted;
    char log[128]; /* the last call that changes something */
    struct xs_permissions perms[2];
    unsigned int nperms;
    bool event;
} xs;

static bool answer(void)
{
    errno = xs.err > 0 ? xs.err : 0;
    return xs.err == 0;
}

#define CALLED(...) \
    ((void)snprintf(xs.log, sizeof(xs.log), __VA_ARGS__), answer())

struct xs_handle *xs_open(unsigned long flags UNUSED)
{
    if (xs.shut)
        return NULL;
    xs.handles++;
    return (struct xs_handle *)&xs;
}

void xs_close(struct xs_handle *h UNUSED)
{
    xs.handles--;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h UNUSED)
{
    if (!answer())
        return XBT_NULL;
    xs.transactions++;
    return 9;
}

bool xs_transaction_end(struct xs_handle *h UNUSED, xs_transaction_t t,
                        bool abort)
{
    ck_assert_uint_eq(t, 9);
    xs.transactions--;
    xs.aborted += abort ? 1 : 0;
    return answer();
}

void *xs_read(struct xs_handle *h UNUSED, xs_transaction_t t UNUSED,
              const char *path UNUSED, unsigned int *len)
{
    char *copy;

    if (!answer())
        return NULL;
    copy = malloc(xs.len + 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, xs.value, xs.len);
    copy[xs.len] = '\0'; /* as libxenstore does */
    if (len)
        *len = xs.len;
    return copy;
}

bool xs_write(struct xs_handle *h UNUSED, xs_transaction_t t, const char *path,
              const void *data, unsigned int len)
{
    return CALLED("%u %s=%.*s", t, path, (int)len, (const char *)data);
}

bool xs_rm(struct xs_handle *h UNUSED, xs_transaction_t t, const char *path)
{
    return CALLED("%u -%s", t, path);
}

bool xs_mkdir(struct xs_handle *h UNUSED, xs_transaction_t t, const char *path)
{
    return CALLED("%u +%s", t, path);
}

bool xs_set_permissions(struct xs_handle *h UNUSED, xs_transaction_t t UNUSED,
                        const char *path UNUSED, struct xs_permissions *perms,
                        unsigned int count)
{
    ck_assert_uint_le(count, 2);
    memcpy(xs.perms, perms, count * sizeof(*perms));
    xs.nperms = count;
    return answer();
}

char **xs_directory(struct xs_handle *h UNUSED, xs_transaction_t t UNUSED,
                    const char *path UNUSED, unsigned int *count)
{
    if (!answer())
        return NULL;
    *count = 0;
    return malloc(sizeof(char *));
}

bool xs_watch(struct xs_handle *h UNUSED, const char *path, const char *token)
{
    return CALLED("watch %s %s", path, token);
}

bool xs_unwatch(struct xs_handle *h UNUSED, const char *path, const char *token)
{
    return CALLED("unwatch %s %s", path, token);
}

int xs_fileno(struct xs_handle *h UNUSED)
{
    return 77;
}

char **xs_check_watch(struct xs_handle *h UNUSED)
{
    static char path[] = "/a/b", token[] = "t";
    char **event;

    if (!xs.event)
        return NULL;
    xs.event = false;
    event = malloc(2 * sizeof(*event));
    ck_assert_ptr_nonnull(event);
    event[XS_WATCH_PATH] = path;
    event[XS_WATCH_TOKEN] = token;
    return event;
}

/* ---- the tests ---- */

static struct store *st;

static void setup(void)
{
    memset(&xs, 0, sizeof(xs));
    st = store_open();
    ck_assert_ptr_nonnull(st);
}

static void teardown(void)
{
    store_close(st);
    store_close(NULL);
    ck_assert_uint_eq(xs.handles, 0);
    ck_assert_uint_eq(xs.transactions, 0);
}

static void node(const char *bytes, unsigned int len)
{
    memcpy(xs.value, bytes, len);
    xs.len = len;
}

START_TEST(no_xenstored)
{
    xs.shut = true;
    errno = 0;
    ck_assert_ptr_null(store_open());
    ck_assert_int_eq(errno, ENOENT);
    errno = ECONNREFUSED;
    ck_assert_ptr_null(store_open());
    ck_assert_int_eq(errno, ECONNREFUSED);
}
END_TEST

static const struct number {
    const char *text;
    unsigned int len;
    int want;
    uint32_t value;
} numbers[] = {
    { "0", 1, 0, 0 },
    { "7", 1, 0, 7 },
    { "4294967295", 10, 0, UINT32_MAX },
    { "4294967296", 10, -EINVAL, 0 },
    { "99999999999", 11, -EINVAL, 0 },
    { "999999999999", 12, -EINVAL, 0 },
    { "", 0, -EINVAL, 0 },
    { "07", 2, -EINVAL, 0 },
    { "-1", 2, -EINVAL, 0 },
    { "+1", 2, -EINVAL, 0 },
    { " 1", 2, -EINVAL, 0 },
    { "1 ", 2, -EINVAL, 0 },
    { "0x1", 3, -EINVAL, 0 },
    { "1\0002", 3, -EINVAL, 0 },
};

START_TEST(a_number)
{
    const struct number *row = &numbers[_i];
    uint32_t value = 0;

    node(row->text, row->len);
    ck_assert_int_eq(store_read_uint(st, NULL, "/n", &value), row->want);
    ck_assert_uint_eq(value, row->value);
}
END_TEST

START_TEST(a_value)
{
    char buf[4] = "old";
    char *value;

    node("abc", 3);
    ck_assert_int_eq(store_read_buf(st, NULL, "/n", buf, sizeof(buf)), 0);
    ck_assert_str_eq(buf, "abc");
    ck_assert(store_exists(st, NULL, "/n"));
    ck_assert_int_eq(store_probe(st, NULL, "/n"), 0);
    node("abcd", 4);
    ck_assert_int_eq(store_read_buf(st, NULL, "/n", buf, sizeof(buf)),
                     -ENAMETOOLONG);
    ck_assert_str_eq(buf, "abc");
    node("a\0c", 3); /* what is checked is what is used */
    errno = 0;
    value = store_read(st, NULL, "/n");
    ck_assert_ptr_null(value);
    ck_assert_int_eq(errno, EINVAL);
    xs.err = ENOENT;
    ck_assert_int_eq(store_read_buf(st, NULL, "/n", buf, sizeof(buf)), -ENOENT);
    ck_assert(!store_exists(st, NULL, "/n"));
    ck_assert_int_eq(store_probe(st, NULL, "/n"), -ENOENT);
    xs.err = EIO;
    ck_assert_int_eq(store_probe(st, NULL, "/n"), -EIO);
}
END_TEST

START_TEST(a_transaction)
{
    struct store_txn *txn = store_begin(st);

    ck_assert_ptr_nonnull(txn);
    ck_assert_int_eq(store_writef(st, txn, "/n", "%u-%s", 5u, "x"), 0);
    ck_assert_str_eq(xs.log, "9 /n=5-x");
    xs.err = EAGAIN;
    ck_assert_int_eq(store_commit(st, txn), -EAGAIN);
    ck_assert_ptr_null(store_begin(st));
    ck_assert_int_eq(errno, EAGAIN);
    xs.err = 0;
    txn = store_begin(st);
    store_abort(st, txn);
    store_abort(st, NULL);
    ck_assert_uint_eq(xs.aborted, 1);
}
END_TEST

START_TEST(removal)
{
    ck_assert_int_eq(store_remove(st, NULL, "/n"), 0);
    ck_assert_str_eq(xs.log, "0 -/n");
    xs.err = ENOENT;
    ck_assert_int_eq(store_remove(st, NULL, "/n"), 0);
    xs.err = EACCES;
    ck_assert_int_eq(store_remove(st, NULL, "/n"), -EACCES);
    xs.err = -1;
    ck_assert_int_eq(store_remove(st, NULL, "/n"), -EIO);
}
END_TEST

/* The owner's rights come first: xenstore has it so. */
START_TEST(a_directory)
{
    ck_assert_int_eq(store_mkdir(st, NULL, "/d", 0, 5), 0);
    ck_assert_str_eq(xs.log, "0 +/d");
    ck_assert_uint_eq(xs.nperms, 2);
    ck_assert_uint_eq(xs.perms[0].id, 0);
    ck_assert_int_eq((int)xs.perms[0].perms, XS_PERM_NONE);
    ck_assert_uint_eq(xs.perms[1].id, 5);
    ck_assert_int_eq((int)xs.perms[1].perms, XS_PERM_READ);
    ck_assert_int_eq(store_mkdir(st, NULL, "/d", 0, 0), 0);
    ck_assert_uint_eq(xs.nperms, 1);
    xs.err = ENOSPC;
    ck_assert_int_eq(store_mkdir(st, NULL, "/d", 0, 5), -ENOSPC);
}
END_TEST

START_TEST(a_list)
{
    unsigned int count = 3;
    char **list = store_list(st, NULL, "/d", &count);

    ck_assert_ptr_nonnull(list);
    ck_assert_uint_eq(count, 0);
    free(list);
    xs.err = ENOENT;
    count = 3;
    ck_assert_ptr_null(store_list(st, NULL, "/d", &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(watches)
{
    char path[STORE_PATH], token[STORE_PATH];

    ck_assert_int_eq(store_watch(st, "/a", "t"), 0);
    ck_assert_str_eq(xs.log, "watch /a t");
    ck_assert_int_eq(store_fd(st), 77);
    ck_assert(!store_event(st, path, token));
    xs.event = true;
    ck_assert(store_event(st, path, token));
    ck_assert_str_eq(path, "/a/b");
    ck_assert_str_eq(token, "t");
    store_unwatch(st, "/a", "t");
    ck_assert_str_eq(xs.log, "unwatch /a t");
    xs.err = EEXIST;
    ck_assert_int_eq(store_watch(st, "/a", "t"), -EEXIST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tc = tcase_create("calls");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, no_xenstored);
    tcase_add_loop_test(tc, a_number, 0, (int)ARRAY_LEN(numbers));
    tcase_add_test(tc, a_value);
    tcase_add_test(tc, a_transaction);
    tcase_add_test(tc, removal);
    tcase_add_test(tc, a_directory);
    tcase_add_test(tc, a_list);
    tcase_add_test(tc, watches);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
