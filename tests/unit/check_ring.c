/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shared page: layout on the wire, one copy, late replies, two threads. */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

/* The wire by offset, written down a second time on purpose (pciif.h). */
enum {
    AT_FLAGS = 0,
    AT_CMD = 4,
    AT_ERR = 8,
    AT_DOMAIN = 12,
    AT_BUS = 16,
    AT_DEVFN = 20,
    AT_OFFSET = 24,
    AT_SIZE = 28,
    AT_VALUE = 32,
    AT_INFO = 36,
    AT_VECTOR0 = 40,
    AT_ENTRY0 = 42,
    AT_AER_CMD = 552,
    AT_AER_ERR = 556,
    AT_AER_DEVFN = 568,
    AT_UNUSED = 572,
};

static _Alignas(4096) uint8_t raw[PCI_WIRE_PAGE_SIZE];

static struct pci_page *page(void)
{
    return (struct pci_page *)(void *)raw;
}

static uint32_t get(unsigned int at)
{
    uint32_t value;

    memcpy(&value, raw + at, sizeof(value));
    return value;
}

static void put(unsigned int at, uint32_t value)
{
    memcpy(raw + at, &value, sizeof(value));
}

static uint16_t get16(unsigned int at)
{
    uint16_t value;

    memcpy(&value, raw + at, sizeof(value));
    return value;
}

static struct pci_op sample(uint32_t cmd)
{
    struct pci_op op = {
        .cmd = cmd,
        .domain = 1,
        .bus = 2,
        .devfn = 3,
        .offset = 4,
        .size = 2,
        .value = 0x1234,
        .info = 7,
    };

    for (uint16_t i = 0; i < PCI_WIRE_MSIX_MAX; i++) {
        op.msix[i].vector = 0xffff;
        op.msix[i].entry = (uint16_t)(1000 + i);
    }
    return op;
}

START_TEST(test_post_layout)
{
    const struct pci_op op = sample(PCI_OP_ENABLE_MSIX);
    static const struct {
        unsigned int at;
        uint32_t value;
    } rows[] = {
        { AT_FLAGS, 1 | 2 }, { AT_CMD, 4 },  { AT_ERR, 0 },
        { AT_DOMAIN, 1 },    { AT_BUS, 2 },  { AT_DEVFN, 3 },
        { AT_OFFSET, 4 },    { AT_SIZE, 2 }, { AT_VALUE, 0x1234 },
        { AT_INFO, 7 },
    };

    memset(raw, 0xa5, sizeof(raw));
    ring_init(page(), true);
    for (size_t i = 4; i < sizeof(raw); i++)
        ck_assert_msg(raw[i] == 0, "byte %zu not zeroed", i);
    ring_post(page(), &op);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        ck_assert_msg(get(rows[i].at) == rows[i].value, "offset %u: %#x",
                      rows[i].at, get(rows[i].at));
    ck_assert_uint_eq(get16(AT_VECTOR0 + 4 * 127), 0xffff);
    ck_assert_uint_eq(get16(AT_ENTRY0 + 4 * 127), 1127);
    for (size_t i = AT_UNUSED; i < sizeof(raw); i++)
        ck_assert_msg(raw[i] == 0, "byte %zu written", i);
}
END_TEST

START_TEST(test_round_trip)
{
    const struct pci_op sent = sample(PCI_OP_CONF_READ);
    struct pci_op op;
    struct pci_op answer;

    ring_init(page(), false);
    ck_assert(!ring_front_handles_aer(page()));
    ck_assert(!ring_has_request(page()));
    ck_assert(!ring_take(page(), &op));
    ck_assert(ring_idle(page()));

    ring_post(page(), &sent);
    ck_assert(ring_has_request(page()));
    ck_assert(!ring_idle(page()));
    ck_assert(!ring_collect(page(), &answer));
    ck_assert(ring_take(page(), &op));
    ck_assert_int_eq(memcmp(&op, &sent, sizeof(op)), 0);

    op.value = 0xcafe;
    op.err = PCI_ERR_SUCCESS;
    op.info = 99;
    op.msix[0].vector = 5;
    ck_assert(ring_reply(page(), &op));
    ck_assert(ring_collect(page(), &answer));
    ck_assert_uint_eq(answer.value, 0xcafe);
    /* Only err and value travel back for a config operation. */
    ck_assert_uint_eq(answer.info, 7);
    ck_assert_uint_eq(answer.msix[0].vector, 0xffff);
}
END_TEST

