/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two xenbus tables: complete, leading to an end from everywhere, and, run
 * against each other and a toolstack in every interleaving, never stuck and
 * never going round in circles.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xbstate.h"

typedef struct xb_step step_fn(enum xb_state self, enum xb_event event);

static const struct side {
    const char *name;
    const struct xb_table *table;
    step_fn *step;
} sides[] = {
    { "back", &xb_back_table, xb_back_step },
    { "front", &xb_front_table, xb_front_step },
};

/* ---- each table by itself ---- */

START_TEST(test_complete)
{
    const struct side *side = &sides[_i];

    for (int s = 0; s < XB_STATE_COUNT; s++) {
        for (int e = 0; e < XB_EV_COUNT; e++) {
            unsigned int found = side->table->ignored[s] >> e & 1;

            for (unsigned int i = 0; i < side->table->nrows; i++) {
                const struct xb_row *row = &side->table->rows[i];

                found += (int)row->self == s && (int)row->event == e;
            }
            ck_assert_msg(found == 1, "%s: %s, %s: %u times", side->name,
                          xb_state_name((enum xb_state)s),
                          xb_event_name((enum xb_event)e), found);
        }
        ck_assert_msg(side->table->ignored[s] >> XB_EV_COUNT == 0,
                      "%s: stray bits", side->name);
    }
}
END_TEST

START_TEST(test_rows_say_something)
{
    const struct side *side = &sides[_i];

    for (unsigned int i = 0; i < side->table->nrows; i++) {
        const struct xb_row *row = &side->table->rows[i];
        struct xb_step got = side->step(row->self, row->event);

        ck_assert_msg(row->action != XB_ACT_UNSPECIFIED, "%s row %u",
                      side->name, i);
        ck_assert_msg(row->action != XB_ACT_NONE || row->next != row->self,
                      "%s row %u is an ignore", side->name, i);
        ck_assert(got.action == row->action && got.next == row->next);
    }
}
END_TEST

START_TEST(test_ends)
{
    const struct side *side = &sides[_i];
    bool ends[XB_STATE_COUNT] = { [XB_CLOSED] = true };

    for (int pass = 0; pass < XB_STATE_COUNT; pass++) {
        for (unsigned int i = 0; i < side->table->nrows; i++) {
            const struct xb_row *row = &side->table->rows[i];

            ends[row->self] = ends[row->self] || ends[row->next];
        }
    }
    for (int s = 0; s < XB_STATE_COUNT; s++)
        ck_assert_msg(ends[s], "%s never closes from %s", side->name,
                      xb_state_name((enum xb_state)s));
}
END_TEST

/* A dead or vanished peer, and a closing toolstack, end it from anywhere. */
START_TEST(test_back_lets_go)
{
    for (int s = XB_INITIALISING; s < XB_STATE_COUNT; s++) {
        struct xb_step got = xb_back_step((enum xb_state)s, XB_EV_PEER_UNKNOWN);

        ck_assert_int_eq(got.action, XB_ACT_RELEASE);
        ck_assert_int_eq(got.next, XB_CLOSED);
    }
}
END_TEST

static const struct known_row {
    enum xb_state self;
    enum xb_event event;
    enum xb_action action;
    enum xb_state next;
} known[] = {
    /* A front that jumps to 4, or says 3 twice, gets nothing. */
    { XB_INITWAIT, XB_EV_PEER_CONNECTED, XB_ACT_NONE, XB_INITWAIT },
    { XB_INITIALISED, XB_EV_PEER_CONNECTED, XB_ACT_NONE, XB_INITIALISED },
    { XB_CONNECTED, XB_EV_PEER_INITIALISED, XB_ACT_NONE, XB_CONNECTED },
    { XB_CONNECTED, XB_EV_PEER_GARBAGE, XB_ACT_NONE, XB_CONNECTED },
    /* Too early is not an error: seen again at 3. */
    { XB_INITWAIT, XB_EV_PEER_INITIALISED, XB_ACT_NONE, XB_INITWAIT },
    { XB_INITIALISED, XB_EV_PEER_INITIALISED, XB_ACT_CONNECT, XB_CONNECTED },
    /* One device that fails leaves the others alone. */
    { XB_CONNECTED, XB_EV_FAILED, XB_ACT_REPORT, XB_CONNECTED },
    { XB_RECONFIGURING, XB_EV_FAILED, XB_ACT_REPORT, XB_RECONFIGURED },
    /* A guest that took its worker over has to start again. */
    { XB_CONNECTED, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURING, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },
    { XB_RECONFIGURED, XB_EV_CAPTURED, XB_ACT_DISCONNECT, XB_CLOSING },
    /* A front that cannot be connected is turned away. */
    { XB_INITIALISED, XB_EV_FAILED, XB_ACT_REPORT, XB_CLOSING },
};

