/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front: the kernel's n-th call fails, for every n there is, in a life that
 * does everything once. Each time an error or a success, an end in order, and
 * nothing left over.
 */

#include "fake-store.h"
#include "front-case.h"

static unsigned int errors;

static bool ok(int result)
{
    ck_assert_msg(result >= PCIFRONT_ERR_OS, "the result is %d", result);
    errors += result < 0;
    return result >= 0;
}

static void use(struct pcifront *pf)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    uint32_t pirqs[4], port, value;
    void *address;
    int n;

    (void)ok(pcifront_config_read(pf, AT(0, 0), 0, 4, &value));
    (void)ok(pcifront_command(pf, AT(0, 0), PCIFRONT_MASTER, 0));
    if (ok(pcifront_bars(pf, AT(0, 0), bars)) &&
        ok(pcifront_bar_map(pf, &bars[0], 8, 8, PCIFRONT_UNCACHED, &address)))
        pcifront_bar_unmap(pf, &bars[0], 8, 8, address);
    n = pcifront_msix_enable(pf, AT(0, 0), NULL, 1, 4, pirqs);
    if (ok(n) &&
        ok(pcifront_pirq_bind(pf, pirqs[n - 1], PCIFRONT_EXCLUSIVE, &port)))
        pcifront_pirq_unbind(pf, pirqs[n - 1], port);
    (void)ok(pcifront_power_set(pf, AT(0, 0), PCIFRONT_D3HOT));
}

static void live(struct front_world *w)
{
    (void)fake_backend_add(w->be, "nvme", DEVFN(0, 0));
    if (!ok(front_world_create(w)))
        return;
    (void)ok(pcifront_connect(w->pf, 1000));
    use(w->pf);
    if (w->be->state == XB_CONNECTED) {
        (void)fake_backend_plug(w->be, "edu", DEVFN(1, 0));
        (void)ok(front_world_settle(w));
    }
    if (w->be->state == XB_CONNECTED) {
        fake_backend_unplug(w->be, DEVFN(0, 0));
        (void)ok(front_world_settle(w));
    }
    if (w->be->page) {
        const struct pci_aer_op aer = { .cmd = PCI_OP_AER_DETECTED,
                                        .err = 1,
                                        .devfn = DEVFN(1, 0) };

        fake_backend_aer(w->be, &aer);
        (void)ok(pcifront_step(w->pf));
    }
    fake_backend_restart(w->be);
    (void)ok(front_world_settle(w));
    (void)ok(pcifront_close(w->pf, 100));
    if (ok(pcifront_restart(w->pf)))
        (void)ok(pcifront_connect(w->pf, 1000));
}

/* One life; true: the failure was met. */
static bool life_with_failure(unsigned int n, enum fake_answer answer)
{
    struct front_world w;
    bool met;

    fake_store_reset();
    front_world_begin(&w, FRONT_OTHER);
    w.options.timeout_ms = 20;
    w.be->answer = answer;
    w.k->fail_at = n;
    errors = 0;
    live(&w);
    met = w.k->failed != NULL;
    ck_assert_msg(met || n == 0 || errors == 0,
                  "%u errors though nothing failed", errors);
    front_world_end(&w);
    return met;
}

START_TEST(every_call_fails_once)
{
    unsigned int n = 1;

    while (life_with_failure(n, FAKE_ANSWER_PROMPT))
        n++;
    ck_assert_uint_ge(n, 50);
}
END_TEST

/* Where each answer has to be waited for there are more calls: a sample. */
START_TEST(some_call_fails_once)
{
    unsigned int n = 1;

    while (life_with_failure(n, FAKE_ANSWER_NORMAL))
        n += n < 20 ? 1 : 23;
    ck_assert_uint_ge(n, 500);
}
END_TEST

/* After a failure the pair can be had again. */
START_TEST(a_failed_connection_is_tried_again)
{
    bool met = true;

    for (unsigned int n = 1; met; n++) {
        struct front_world w;
        int err;

        fake_store_reset();
        front_world_begin(&w, FRONT_OTHER);
        w.be->answer = FAKE_ANSWER_PROMPT;
        (void)fake_backend_add(w.be, "nvme", DEVFN(0, 0));
        ck_assert_int_eq(front_world_create(&w), 0);
        w.k->fail_at = w.k->fallible + n;
        err = pcifront_connect(w.pf, 1000);
        met = w.k->failed != NULL;
        ck_assert(met || err == 0);
        if (err != 0) {
            (void)pcifront_close(w.pf, 1000);
            err = pcifront_restart(w.pf);
            if (err == 0)
                err = pcifront_connect(w.pf, 1000);
        }
        ck_assert_msg(err == 0, "after %s (%u) failed: %s",
                      w.k->failed ? w.k->failed : "nothing", n,
                      pcifront_strerror(err));
        ck_assert_uint_eq(pcifront_devices(w.pf, NULL, 0), 1);
        front_world_end(&w);
    }
}
END_TEST

static int no_page(void *ctx UNUSED, uint16_t domid UNUSED, void **page UNUSED,
                   uint32_t *gref UNUSED)
{
    return PCIFRONT_ERR_NOMEM;
}

/* A failure is not tried again and again: the backend has to move first. */
START_TEST(a_failure_is_the_end_until_the_backend_moves)
{
    int (*share_page)(void *, uint16_t, void **, uint32_t *) =
        fw.k->os.share_page;

    fw.k->os.share_page = no_page;
    fw.be->deaf_to_store = true;
    fake_backend_set_state(fw.be, XB_INITWAIT);
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_NOMEM);
    fw.k->os.share_page = share_page;
    for (unsigned int i = 0; i < 5; i++) {
        assert_err(pcifront_step(fw.pf), 0);
        ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    }
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_settle(&fw), 0);
    fw.be->deaf_to_store = false;
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
}
END_TEST

TCase *front_fault_tests(void)
{
    TCase *tc = tcase_create("fault");

    tcase_add_test(tc, every_call_fails_once);
    tcase_add_test(tc, some_call_fails_once);
    tcase_add_test(tc, a_failed_connection_is_tried_again);
    tcase_add_test(tc, a_failure_is_the_end_until_the_backend_moves);
    return tc;
}