/* XSA-155: what the guest flips after the copy never reaches us. */
START_TEST(test_xsa_155_flip_after_take)
{
    const struct pci_op sent = sample(PCI_OP_ENABLE_MSIX);
    struct pci_op op;

    ring_init(page(), false);
    ring_post(page(), &sent);
    ck_assert(ring_take(page(), &op));
    put(AT_VALUE, 0xffffffff);
    memset(raw + AT_VECTOR0, 0xee, 512);
    ck_assert_uint_eq(op.value, 0x1234);
    ck_assert_uint_eq(op.msix[3].entry, 1003);

    for (uint16_t i = 0; i < 2; i++)
        op.msix[i].vector = (uint16_t)(50 + i);
    op.value = 0;
    ck_assert(ring_reply(page(), &op));
    ck_assert_uint_eq(get(AT_VALUE), 0);
    ck_assert_uint_eq(get16(AT_VECTOR0), 50);
    ck_assert_uint_eq(get16(AT_VECTOR0 + 4), 51);
    /* Entries belong to the front. */
    ck_assert_uint_eq(get16(AT_ENTRY0), 0xeeee);
    ck_assert_uint_eq(get(AT_UNUSED), 0);
}
END_TEST

static const struct reply_row {
    const char *name;
    uint32_t cmd;
    int32_t err;
    bool vectors; /* travel back */
    bool info;    /* travels back */
} reply_rows[] = {
    { "read", PCI_OP_CONF_READ, 0, false, false },
    { "failed msix", PCI_OP_ENABLE_MSIX, -22, false, false },
    { "msix", PCI_OP_ENABLE_MSIX, 0, true, false },
    { "disable msix", PCI_OP_DISABLE_MSIX, 0, false, false },
    { "multi msi", PCI_OP_ENABLE_MULTI_MSI, -28, false, true },
};

START_TEST(test_reply_fields)
{
    const struct reply_row *row = &reply_rows[_i];
    const struct pci_op sent = sample(row->cmd);
    struct pci_op op;

    ring_init(page(), false);
    ring_post(page(), &sent);
    ck_assert(ring_take(page(), &op));
    op.err = row->err;
    op.info = 3;
    op.msix[0].vector = 17;
    ck_assert(ring_reply(page(), &op));
    ck_assert_msg(get(AT_ERR) == (uint32_t)row->err, "%s: err", row->name);
    ck_assert_msg((get16(AT_VECTOR0) == 17) == row->vectors, "%s: vector",
                  row->name);
    ck_assert_msg((get(AT_INFO) == 3) == row->info, "%s: info", row->name);
}
END_TEST

/* Bits of flags that we do not know belong to somebody. */
START_TEST(test_unknown_flags_kept)
{
    struct pci_op op = sample(PCI_OP_CONF_READ);
    struct pci_aer_op aer = { .cmd = PCI_OP_AER_DETECTED };

    ring_init(page(), false);
    put(AT_FLAGS, 0xfffffff8);
    ring_post(page(), &op);
    ck_assert(ring_take(page(), &op));
    ring_aer_post(page(), &aer);
    ck_assert_uint_eq(get(AT_FLAGS), 0xfffffffd);
    ck_assert(ring_reply(page(), &op));
    ring_aer_reply(page(), &aer);
    ck_assert_uint_eq(get(AT_FLAGS), 0xfffffff8);
}
END_TEST

START_TEST(test_late_reply_given_up)
{
    struct pci_op op = sample(PCI_OP_CONF_READ);
    uint8_t before[sizeof(raw)];

    ring_init(page(), false);
    ring_post(page(), &op);
    ck_assert(ring_take(page(), &op));
    put(AT_FLAGS, 0);
    memcpy(before, raw, sizeof(raw));
    op.err = PCI_ERR_OP_FAILED;
    ck_assert(!ring_reply(page(), &op));
    ck_assert_int_eq(memcmp(before, raw, sizeof(raw)), 0);
}
END_TEST

static const struct late_row {
    const char *name;
    uint32_t cmd;
    unsigned int at;
    bool dropped;
} late_rows[] = {
    { "another command", PCI_OP_CONF_READ, AT_CMD, true },
    { "another domain", PCI_OP_CONF_READ, AT_DOMAIN, true },
    { "another bus", PCI_OP_CONF_READ, AT_BUS, true },
    { "another function", PCI_OP_CONF_READ, AT_DEVFN, true },
    { "another offset", PCI_OP_CONF_READ, AT_OFFSET, true },
    { "another size", PCI_OP_CONF_READ, AT_SIZE, true },
    { "another value written", PCI_OP_CONF_WRITE, AT_VALUE, true },
    { "value of a read", PCI_OP_CONF_READ, AT_VALUE, false },
    { "info", PCI_OP_CONF_READ, AT_INFO, false },
};

START_TEST(test_late_reply_reposted)
{
    const struct late_row *row = &late_rows[_i];
    struct pci_op op = sample(row->cmd);
    uint8_t before[sizeof(raw)];

    ring_init(page(), false);
    ring_post(page(), &op);
    ck_assert(ring_take(page(), &op));
    put(row->at, get(row->at) + 1);
    memcpy(before, raw, sizeof(raw));
    op.err = PCI_ERR_OP_FAILED;
    ck_assert_msg(ring_reply(page(), &op) == !row->dropped, "%s", row->name);
    ck_assert_msg(ring_has_request(page()) == row->dropped, "%s", row->name);
    if (row->dropped)
        ck_assert_msg(memcmp(before, raw, sizeof(raw)) == 0, "%s: written",
                      row->name);
}
END_TEST