START_TEST(test_known)
{
    const struct known_row *row = &known[_i];
    struct xb_step got = xb_back_step(row->self, row->event);

    ck_assert_msg(got.action == row->action && got.next == row->next,
                  "%s, %s: %s, %s", xb_state_name(row->self),
                  xb_event_name(row->event), xb_action_name(got.action),
                  xb_state_name(got.next));
}
END_TEST

START_TEST(test_text)
{
    static const struct {
        const char *text;
        enum xb_event event;
    } rows[] = {
        { NULL, XB_EV_PEER_UNKNOWN },     { "0", XB_EV_PEER_UNKNOWN },
        { "1", XB_EV_PEER_INITIALISING }, { "8", XB_EV_PEER_RECONFIGURED },
        { "9", XB_EV_PEER_GARBAGE },      { "", XB_EV_PEER_GARBAGE },
        { "4 ", XB_EV_PEER_GARBAGE },     { "04", XB_EV_PEER_GARBAGE },
        { "-1", XB_EV_PEER_GARBAGE },     { "4\n", XB_EV_PEER_GARBAGE },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        ck_assert_int_eq(xb_peer_event(rows[i].text), rows[i].event);
    for (int s = 0; s < XB_STATE_COUNT; s++)
        ck_assert_str_ne(xb_state_name((enum xb_state)s), "?");
    for (int e = 0; e < XB_EV_COUNT; e++)
        ck_assert_str_ne(xb_event_name((enum xb_event)e), "?");
    for (int a = XB_ACT_NONE; a <= XB_ACT_TEARDOWN; a++)
        ck_assert_str_ne(xb_action_name((enum xb_action)a), "?");
    ck_assert_str_eq(xb_action_name(XB_ACT_UNSPECIFIED), "?");
    ck_assert_str_eq(xb_state_name((enum xb_state)9), "?");
}
END_TEST

/* ---- the pair ---- */

enum guest {
    GUEST_GONE,
    GUEST_DEAD,
    GUEST_ALIVE
};

/* What may still happen from outside, once each. */
enum {
    MAY_RECONFIGURE = 1,
    MAY_CLOSE = 2,       /* the toolstack ends the pair */
    MAY_FRONT_CLOSE = 4, /* the guest unloads its driver */
    MAY_FRONT_START = 8, /* and loads it again */
    MAY_FAIL = 16,       /* one action fails */
    MAY_DIE = 32,
    MAY_CAPTURE = 64, /* the guest takes over what answers it */
    MAY_ALL = 127,
};

struct world {
    enum xb_state back;
    enum xb_state front;
    enum xb_state
        node; /* the back's node, where a toolstack may have written */
    enum guest guest;
    bool front_moved; /* since the back entered its state */
    bool back_moved;  /* since the front entered its state */
    bool online;
    unsigned int may;
};

#define WORLDS ((size_t)9 * 9 * 9 * 3 * 8 * 128)

static unsigned int world_index(const struct world *w)
{
    unsigned int i = (unsigned int)w->back;

    i = i * 9 + (unsigned int)w->front;
    i = i * 9 + (unsigned int)w->node;
    i = i * 3 + (unsigned int)w->guest;
    i = i * 2 + w->front_moved;
    i = i * 2 + w->back_moved;
    i = i * 2 + w->online;
    return i * 128 + w->may;
}

static void set_node(struct world *w, enum xb_state value)
{
    if (w->node != value)
        w->back_moved = true;
    w->node = value;
}

static void set_back(struct world *w, enum xb_state next)
{
    if (w->back != next)
        w->front_moved = false;
    w->back = next;
    set_node(w, next);
}

static void set_front(struct world *w, enum xb_state next)
{
    if (w->front == next)
        return;
    w->front = next;
    w->front_moved = true;
    w->back_moved = false;
}

static bool can_fail(enum xb_action action)
{
    return action == XB_ACT_EXPORT || action == XB_ACT_CONNECT ||
           action == XB_ACT_RECONFIGURE || action == XB_ACT_PUBLISH ||
           action == XB_ACT_SCAN || action == XB_ACT_RESCAN;
}

#define NEXT_MAX 16

struct nexts {
    unsigned int count;
    struct world worlds[NEXT_MAX];
};

static struct world *next_add(struct nexts *nexts, const struct world *w)
{
    ck_assert_uint_lt(nexts->count, NEXT_MAX);
    nexts->worlds[nexts->count] = *w;
    return &nexts->worlds[nexts->count++];
}

static void back_event(const struct world *w, enum xb_event event,
                       struct nexts *calm, struct nexts *outside)
{
    struct xb_step got = xb_back_step(w->back, event);

    if (xb_back_needs_change(w->back, event) && !(w->front_moved && w->online))
        return;
    if (w->back == XB_CLOSED && event == XB_EV_PEER_MUTE && !w->online)
        return;
    if (got.next != w->back)
        set_back(next_add(calm, w), got.next);
    if (can_fail(got.action) && (w->may & MAY_FAIL)) {
        struct world *failed = next_add(outside, w);

        failed->may &= ~(unsigned int)MAY_FAIL;
        set_back(failed, xb_back_step(w->back, XB_EV_FAILED).next);
    }
}

static void front_event(const struct world *w, enum xb_event event,
                        struct nexts *calm, struct nexts *outside)
{
    struct xb_step got = xb_front_step(w->front, event);

    if (xb_front_needs_change(w->front, event) && !w->back_moved)
        return;
    if (got.next != w->front)
        set_front(next_add(calm, w), got.next);
    if (can_fail(got.action) && (w->may & MAY_FAIL)) {
        struct world *failed = next_add(outside, w);

        failed->may &= ~(unsigned int)MAY_FAIL;
        set_front(failed, xb_front_step(w->front, XB_EV_FAILED).next);
    }
}

/* Everything back and front do by themselves; toolstack events go first. */
static void steps_inside(const struct world *w, struct nexts *calm,
                         struct nexts *outside)
{
    bool ends = !w->online || (w->node == XB_CLOSING && w->back != XB_CLOSING);

    if (ends)
        back_event(w, XB_EV_TOOL_CLOSE, calm, outside);
    else if (w->node == XB_RECONFIGURING && w->back != XB_RECONFIGURING)
        back_event(w, XB_EV_TOOL_RECONFIGURE, calm, outside);
    else
        back_event(w, XB_EV_TOOL_LISTED, calm, outside);

    if (w->guest == GUEST_ALIVE) {
        back_event(w, (enum xb_event)w->front, calm, outside);
        front_event(w, (enum xb_event)w->node, calm, outside);
    } else {
        back_event(
            w, w->guest == GUEST_DEAD ? XB_EV_PEER_MUTE : XB_EV_PEER_UNKNOWN,
            calm, outside);
    }
}

static struct world *use_up(const struct world *w, unsigned int what,
                            struct nexts *outside)
{
    struct world *next = next_add(outside, w);

    next->may &= ~what;
    return next;
}

static void steps_outside(const struct world *w, struct nexts *outside)
{
    /* libxl waits for 4 before it writes 7. */
    if ((w->may & MAY_RECONFIGURE) && w->node == XB_CONNECTED)
        set_node(use_up(w, MAY_RECONFIGURE, outside), XB_RECONFIGURING);
    if (w->may & MAY_CLOSE) {
        struct world *next = use_up(w, MAY_CLOSE, outside);

        next->online = false;
        set_node(next, XB_CLOSING);
    }
    if (w->guest == GUEST_ALIVE && (w->may & MAY_CAPTURE))
        set_back(use_up(w, MAY_CAPTURE, outside),
                 xb_back_step(w->back, XB_EV_CAPTURED).next);
    if (w->guest == GUEST_ALIVE && (w->may & MAY_FRONT_CLOSE)) {
        struct xb_step got = xb_front_step(w->front, XB_EV_TOOL_CLOSE);

        set_front(use_up(w, MAY_FRONT_CLOSE, outside), got.next);
    }
    if (w->guest == GUEST_ALIVE && (w->may & MAY_FRONT_START)) {
        struct xb_step got = xb_front_step(w->front, XB_EV_TOOL_RESTART);

        set_front(use_up(w, MAY_FRONT_START, outside), got.next);
    }
    if (w->guest == GUEST_ALIVE && (w->may & MAY_DIE))
        next_add(outside, w)->guest = GUEST_DEAD;
    if (w->guest == GUEST_DEAD)
        next_add(outside, w)->guest = GUEST_GONE;
}

static uint8_t seen[WORLDS];
static uint8_t colour[WORLDS]; /* 0 new, 1 on the path, 2 done */

static const char *describe(const struct world *w)
{
    static char text[160];

    (void)snprintf(text, sizeof(text),
                   "back %s, front %s, node %s, guest %d, moved %d %d, online "
                   "%d, may %#x",
                   xb_state_name(w->back), xb_state_name(w->front),
                   xb_state_name(w->node), (int)w->guest, w->front_moved,
                   w->back_moved, w->online, w->may);
    return text;
}

/* Nothing moves any more: is that where the pair ought to be? */
static bool settled_well(const struct world *w)
{
    if (w->guest == GUEST_GONE)
        return w->back == XB_CLOSED;
    if (w->guest == GUEST_DEAD)
        return w->back == (w->online ? XB_CONNECTED : XB_CLOSED);
    if (w->back == XB_CONNECTED)
        return w->front == XB_CONNECTED && w->online;
    /* A front that never started has nothing to close. */
    return w->back == XB_CLOSED &&
           (w->front == XB_CLOSED ||
            (w->front == XB_INITIALISING && !w->online));
}

static void settle(const struct world *w)
{
    unsigned int index = world_index(w);
    struct nexts calm = { 0 };
    struct nexts outside = { 0 };

    ck_assert_msg(colour[index] != 1, "in circles: %s", describe(w));
    if (colour[index] == 2)
        return;
    colour[index] = 1;
    steps_inside(w, &calm, &outside);
    if (calm.count == 0)
        ck_assert_msg(settled_well(w), "stuck: %s", describe(w));
    for (unsigned int i = 0; i < calm.count; i++)
        settle(&calm.worlds[i]);
    colour[index] = 2;
}

START_TEST(test_pair)
{
    struct world *todo = calloc(WORLDS, sizeof(*todo));
    size_t top = 0;
    size_t visited = 0;

    ck_assert_ptr_nonnull(todo);
    memset(seen, 0, sizeof(seen));
    memset(colour, 0, sizeof(colour));
    todo[top++] = (struct world){
        .back = XB_INITIALISING,
        .front = XB_INITIALISING,
        .node = XB_INITIALISING,
        .guest = GUEST_ALIVE,
        .online = true,
        .may = MAY_ALL,
    };
    seen[world_index(&todo[0])] = 1;
    while (top > 0) {
        const struct world w = todo[--top];
        struct nexts all = { 0 };

        visited++;
        settle(&w);
        steps_inside(&w, &all, &all);
        steps_outside(&w, &all);
        for (unsigned int i = 0; i < all.count; i++) {
            unsigned int index = world_index(&all.worlds[i]);

            if (!seen[index])
                todo[top++] = all.worlds[i];
            seen[index] = 1;
        }
    }
    free(todo);
    /* The exploration itself must not have become empty. */
    ck_assert_uint_gt(visited, 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xbstate");
    TCase *tc = tcase_create("tables");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_complete, 0, ARRAY_LEN(sides));
    tcase_add_loop_test(tc, test_rows_say_something, 0, ARRAY_LEN(sides));
    tcase_add_loop_test(tc, test_ends, 0, ARRAY_LEN(sides));
    tcase_add_test(tc, test_back_lets_go);
    tcase_add_loop_test(tc, test_known, 0, ARRAY_LEN(known));
    tcase_add_test(tc, test_text);
    tcase_add_test(tc, test_pair);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
