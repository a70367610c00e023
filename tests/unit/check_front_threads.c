/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front: two threads with one instance. The lock is a real one here, and the
 * fakes need no other: hooks are called with it held.
 */
#include <pthread.h>

#include "front-case.h"

#define READS  3000u
#define ROUNDS 30u

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void (*fake_lock)(void *ctx);
static void (*fake_unlock)(void *ctx);

static void real_lock(void *ctx)
{
    (void)pthread_mutex_lock(&mutex);
    fake_lock(ctx);
}

static void real_unlock(void *ctx)
{
    fake_unlock(ctx);
    (void)pthread_mutex_unlock(&mutex);
}

static void *reader(void *arg)
{
    unsigned int *wrong = arg;

    for (unsigned int i = 0; i < READS; i++) {
        uint32_t value = 0;
        int err = pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value);

        if (err != 0 || value != 0x00101b36)
            ++*wrong;
    }
    return NULL;
}

/* The backend's moves are made with the lock held, too. */
static void plug(unsigned int i)
{
    (void)pthread_mutex_lock(&mutex);
    if (i % 2 == 0) {
        if (fw.be->nfunctions > 1)
            fw.be->functions[fw.be->nfunctions - 1]->addr.bus = 0xff;
        (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    } else {
        fake_backend_unplug(fw.be, DEVFN(1, 0));
    }
    (void)pthread_mutex_unlock(&mutex);
}

START_TEST(reading_while_devices_come_and_go)
{
    unsigned int wrong = 0;
    pthread_t thread;

    fake_lock = fw.k->os.lock;
    fake_unlock = fw.k->os.unlock;
    fw.k->os.lock = real_lock;
    fw.k->os.unlock = real_unlock;
    fw.options.client = NULL; /* it checks that nobody has the lock */
    fw.k->budget = 0;
    front_case_connect("nvme");
    ck_assert_int_eq(pthread_create(&thread, NULL, reader, &wrong), 0);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        plug(i);
        for (unsigned int j = 0; j < 6; j++) {
            assert_err(pcifront_wait(fw.pf, 1), 0);
            assert_err(pcifront_step(fw.pf), 0);
        }
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_uint_eq(wrong, 0);
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_uint_eq(front_case_count(), 1);
    ck_assert_str_eq(fw.k->last_warning, "");
}
END_TEST

TCase *front_threads_tests(void)
{
    TCase *tc = tcase_create("threads");

    tcase_add_test(tc, reading_while_devices_come_and_go);
    return tc;
}