START_TEST(test_aer)
{
    const struct pci_aer_op sent = {
        .cmd = PCI_OP_AER_MMIO,
        .err = 2,
        .domain = 1,
        .bus = 2,
        .devfn = 0x18,
    };
    struct pci_aer_op aer;

    ring_init(page(), true);
    ck_assert(ring_front_handles_aer(page()));
    ck_assert(!ring_aer_take(page(), &aer));
    ring_aer_post(page(), &sent);
    ck_assert_uint_eq(get(AT_FLAGS), 2 | 4);
    ck_assert_uint_eq(get(AT_AER_CMD), 8);
    ck_assert_uint_eq(get(AT_AER_DEVFN), 0x18);
    ck_assert(!ring_aer_collect(page(), &aer));
    ck_assert(ring_aer_take(page(), &aer));
    ck_assert_int_eq(memcmp(&aer, &sent, sizeof(aer)), 0);
    aer.err = 5;
    ring_aer_reply(page(), &aer);
    ck_assert_int_eq((int)get(AT_AER_ERR), 5);
    ck_assert(ring_aer_collect(page(), &aer));
    ck_assert_int_eq(aer.err, 5);

    ring_aer_post(page(), &sent);
    ring_aer_cancel(page());
    ck_assert_uint_eq(get(AT_FLAGS), 2);
    ck_assert(!ring_aer_take(page(), &aer));
}
END_TEST

#define RACE_ROUNDS 20000u

/* The back of the race: answers every request with a function of it. */
static void *race_back(void *arg)
{
    uint32_t served = 0;
    struct pci_op op;

    (void)arg;
    while (served < RACE_ROUNDS) {
        if (!ring_take(page(), &op)) {
            sched_yield();
            continue;
        }
        for (size_t i = 0; i < ARRAY_LEN(op.msix); i++) {
            if (op.msix[i].entry != (uint16_t)op.bus)
                op.err = PCI_ERR_OP_FAILED;
            op.msix[i].vector = (uint16_t)(op.bus + 1);
        }
        op.value = op.bus * 3;
        if (ring_reply(page(), &op))
            served++;
    }
    return NULL;
}

/* Whole requests and whole answers cross, whatever the interleaving. */
START_TEST(test_race)
{
    pthread_t back;

    ring_init(page(), false);
    ck_assert_int_eq(pthread_create(&back, NULL, race_back, NULL), 0);
    for (uint32_t round = 0; round < RACE_ROUNDS; round++) {
        struct pci_op op = sample(PCI_OP_ENABLE_MSIX);
        const uint32_t answer = round * 3;
        bool whole = true;

        op.bus = round;
        for (size_t i = 0; i < ARRAY_LEN(op.msix); i++)
            op.msix[i].entry = (uint16_t)round;
        ring_post(page(), &op);
        while (!ring_collect(page(), &op))
            sched_yield();
        for (size_t i = 0; i < ARRAY_LEN(op.msix); i++)
            whole = whole && op.msix[i].vector == (uint16_t)(round + 1);
        ck_assert_int_eq(op.err, PCI_ERR_SUCCESS);
        ck_assert_uint_eq(op.value, answer);
        ck_assert_msg(whole, "round %u: torn answer", round);
    }
    ck_assert_int_eq(pthread_join(back, NULL), 0);
}
END_TEST

START_TEST(test_names)
{
    ck_assert_str_eq(pci_wire_cmd_name(0), "conf_read");
    ck_assert_str_eq(pci_wire_cmd_name(10), "enable_multi_msi");
    ck_assert_str_eq(pci_wire_cmd_name(11), "unknown operation");
    ck_assert_str_eq(pci_wire_cmd_name(UINT32_MAX), "unknown operation");
    ck_assert_str_eq(pci_wire_err_name(-1), "device not found");
    ck_assert_str_eq(pci_wire_err_name(-114), "unknown error");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring");
    TCase *tc = tcase_create("page");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_post_layout);
    tcase_add_test(tc, test_round_trip);
    tcase_add_test(tc, test_xsa_155_flip_after_take);
    tcase_add_loop_test(tc, test_reply_fields, 0, ARRAY_LEN(reply_rows));
    tcase_add_test(tc, test_unknown_flags_kept);
    tcase_add_test(tc, test_late_reply_given_up);
    tcase_add_loop_test(tc, test_late_reply_reposted, 0, ARRAY_LEN(late_rows));
    tcase_add_test(tc, test_aer);
    tcase_add_test(tc, test_race);
    tcase_add_test(tc, test_names);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
