/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front and back: error recovery, from the kernel's word to the driver's. */
#include <string.h>

#include "aer-source.h"
#include "pair-suites.h"
#include "pair-world.h"
#include "run-until.h"

static void error(enum aer_severity severity)
{
    const struct aer_traced t = {
        .sbdf = link_nvme,
        .severity = severity,
        .text = "Poisoned TLP",
    };

    aer_source_traced(&t);
    aer_source_uevent("0000:03:00.0", "BEGIN_RECOVERY");
}

static void assert_idle(void)
{
    five.inside = NULL;
    ck_assert_int_eq(link_find(BACK_DOMID)->recovery.phase, AER_IDLE);
}

static bool is_first(const char *told)
{
    return strcmp(told + strlen(told) - 4, ":0,1") == 0 ||
           strcmp(told + strlen(told) - 4, ":0,2") == 0;
}

/* A driver that answers the first step as the test says, and then is well. */
static void by_the_book(struct front_world *w, struct pcifront_addr addr)
{
    uint32_t value;

    (void)addr;
    assert_ok(pcifront_config_read(w->pf, AT(0, 0), 0, 2, &value));
    ck_assert_uint_eq(value, 0x1b36);
    if (!is_first(w->told))
        w->aer_answer = PCIFRONT_AER_RECOVERED;
}

START_TEST(non_fatal)
{
    connect_pair(&five, link_nvme);
    five.aer_answer = PCIFRONT_AER_CAN_RECOVER;
    five.inside = by_the_book;
    error(AER_SEVERITY_NONFATAL);
    expect_told(&five, "!00.0:0,1 !00.0:1,1 !00.0:3,1");
    expect_settled(&five);
    assert_idle();
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "");
}
END_TEST

START_TEST(non_fatal_with_a_reset)
{
    connect_pair(&five, link_nvme);
    five.aer_answer = PCIFRONT_AER_NEED_RESET;
    five.inside = by_the_book;
    error(AER_SEVERITY_NONFATAL);
    expect_told(&five, "!00.0:0,1 !00.0:2,1 !00.0:3,1");
    expect_settled(&five);
    assert_idle();
}
END_TEST

START_TEST(fatal_error)
{
    connect_pair(&five, link_nvme);
    five.aer_answer = PCIFRONT_AER_NEED_RESET;
    five.inside = by_the_book;
    error(AER_SEVERITY_FATAL);
    expect_told(&five, "!00.0:0,2");
    aer_source_uevent("0000:03:00.0", "SUCCESSFUL_RECOVERY");
    expect_told(&five, "!00.0:2,2 !00.0:3,2");
    expect_settled(&five);
    assert_idle();
}
END_TEST

/* The front has not told the backend that it answers: it is not asked. */
START_TEST(no_handler)
{
    five.client.error = NULL;
    connect_pair(&five, link_nvme);
    error(AER_SEVERITY_NONFATAL);
    expect_settled(&five);
    assert_idle();
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "aerfail");
    ck_assert_ptr_nonnull(strstr(device_error(link_nvme), "no handler"));
}
END_TEST

START_TEST(disconnect)
{
    connect_pair(&five, link_nvme);
    five.aer_answer = PCIFRONT_AER_DISCONNECT;
    error(AER_SEVERITY_NONFATAL);
    expect_told(&five, "!00.0:0,1");
    expect_settled(&five);
    assert_idle();
    ck_assert_str_eq(back_node(BACK_DOMID, "aerState"), "aerfail");
}
END_TEST

static bool over(void *arg UNUSED)
{
    return link_find(BACK_DOMID)->recovery.phase == AER_IDLE;
}

/* A front that sleeps through it finds no request when it wakes up. */
START_TEST(mute_front)
{
    link_world_hurry(200);
    connect_pair(&five, link_nvme);
    error(AER_SEVERITY_NONFATAL);
    ck_assert(run_until(over, NULL));
    expect_settled(&five);
    ck_assert_str_eq(front_world_told(&five), "");
    ck_assert_ptr_nonnull(strstr(device_error(link_nvme), "in time"));
    ck_assert_uint_eq(read_config(&five, AT(0, 0), 0, 2), 0x1b36);
}
END_TEST

TCase *pair_aer_tests(void)
{
    TCase *tc = tcase_create("aer");

    tcase_add_test(tc, non_fatal);
    tcase_add_test(tc, non_fatal_with_a_reset);
    tcase_add_test(tc, fatal_error);
    tcase_add_test(tc, no_handler);
    tcase_add_test(tc, disconnect);
    tcase_add_test(tc, mute_front);
    return tc;
}
