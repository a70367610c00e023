/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front/domu's xenstore client against a xenstored that may misbehave. */
#include <stdlib.h>
#include <string.h>

#include "compiler.h"
#include "domu-suites.h"
#include "domu-world.h"
#include "store-client.h"

#define LONG_TEXT 3000 /* more than two rings */

/* An event nobody asked for goes ahead of every answer. */
static void serve_value(const struct xsd_sockmsg *head, const char *body)
{
    ck_assert_uint_eq(head->type, XS_READ);
    ck_assert_uint_eq(head->len, strlen(body) + 1);
    world_reply(XS_WATCH_EVENT, 0, 0, "a\0b", 4);
    world_answer(head, body);
}

START_TEST(a_value_is_read)
{
    char value[16];

    domu_world_init(serve_value);
    domu_world.chunk = _i ? (size_t)_i : 1;
    ck_assert_int_eq(store_read("some/node", value, sizeof(value)), 9);
    ck_assert_str_eq(value, "some/node");
    ck_assert_uint_eq(store_changes(), 1);
    ck_assert_int_eq(store_read("some/node", value, 9), -XEN_EIO);
    ck_assert_int_eq(store_read("some/node", value, 10), 9);
    ck_assert_uint_eq(store_changes(), 3);
}
END_TEST

/* Another processor's xenstored answers before we have looked up. */
START_TEST(an_answer_that_is_there_at_once_is_not_lost)
{
    char value[16];

    domu_world_init(serve_value);
    domu_world.at_once = true;
    domu_world.chunk = XENSTORE_RING_SIZE;
    ck_assert_int_eq(store_read("some/node", value, sizeof(value)), 9);
    ck_assert_str_eq(value, "some/node");
    ck_assert_uint_eq(domu_world.now, 0);
}
END_TEST

static const struct {
    const char *name;
    int ret;
} errors[] = {
    { "ENOENT", -XEN_ENOENT }, { "EACCES", -XEN_EACCES },
    { "EAGAIN", -XEN_EAGAIN }, { "EISDIR", -XEN_EIO },
    { "", -XEN_EIO },          { "ENOENTX", -XEN_EIO },
};
static const char *error_name;

static void serve_error(const struct xsd_sockmsg *head, const char *body)
{
    (void)body;
    world_reply(XS_ERROR, head->req_id, 0, error_name, strlen(error_name) + 1);
}

START_TEST(errors_have_names)
{
    char value[8] = "before";

    domu_world_init(serve_error);
    error_name = errors[_i].name;
    ck_assert_int_eq(store_read("x", value, sizeof(value)), errors[_i].ret);
    ck_assert_str_eq(value, "before");
    ck_assert_int_eq(store_watch("x"), errors[_i].ret);
}
END_TEST

START_TEST(a_watch_twice_is_fine)
{
    domu_world_init(serve_error);
    error_name = "EEXIST";
    ck_assert_int_eq(store_watch("x"), 0);
}
END_TEST

/* A transaction: what happened in it. */
static unsigned int begun, committed, aborted, written, removed, conflicts;
static char long_text[LONG_TEXT + 1];

static void serve_transaction(const struct xsd_sockmsg *head, const char *body)
{
    ck_assert(head->type == XS_TRANSACTION_START || head->tx_id == 4711);
    if (head->type == XS_TRANSACTION_START) {
        begun++;
        world_answer(head, "4711");
        return;
    }
    if (head->type == XS_TRANSACTION_END && body[0] == 'T' && conflicts > 0) {
        conflicts--;
        world_reply(XS_ERROR, head->req_id, head->tx_id, "EAGAIN", 7);
        return;
    }
    if (head->type == XS_TRANSACTION_END) {
        committed += body[0] == 'T';
        aborted += body[0] == 'F';
    } else if (head->type == XS_RM) {
        removed++;
        world_reply(XS_ERROR, head->req_id, head->tx_id, "ENOENT", 7);
        return;
    } else if (strcmp(body, "forbidden") == 0) {
        world_reply(XS_ERROR, head->req_id, head->tx_id, "EACCES", 7);
        return;
    } else {
        ck_assert_uint_eq(head->type, XS_WRITE);
        ck_assert_uint_eq(head->len, 2 + strlen(long_text));
        ck_assert_mem_eq(body + 2, long_text, strlen(long_text));
        written++;
    }
    world_answer(head, "OK");
}

static void begin_transactions(unsigned int how_many_conflicts)
{
    domu_world_init(serve_transaction);
    begun = committed = aborted = written = removed = 0;
    conflicts = how_many_conflicts;
    for (size_t i = 0; i < LONG_TEXT; i++)
        long_text[i] = (char)('a' + i % 26);
}

START_TEST(nodes_are_written_together)
{
    const struct store_node nodes[] = { { "a", long_text }, { "b", NULL } };

    begin_transactions(2);
    ck_assert_int_eq(store_write(nodes, ARRAY_LEN(nodes)), 0);
    ck_assert(begun == 3 && written == 3 && removed == 3);
    ck_assert(committed == 1 && aborted == 0);
}
END_TEST

START_TEST(conflicts_have_an_end)
{
    const struct store_node node = { "a", long_text };

    begin_transactions(1000);
    ck_assert_int_eq(store_write(&node, 1), -XEN_EAGAIN);
    ck_assert(begun == 10 && committed == 0);
}
END_TEST

