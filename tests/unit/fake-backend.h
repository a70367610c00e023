/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A backend for one fake kernel, with functions made from recorded registers:
 * does what the stock one does (its states, its root and vdev nodes, its
 * answers), and on request what no decent one would. It acts from within the
 * kernel's wait, so nothing happens between two waits.
 */
#ifndef TESTS_UNIT_FAKE_BACKEND_H
#define TESTS_UNIT_FAKE_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "fake-hw.h"
#include "fake-kernel.h"
#include "pcifront.h"
#include "ring.h"
#include "xbstate.h"

#define FAKE_TRACE     512
#define FAKE_FUNCTIONS 320

enum fake_irq_mode {
    FAKE_IRQ_NONE,
    FAKE_IRQ_MSI,
    FAKE_IRQ_MSIX,
};

struct fake_function {
    struct pcifront_addr addr;
    bool present; /* answers */
    bool listed;  /* has a place in the directory */
    unsigned int index;
    struct fake_hw hw;
    uint8_t writable[CFG_SIZE_MAX];
    enum fake_irq_mode irq;
    unsigned int nvectors;
};

struct fake_backend;

/* How an answer is given. */
enum fake_answer {
    FAKE_ANSWER_PROMPT,   /* from within notify */
    FAKE_ANSWER_NORMAL,   /* in the next turn */
    FAKE_ANSWER_LATE,     /* after delay_ns */
    FAKE_ANSWER_NEVER,    /* until fake_backend_answer() */
    FAKE_ANSWER_FLAG,     /* the flag is cleared, nothing is written */
    FAKE_ANSWER_SCRIBBLE, /* garbage all over the page, then the flag */
    FAKE_ANSWER_SILENT,   /* properly, but without an event */
};

struct fake_backend {
    struct fake_kernel *k;
    char directory[64];
    enum xb_state state;
    bool gone;          /* does nothing at all any more */
    bool plain;         /* as NetBSD's: no vdev-N, no state-N, no root_num */
    bool deaf_to_store; /* serves the page, leaves states to the test */
    struct fake_function *functions[FAKE_FUNCTIONS];
    unsigned int nfunctions;
    uint32_t next_pirq;
    unsigned int vectors;  /* MSI-X vectors it has to give; the rest partial */
    bool knows_multi;      /* opcode 10 */
    unsigned int multi;    /* vectors opcode 10 can give at most */
    struct pci_page *page; /* while connected */
    uint32_t port;
    enum fake_answer answer;
    uint64_t delay_ns;
    uint64_t due_ns;
    bool taken; /* op is a request that has no answer yet */
    struct pci_op op;
    /* May change the answer before it is given. */
    void (*twist)(struct fake_backend *be, struct pci_op *op);
    /* Called at the end of each turn. */
    void (*mischief)(struct fake_backend *be);
    void *arg;
    unsigned int requests;
    char trace[FAKE_TRACE];  /* "cmd:err " of all but config operations */
    char states[FAKE_TRACE]; /* the front's states as they were seen */
};

/* Makes the pair's directories, as a toolstack does, and no device. */
struct fake_backend *fake_backend_new(struct fake_kernel *k);
/* The same again, and its states from the start: the toolstack is back. */
void fake_backend_publish(struct fake_backend *be);
/* It takes both directories away; the backend is gone with them. */
void fake_backend_withdraw(struct fake_backend *be);
/* Also unmaps the page. */
void fake_backend_free(struct fake_backend *be);

/* A device from tests/data, listed from the start or, later, by a plug. */
struct fake_function *fake_backend_add(struct fake_backend *be,
                                       const char *dump, uint8_t devfn);
struct fake_function *fake_backend_find(struct fake_backend *be,
                                        struct pcifront_addr addr);

/* The toolstack adds a device, or asks for one, of a connected guest. */
struct fake_function *fake_backend_plug(struct fake_backend *be,
                                        const char *dump, uint8_t devfn);
void fake_backend_unplug(struct fake_backend *be, uint8_t devfn);

/* It lets go of the page and writes 5; goes back to 2; its process ends. */
void fake_backend_close(struct fake_backend *be);
void fake_backend_restart(struct fake_backend *be);

/* Nodes of its directory. */
void fake_backend_set(struct fake_backend *be, const char *leaf,
                      const char *value);
const char *fake_backend_front(struct fake_backend *be, const char *leaf);
void fake_backend_set_state(struct fake_backend *be, enum xb_state state);

/* Answer what waits now. */
void fake_backend_answer(struct fake_backend *be);

/* An error recovery request; the front's answer, or -1 while there is none. */
void fake_backend_aer(struct fake_backend *be, const struct pci_aer_op *aer);
int fake_backend_aer_result(struct fake_backend *be);

/* ---- between the fake-backend files ---- */

void fake_backend_run(struct fake_backend *be, struct pci_op *op);
void fake_backend_serve(struct fake_backend *be);
void fake_backend_connect(struct fake_backend *be);
void fake_backend_disconnect(struct fake_backend *be);
void fake_function_load(struct fake_function *f, const char *dump);

#endif
