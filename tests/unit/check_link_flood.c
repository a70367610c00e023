/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest that wants more of the broker than its share. */
#include "device-ops.h"
#include <stdio.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "pciregs.h"
#include "run-until.h"

#define PM_CONTROL 0xcc /* of the network card, PM 1.2 3.2.4 */
#define PM_D3HOT   3u
#define A_MINUTE   60000000u /* of the broker's time */

static void ask(uint16_t domid, uint32_t serial, uint16_t offset,
                uint32_t value)
{
    const struct fake_worker *w = fake_worker(domid);
    struct msg m = { .type = MSG_CONFIG_WRITE, .serial = serial };

    m.u.config_write.handle = w->devices[0].handle;
    m.u.config_write.plan.count = 1;
    m.u.config_write.plan.writes[0] =
        (struct cfg_write){ .offset = offset, .size = 2, .value = value };
    link_on_request(link_find(domid), &m);
}

static bool is_idle(void *arg)
{
    return ((struct device *)arg)->ops == NULL;
}

static void ask_for_mastering(uint16_t domid, struct sbdf dev)
{
    ask(domid, 1, PCI_COMMAND,
        world_get(dev, PCI_COMMAND, 2) | PCI_COMMAND_MASTER);
    ck_assert(run_until(is_idle, device_by_sbdf(dev)));
}

