/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: backends that mean harm. Bounded work, an error, nothing left over. */
#include <stdio.h>
#include <string.h>

#include "fake-store.h"
#include "front-case.h"

static int32_t error_of_all;

static void fail_all(struct fake_backend *be UNUSED, struct pci_op *op)
{
    op->err = error_of_all;
}

START_TEST(an_error_in_every_reply)
{
    static const int32_t errors[] = { -1, -2, -3, -4, -5, -28, INT32_MIN, 7 };

    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    fw.be->twist = fail_all;
    error_of_all = errors[_i];
    ck_assert_int_le(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), 0);
    front_case_use();
    ck_assert_int_le(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

START_TEST(an_error_in_every_reply_later)
{
    front_case_connect("nvme edu");
    fw.be->twist = fail_all;
    error_of_all = -5;
    front_case_use();
    fake_backend_unplug(fw.be, DEVFN(1, 0));
    (void)front_world_settle(&fw);
    ck_assert_int_le(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

/* Whatever comes: so many calls of hooks at most for one call of ours. */
#define WORK 60000u

static void flood_store(struct fake_backend *be)
{
    fake_backend_set(be, "state", "4");
}

/* Watches and events without end: each call still comes back. */
START_TEST(xsa_391_396_a_flood_of_everything)
{
    front_case_connect("nvme");
    fw.be->mischief = flood_store;
    fw.k->flood = true;
    fw.k->budget = fw.k->calls + 20000;
    for (unsigned int i = 0; i < 100; i++) {
        assert_err(pcifront_wait(fw.pf, 1000), 0);
        assert_err(pcifront_step(fw.pf), 0);
        ck_assert_uint_eq(front_case_read(AT(0, 0), 0, 2), 0x1b36);
    }
    fw.k->flood = false;
}
END_TEST

/* Between 7 and 8 as fast as it can, and between 4 and 2. */
static enum xb_state first, second;

static void alternate(struct fake_backend *be)
{
    be->deaf_to_store = true;
    fake_backend_set_state(be, be->state == first ? second : first);
}

START_TEST(states_that_alternate)
{
    static const enum xb_state pairs[][2] = {
        { XB_RECONFIGURING, XB_RECONFIGURED },
        { XB_CONNECTED, XB_RECONFIGURING },
        { XB_CONNECTED, XB_INITWAIT },
        { XB_CLOSED, XB_INITWAIT },
        { XB_CLOSING, XB_CONNECTED },
    };

    fw.options.timeout_ms = 50;
    front_case_connect("nvme");
    first = pairs[_i][0];
    second = pairs[_i][1];
    fw.k->budget = 0; /* each step has its own */
    fw.be->mischief = alternate;
    for (unsigned int i = 0; i < 20; i++) {
        const unsigned int before = fw.k->calls;

        (void)pcifront_wait(fw.pf, 10);
        ck_assert_int_le(pcifront_step(fw.pf), 0);
        ck_assert_uint_le(fw.k->calls - before, WORK);
    }
    ck_assert_int_le(pcifront_close(fw.pf, 1000), 0);
    fw.be->mischief = NULL;
}
END_TEST

/* A device that is another one at each look. */
static void other_ids(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd == PCI_OP_CONF_READ && op->err == 0)
        op->value =
            front_case_pick(1u << 31) & (UINT32_MAX >> (32 - 8 * op->size));
}

START_TEST(registers_of_dice)
{
    front_case_seed((uint64_t)_i);
    front_case_connect("nvme");
    fw.be->twist = other_ids;
    for (unsigned int i = 0; i < 10; i++) {
        const unsigned int before = fw.k->calls;

        front_case_use();
        ck_assert_uint_le(fw.k->calls - before, WORK);
    }
}
END_TEST

START_TEST(every_place_answers_all_the_time)
{
    for (unsigned int i = 0; i < 32; i++) {
        char leaf[16], text[16];

        (void)snprintf(leaf, sizeof(leaf), "root-%u", i);
        (void)snprintf(text, sizeof(text), "0000:%02x", i);
        fake_backend_set(fw.be, leaf, text);
    }
    fake_backend_set(fw.be, "root_num", "1000000");
    fake_backend_set_state(fw.be, XB_INITIALISED);
    fw.be->twist = NULL;
    fw.k->budget = 400000;
    error_of_all = 0;
    fw.be->twist = fail_all; /* err 0: somebody is there, everywhere */
    ck_assert_int_le(front_world_connect(&fw), 0);
    ck_assert_uint_le(front_case_count(), PCIFRONT_DEVICES_MAX);
    ck_assert_int_le(pcifront_close(fw.pf, 1000), 0);
}
END_TEST

TCase *front_hostile_tests(void)
{
    TCase *tc = tcase_create("hostile");

    tcase_add_loop_test(tc, an_error_in_every_reply, 0, 8);
    tcase_add_test(tc, an_error_in_every_reply_later);
    tcase_add_test(tc, xsa_391_396_a_flood_of_everything);
    tcase_add_loop_test(tc, states_that_alternate, 0, 5);
    tcase_add_loop_test(tc, registers_of_dice, 0, 30);
    tcase_add_test(tc, every_place_answers_all_the_time);
    return tc;
}
