/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workers without processes, behind the interface of back/worker-proc.h: link
 * fake-worker-proc.o instead of worker-proc.o. As real ones they answer from
 * the loop, never from inside a call.
 */
#ifndef TESTS_UNIT_FAKE_WORKER_PROC_H
#define TESTS_UNIT_FAKE_WORKER_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"
#include "sbdf.h"

#define FAKE_WORKER_DEVICES 40

struct fake_worker {
    uint16_t domid;
    bool connected;
    bool retired;
    const char *version;        /* NULL: it was not adopted */
    struct msg_connect connect; /* what it was told */
    struct msg_aer aer;         /* the last request to the front, */
    uint32_t aer_serial;
    unsigned int aers; /* how many there were */
    bool aer_waiting;  /* neither answered nor cancelled */
    uint32_t rest_ms;  /* for how long it is not read */
    unsigned int ndevices;
    struct {
        uint32_t handle;
        uint32_t fresh; /* enum cfg_start */
        struct sbdf real;
        struct sbdf virt;
    } devices[FAKE_WORKER_DEVICES];
};

/* Forget counters and settings; all workers must have ended. */
void fake_workers_reset(void);

/* What workers say to CONNECT from now on. */
void fake_workers_answer(int32_t err, uint32_t step);
/* They say nothing. */
void fake_workers_hang(void);
/* They end instead. */
void fake_workers_die(void);
/* No worker can be started. */
void fake_workers_fail(int err);

/* An earlier broker has left a worker of that version (kept) for the domain. */
void fake_workers_left(uint16_t domid, const char *version);
/* Such workers that were ended without being adopted. */
unsigned int fake_workers_discarded(void);

/* The domain's worker, or NULL. */
const struct fake_worker *fake_worker(uint16_t domid);

/* Workers started since the reset, and those that have not ended. */
unsigned int fake_workers_spawned(void);
unsigned int fake_workers_alive(void);

/* The worker's process ends by itself. */
void fake_worker_die(uint16_t domid);
/* It does what no worker does. */
void fake_worker_capture(uint16_t domid);

/* It says that no request is left. */
void fake_worker_settle(uint16_t domid);

/* A line for the log. */
void fake_worker_says(uint16_t domid, const char *text);

/* The front's answer to the last request, or why there is none. */
void fake_worker_aer(uint16_t domid, uint32_t status, int32_t result);
/* An answer with any serial. */
void fake_worker_aer_stray(uint16_t domid, uint32_t serial, int32_t result);

/* It asks the broker, and waits for the answer. */
struct msg_answer fake_worker_ask(uint16_t domid, const struct msg *request);
/* The same in two steps. */
void fake_worker_send(uint16_t domid, const struct msg *request);
MUST_USE bool fake_worker_answered(uint16_t domid, uint32_t serial,
                                   struct msg_answer *answer);

#endif
