/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest, real worker processes (tests/unit/test-worker: xenpcid-worker on
 * fake-page.c) and brokers that can be killed: back/worker-proc.h in child
 * processes, or in the test itself.
 */
#ifndef TESTS_UNIT_WORKER_WORLD_H
#define TESTS_UNIT_WORKER_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "device.h"
#include "msg.h"
#include "pciregs.h"
#include "ring.h"
#include "worker-proc.h"

#define GUEST_DOMID 5

/* Of its configuration space. */
#define GUEST_VENDOR 0x1b36
#define GUEST_DEVICE 0x0010
#define GUEST_IDS    ((uint32_t)GUEST_DEVICE << 16 | GUEST_VENDOR)

/* What it writes into the Command register: the broker is asked. */
#define GUEST_COMMAND PCI_COMMAND_MASTER

/* What the handlers of a worker saw; shared with child processes. */
struct broker_seen {
    unsigned int connected;
    struct msg_connected verdict;
    unsigned int requests;
    struct msg request; /* the last one */
    unsigned int settled;
    unsigned int gone;
    unsigned int captured;
    unsigned int lines;
    uint32_t priority; /* of the last line, */
    char line[256];
    char reason[64];
    char version[64]; /* of a worker that was adopted */
};

enum broker_habit {
    BROKER_ANSWERS,
    BROKER_IS_MUTE,
    BROKER_STOPS_HALFWAY /* after the devices, before CONNECT */
};

void worker_world_setup(void);
void worker_world_teardown(void);

/* ---- a broker in a process of its own ---- */

/* It starts a worker, or adopts one, for the guest. */
pid_t broker_start(enum broker_habit habit);
void broker_kill(pid_t pid);
extern struct broker_seen *broker_seen;

/* ---- the test as a broker; needs loop_init() ---- */

extern const struct worker_handlers test_handlers;
extern struct worker_proc *test_worker; /* NULL when it has gone */
extern struct broker_seen test_seen;
extern bool test_is_mute;

/* Adopt, or start, the guest's worker, and connect it. */
bool test_adopts(void);
void test_starts(void);
void test_answers(void); /* the last request, late */
void test_ends_worker(void);

/* Conditions; arg is a struct broker_seen of the last. */
bool test_is_connected(void *unused);
bool test_is_settled(void *unused);
bool test_is_gone(void *unused);
bool broker_was_asked(void *arg);

/* ---- the guest ---- */

extern struct pci_page *guest_page;

void guest_posts_read(uint32_t offset);
void guest_posts_write(uint32_t offset, uint32_t value);
bool guest_has_answer(void);
/* Waits; the test's own loop runs meanwhile. The value read, or of the write. */
uint32_t guest_collects(void);
uint32_t guest_reads(uint32_t offset);

/* ---- processes ---- */

/* The guest's worker, and the spare one, from their records; 0: none. */
pid_t worker_pid(void);
pid_t spare_pid(void);
bool process_lives(pid_t pid);
/* Wait until it has ended; orphans come to the test. */
void process_ends(pid_t pid);

/* Poll cond() under a deadline, with and without the test's loop. */
void eventually(bool (*cond)(void *arg), void *arg, const char *what);
void eventually_in_loop(bool (*cond)(void *arg), void *arg, const char *what);

TCase *worker_adopt_tests(void);
TCase *worker_captured_tests(void);

#endif