START_TEST(who_took_all_the_time_is_read_later)
{
    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
    ask_for_mastering(BACK_DOMID, link_nic);
    ck_assert_uint_eq(fake_worker(BACK_DOMID)->rest_ms, 0);
    (void)quota_take(&link_find(BACK_DOMID)->quota, QUOTA_TIME, loop_now_us(),
                     A_MINUTE);
    ask_for_mastering(BACK_DOMID, link_nic);
    /* It was served all the same, and rests for less than a front waits. */
    ck_assert_uint_ne(world_get(link_nic, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
                      0);
    ck_assert_uint_gt(fake_worker(BACK_DOMID)->rest_ms, 0);
    ck_assert_uint_le(fake_worker(BACK_DOMID)->rest_ms, 200);
    ask_for_mastering(OTHER_DOMID, link_nvme);
    ck_assert_uint_eq(fake_worker(OTHER_DOMID)->rest_ms, 0);
}
END_TEST

/* Answers about error recovery are its worker's words too. */
START_TEST(stray_words_are_counted)
{
    connect_guest(BACK_DOMID, link_nic);
    (void)quota_take(&link_find(BACK_DOMID)->quota, QUOTA_TIME, loop_now_us(),
                     A_MINUTE);
    fake_worker_aer_stray(BACK_DOMID, 99, 0);
    ck_assert_uint_gt(fake_worker(BACK_DOMID)->rest_ms, 0);
}
END_TEST

START_TEST(who_took_all_the_time_is_looked_at_later)
{
    struct link *link;

    connect_guest(BACK_DOMID, link_nic);
    link = link_find(BACK_DOMID);
    ck_assert_uint_eq(link_look_delay(link), 0);
    (void)quota_take(&link->quota, QUOTA_TIME, loop_now_us(), A_MINUTE);
    ck_assert_uint_gt(link_look_delay(link), 100);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
}
END_TEST

static unsigned int lines;
static char last_line[1024];

static void count_line(int priority UNUSED, const char *line)
{
    lines++;
    (void)snprintf(last_line, sizeof(last_line), "%s", line);
}

/* A worker has no log of its own to fill. */
START_TEST(words_without_end)
{
    char text[MSG_LOG_TEXT + 1];

    memset(text, 'x', MSG_LOG_TEXT);
    text[MSG_LOG_TEXT] = '\0';
    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
    lines = 0;
    log_through(count_line);
    for (unsigned int i = 0; i < 1000; i++)
        fake_worker_says(BACK_DOMID, text);
    ck_assert_uint_gt(lines, 0);
    ck_assert_uint_le(lines, 25);
    ck_assert_uint_eq(strlen(last_line),
                      strlen("d5: its worker: ") + MSG_LOG_TEXT);
    fake_worker_says(OTHER_DOMID, "fine\ntoday");
    log_through(NULL);
    ck_assert_str_eq(last_line, "d6: its worker: fine?today");
}
END_TEST

static bool is_deaf(void *arg)
{
    const struct link *link = arg;

    return link->deaf && !link->watching;
}

static bool hears(void *arg)
{
    return ((const struct link *)arg)->watching;
}

/* XSA-349: the watch itself goes, so that no queue of events grows. */
START_TEST(xsa_349_a_front_that_is_heard_too_often)
{
    struct link *link;
    unsigned int i;

    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
    link = link_find(BACK_DOMID);
    for (i = 0; i < 200; i++)
        set_front(BACK_DOMID, "state", "4");
    ck_assert(run_until(is_deaf, link));
    ck_assert(!is_deaf(link_find(OTHER_DOMID)));
    /* What it says meanwhile is seen once it is heard again. */
    set_front(BACK_DOMID, "state", "6");
    set_front(OTHER_DOMID, "state", "6");
    expect_states(OTHER_DOMID, "2 3 4 6");
    expect_states(BACK_DOMID, "2 3 4 6");
    ck_assert(run_until(hears, link));
    /* A front that rested is heard at once. */
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4 6 3 4");
}
END_TEST

START_TEST(a_guest_that_goes_while_it_is_not_heard)
{
    connect_guest(BACK_DOMID, link_nic);
    for (unsigned int i = 0; i < 200; i++)
        set_front(BACK_DOMID, "state", "4");
    ck_assert(run_until(is_deaf, link_find(BACK_DOMID)));
    tool_deletes(BACK_DOMID);
    ck_assert(run_until(no_links, NULL));
}
END_TEST

/* Each takes a process, a mapping and a port. */
START_TEST(connecting_without_end)
{
    struct link *link;

    connect_guest(BACK_DOMID, link_nic);
    link = link_find(BACK_DOMID);
    (void)quota_take(&link->quota, QUOTA_CONNECT, loop_now_us(), 100);
    set_front(BACK_DOMID, "state", "6");
    expect_states(BACK_DOMID, "2 3 4 6");
    front_publishes(BACK_DOMID);
    run_due();
    expect_states(BACK_DOMID, "2 3 4 6 3");
    ck_assert_uint_eq(fake_workers_spawned(), 1);
    expect_states(BACK_DOMID, "2 3 4 6 3 4");
    ck_assert_uint_eq(fake_workers_spawned(), 2);
}
END_TEST

static unsigned int queued(const struct device *dev)
{
    const struct device_op *op;
    unsigned int n = 0;

    for (op = dev->ops; op; op = op->next)
        n++;
    return n;
}

/* What waits for a device, to wake up for example, is bounded, whatever a worker
 * asks. */
START_TEST(asking_without_end)
{
    struct device *nic;
    uint32_t i;

    connect_guest(BACK_DOMID, link_nic);
    nic = device_by_sbdf(link_nic);
    world_set(link_nic, PM_CONTROL, 2, PM_D3HOT);
    for (i = 1; i <= 100; i++)
        ask(BACK_DOMID, i, PM_CONTROL, 0);
    ck_assert_uint_gt(queued(nic), 1);
    ck_assert_uint_le(queued(nic), 8);
    ck_assert(run_until(is_idle, nic));
}
END_TEST

TCase *link_flood_tests(void)
{
    TCase *tc = tcase_create("flood");

    tcase_add_test(tc, who_took_all_the_time_is_read_later);
    tcase_add_test(tc, stray_words_are_counted);
    tcase_add_test(tc, words_without_end);
    tcase_add_test(tc, who_took_all_the_time_is_looked_at_later);
    tcase_add_test(tc, xsa_349_a_front_that_is_heard_too_often);
    tcase_add_test(tc, a_guest_that_goes_while_it_is_not_heard);
    tcase_add_test(tc, connecting_without_end);
    tcase_add_test(tc, asking_without_end);
    return tc;
}