START_TEST(a_refused_node_refuses_all)
{
    const struct store_node nodes[] = { { "a", long_text },
                                        { "forbidden", "x" } };

    begin_transactions(0);
    ck_assert_int_eq(store_write(nodes, ARRAY_LEN(nodes)), -XEN_EACCES);
    ck_assert(committed == 0 && aborted == 1);
}
END_TEST

static const char *transaction_name;

static void serve_odd_transaction(const struct xsd_sockmsg *head,
                                  const char *body)
{
    (void)body;
    ck_assert_uint_eq(head->type, XS_TRANSACTION_START);
    world_answer(head, transaction_name);
}

static const char *const odd_transactions[] = {
    "", "0", "-1", "12x", "4294967296", "99999999999999999999",
};

START_TEST(odd_transaction_numbers_are_refused)
{
    const struct store_node node = { "a", "b" };

    domu_world_init(serve_odd_transaction);
    transaction_name = odd_transactions[_i];
    ck_assert_int_eq(store_write(&node, 1), -XEN_EIO);
}
END_TEST

static uint32_t late_request;

static void serve_late(const struct xsd_sockmsg *head, const char *body)
{
    (void)body;
    if (late_request == 0) {
        late_request = head->req_id;
        return;
    }
    world_reply(XS_READ, late_request, 0, "old", 3);
    world_answer(head, "new");
}

START_TEST(a_late_answer_is_not_the_next_ones)
{
    char value[8];

    domu_world_init(serve_late);
    late_request = 0;
    ck_assert_int_eq(store_read("x", value, sizeof(value)), -XEN_ETIMEDOUT);
    ck_assert_int_eq(store_read("x", value, sizeof(value)), 3);
    ck_assert_str_eq(value, "new");
}
END_TEST

static void serve_long(const struct xsd_sockmsg *head, const char *body)
{
    static const char text[XENSTORE_PAYLOAD_MAX + 1];

    (void)body;
    world_reply(XS_READ, head->req_id, 0, text, sizeof(text));
}

static void serve_nul(const struct xsd_sockmsg *head, const char *body)
{
    (void)body;
    world_reply(XS_READ, head->req_id, 0, "a\0b", 3);
}

static void serve_other_type(const struct xsd_sockmsg *head, const char *body)
{
    world_reply(XS_WRITE, head->req_id, 0, body, 1);
}

static void serve_bad_ring(const struct xsd_sockmsg *head, const char *body)
{
    (void)head;
    (void)body;
    domu_world.ring.rsp_prod = domu_world.ring.rsp_cons + 1025;
}

static world_serve *const nonsense[] = {
    serve_long,
    serve_nul,
    serve_other_type,
    serve_bad_ring,
};

START_TEST(nonsense_is_an_error)
{
    char value[8];

    domu_world_init(nonsense[_i]);
    ck_assert_int_eq(store_read("x", value, sizeof(value)), -XEN_EIO);
    /* And stays one; nothing is run over meanwhile. */
    ck_assert_int_eq(store_read("x", value, sizeof(value)), -XEN_EIO);
}
END_TEST

static void serve_events(const struct xsd_sockmsg *head, const char *body)
{
    (void)head;
    (void)body;
    for (unsigned int i = 0; i < 2000; i++)
        world_reply(XS_WATCH_EVENT, 0, 0, "x\0x", 4);
}

START_TEST(events_do_not_replace_an_answer)
{
    char value[8];

    domu_world_init(serve_events);
    ck_assert_int_eq(store_read("x", value, sizeof(value)), -XEN_ETIMEDOUT);
    ck_assert_uint_eq(store_changes(), 2000);
}
END_TEST

START_TEST(a_dead_xenstored_does_not_hang_us)
{
    const struct store_node node = { "a", long_text };
    char value[8];

    begin_transactions(0);
    domu_world.chunk = 0;
    ck_assert_int_eq(store_read("x", value, sizeof(value)), -XEN_ETIMEDOUT);
    for (unsigned int i = 0; i < 50; i++)
        ck_assert_int_lt(store_write(&node, 1), 0);
    ck_assert_uint_lt(domu_world.sleeps, 1000);
}
END_TEST

Suite *domu_store_suite(void)
{
    Suite *suite = suite_create("domu store");
    TCase *tcase = tcase_create("xenstored");

    tcase_add_loop_test(tcase, a_value_is_read, 0, 40);
    tcase_add_test(tcase, an_answer_that_is_there_at_once_is_not_lost);
    tcase_add_loop_test(tcase, errors_have_names, 0, ARRAY_LEN(errors));
    tcase_add_test(tcase, a_watch_twice_is_fine);
    tcase_add_test(tcase, nodes_are_written_together);
    tcase_add_test(tcase, conflicts_have_an_end);
    tcase_add_test(tcase, a_refused_node_refuses_all);
    tcase_add_loop_test(tcase, odd_transaction_numbers_are_refused, 0,
                        ARRAY_LEN(odd_transactions));
    tcase_add_test(tcase, a_late_answer_is_not_the_next_ones);
    tcase_add_loop_test(tcase, nonsense_is_an_error, 0, ARRAY_LEN(nonsense));
    tcase_add_test(tcase, events_do_not_replace_an_answer);
    tcase_add_test(tcase, a_dead_xenstored_does_not_hang_us);
    suite_add_tcase(suite, tcase);
    return suite;
}
