/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: random walks of a backend, through everything that a kernel calls. */
#include "front-case.h"

static uint64_t state;

void front_case_seed(uint64_t seed)
{
    state = seed;
}

uint32_t front_case_pick(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

void front_case_use(void)
{
    struct pcifront_device list[4];
    struct pcifront_bar bars[PCIFRONT_BARS];
    enum pcifront_power power;
    uint32_t pirqs[PCIFRONT_MSIX_MAX];
    uint16_t offset;
    const struct pcifront_addr a = AT(0, 0);

    (void)pcifront_devices(fw.pf, list, 4);
    ck_assert_int_le(pcifront_config_read(fw.pf, a, 0, 4, pirqs), 0);
    ck_assert_int_le(pcifront_config_write(fw.pf, a, 4, 2, 2), 0);
    ck_assert_int_le(pcifront_cap_find(fw.pf, a, 5, &offset), 0);
    ck_assert_int_le(pcifront_ext_cap_find(fw.pf, a, 1, &offset), 0);
    ck_assert_int_le(pcifront_command(fw.pf, a, 6, 1), 0);
    ck_assert_int_le(pcifront_power_set(fw.pf, a, PCIFRONT_D3HOT), 0);
    ck_assert_int_le(pcifront_power_get(fw.pf, a, &power), 0);
    ck_assert_int_le(pcifront_bars(fw.pf, a, bars), 0);
    ck_assert_int_le(pcifront_msix_size(fw.pf, a), 2048);
    ck_assert_int_le(pcifront_msi_size(fw.pf, a), 32);
    ck_assert_int_le(pcifront_msix_enable(fw.pf, a, NULL, 1, 128, pirqs), 128);
    ck_assert_int_le(pcifront_msi_enable(fw.pf, a, 1, 32, pirqs), 32);
    ck_assert_int_le(pcifront_irq_disable(fw.pf, a), 0);
    ck_assert_int_le(pcifront_intx(fw.pf, a, pirqs), 0);
    ck_assert_int_le(pcifront_wait(fw.pf, 10), 0);
    ck_assert_int_le(pcifront_step(fw.pf), 0);
}

static void random_answer(struct fake_backend *be, struct pci_op *op)
{
    static const enum fake_answer answers[] = {
        FAKE_ANSWER_PROMPT,   FAKE_ANSWER_NORMAL, FAKE_ANSWER_NORMAL,
        FAKE_ANSWER_NORMAL,   FAKE_ANSWER_FLAG,   FAKE_ANSWER_NEVER,
        FAKE_ANSWER_SCRIBBLE, FAKE_ANSWER_SILENT,
    };

    be->answer = answers[front_case_pick(8)];
    if (front_case_pick(4) == 0)
        op->err = (int32_t)front_case_pick(12) - 8;
    if (front_case_pick(3) == 0)
        op->value = front_case_pick(UINT32_MAX);
    if (front_case_pick(8) == 0)
        op->info = front_case_pick(40);
    for (unsigned int i = 0; i < 4; i++)
        op->msix[front_case_pick(128)].vector = (uint16_t)front_case_pick(110);
}

static void scribble(struct fake_backend *be)
{
    uint8_t *bytes = (uint8_t *)be->page;

    for (unsigned int i = 0; bytes && i < 8; i++)
        bytes[front_case_pick(4) == 0 ? front_case_pick(4)
                                      : front_case_pick(600)] =
            (uint8_t)front_case_pick(256);
    be->k->event = front_case_pick(2) == 0;
}

static void random_node(struct fake_backend *be)
{
    static const char *const leaves[] = {
        "state",  "root_num", "root-0",  "root-1",  "num_devs",
        "vdev-0", "vdev-1",   "state-0", "state-1", "dev-0",
    };
    static const char *const values[] = {
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "",
        "4294967295",
        "1000000",
        "0000:00",
        "0000:00:00.00",
        "0000:00:01.00",
        "ffff:ff:1f.7",
        "0000:00:1f.07",
        "x",
        "99999999999999999999999999",
        "0001:07",
    };

    fake_backend_set(be, leaves[front_case_pick(10)],
                     front_case_pick(9) == 0 ? NULL
                                             : values[front_case_pick(20)]);
}

/* A decent backend half of the time, so that something is reached at all. */
static void misbehave(struct fake_backend *be)
{
    be->deaf_to_store = front_case_pick(2) == 0;
    if (front_case_pick(3) == 0)
        random_node(be);
    if (front_case_pick(6) == 0)
        scribble(be);
    if (front_case_pick(30) == 0) {
        be->twist = front_case_pick(2) ? random_answer : NULL;
        be->answer = FAKE_ANSWER_NORMAL;
    }
    if (front_case_pick(20) == 0)
        fake_backend_disconnect(be);
}

/* Whatever comes: so many calls of hooks at most for one call of ours. */
#define WORK 60000u

START_TEST(random_walks)
{
    unsigned int before;

    front_case_seed((uint64_t)_i);
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    (void)fake_backend_add(fw.be, "e1000e", DEVFN(1, 0));
    fw.k->budget = 0;
    fw.options.timeout_ms = 50;
    if (_i % 2)
        ck_assert_int_le(front_world_connect(&fw), 0);
    else
        assert_err(front_world_create(&fw), 0);
    fw.be->mischief = misbehave;
    for (unsigned int i = 0; i < 30; i++) {
        before = fw.k->calls;
        if (front_case_pick(4) == 0)
            front_case_use();
        (void)pcifront_wait(fw.pf, 100);
        ck_assert_int_le(pcifront_step(fw.pf), 0);
        if (front_case_pick(12) == 0)
            ck_assert_int_le(pcifront_close(fw.pf, 100), 0);
        if (front_case_pick(6) == 0)
            ck_assert_int_le(pcifront_restart(fw.pf), 0);
        if (front_case_pick(6) == 0)
            ck_assert_int_le(pcifront_connect(fw.pf, 100), 0);
        ck_assert_msg(fw.k->calls - before < WORK, "seed %d: %u calls", _i,
                      fw.k->calls - before);
    }
}
END_TEST

TCase *front_walk_tests(void)
{
    TCase *tc = tcase_create("walk");

    tcase_add_loop_test(tc, random_walks, 0, 150);
    return tc;
}
