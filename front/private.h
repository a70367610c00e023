/* SPDX-License-Identifier: MIT */
/*
 * What the files of the library know of each other. Functions expect the lock
 * to be held, unless they say otherwise, and pf->op belongs to whoever holds it.
 */
#ifndef FRONT_PRIVATE_H
#define FRONT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "pcifront.h"
#include "ring.h"
#include "xbstate.h"

#define FRONT_DIRECTORY_MAX 128u /* with the NUL; Xen's own take 40 */
#define FRONT_TEXT_MAX      192u
#define FRONT_DEVFNS        256u
#define FRONT_NS_PER_MS     1000000u

enum front_irq_mode {
    FRONT_IRQ_NONE,
    FRONT_IRQ_MSI,
    FRONT_IRQ_MSIX,
};

struct front_device {
    struct front_device *next; /* in address order */
    struct pcifront_device info;
    enum front_irq_mode irq;
    bool told; /* the client knows it */
    bool seen; /* by the scan that goes on */
};

struct pcifront {
    const struct pcifront_os *os;
    void *ctx;
    const struct pcifront_client *client;
    void *arg;
    uint32_t timeout_ms;

    /* The pair's directories; back is empty until it was found. */
    char front[FRONT_DIRECTORY_MAX];
    char back[FRONT_DIRECTORY_MAX];
    uint16_t back_domid;
    bool watches_front;
    bool watches_back;

    /* Where we are, and what the store says of us and of the backend. */
    enum xb_state self;
    enum xb_state written;
    enum xb_event peer;
    enum xb_event peer_at_entry; /* XB_EV_COUNT: nobody had looked */
    bool peer_moved;             /* since we entered self */
    bool closed;                 /* by pcifront_close(): stay so */

    enum xb_action acting; /* what is being done, if it calls the client */
    bool stepping;         /* a call that may change devices or states is on */
    bool restless;         /* an event may have been taken for another one */

    struct pci_page *page; /* NULL: none is shared */
    uint32_t gref;
    uint32_t port;   /* 0: none */
    bool online;     /* the backend serves the page */
    bool unanswered; /* the last operation was taken, but nothing written */
    bool stalled;    /* an operation was given up, its flag is still set */
    bool lingering;  /* closed, but the backend has not let go of the page */

    struct front_device *devices;
    size_t ndevices;
    struct pci_op op; /* too much for a kernel's stack */

    uint64_t warned_ns; /* when the present allowance of warnings began */
    uint32_t warned;
};

/* ---- text.c: short texts without a C library; what is too long is cut ---- */

struct front_text {
    size_t length;
    char text[FRONT_TEXT_MAX];
};

void front_text_begin(struct front_text *t, const char *words);
void front_text_add(struct front_text *t, const char *words);
void front_text_number(struct front_text *t, uint32_t number);
void front_text_hex(struct front_text *t, uint32_t number, unsigned int digits);
void front_text_addr(struct front_text *t, struct pcifront_addr addr);

/* Warnings are rationed: a backend can provoke as many as it likes. */
void front_log(struct pcifront *pf, enum pcifront_level level,
               const struct front_text *t);
void front_warn(struct pcifront *pf, const char *words);

/* ---- parse.c: the backend's texts; pure ---- */

struct front_root {
    uint16_t segment;
    uint8_t bus;
};

/* Digits only; more than 32 bits can hold is UINT32_MAX. */
MUST_USE bool front_parse_number(const char *text, uint32_t *number);
MUST_USE bool front_parse_root(const char *text, struct front_root *root);
MUST_USE bool front_parse_addr(const char *text, struct pcifront_addr *addr);
/* Visible ASCII, no slash at the end, room for it in FRONT_DIRECTORY_MAX. */
bool front_directory_ok(const char *path);

/* ---- nodes.c: xenstore ---- */

/* "%u" in leaf, if any, becomes index. */
void front_node_path(struct front_text *t, const char *directory,
                     const char *leaf, unsigned int index);
MUST_USE int front_node_read(struct pcifront *pf, const char *directory,
                             const char *leaf, unsigned int index, char *value,
                             size_t size);
MUST_USE int front_node_number(struct pcifront *pf, const char *directory,
                               const char *leaf, uint32_t *number);
/* Find the backend and watch it; PCIFRONT_ERR_NOENT: nothing is there. */
MUST_USE int front_locate(struct pcifront *pf);
void front_forget_watches(struct pcifront *pf);
/* Set *written by the toolstack: our node says 1 and we did not write that. */
MUST_USE int front_look_self(struct pcifront *pf, bool *restarted);
/* Set pf->peer. */
MUST_USE int front_look_peer(struct pcifront *pf);
MUST_USE int front_write_state(struct pcifront *pf);
/* The nodes the backend needs, and state 3, at once. */
MUST_USE int front_write_page(struct pcifront *pf);
/* At most PCIFRONT_ROOTS_MAX, each once; how many, or an error. */
MUST_USE int front_roots(struct pcifront *pf, struct front_root *roots);

/* ---- request.c: one operation over the page ---- */

/* Time that passes, whatever the clock does. */
struct front_span {
    uint64_t last_ns;
    uint64_t left_ns;
    uint64_t nap_ns; /* the longest sleep; 0: all that is left */
    uint32_t standstills;
};

void front_span_begin(struct pcifront *pf, struct front_span *span,
                      uint64_t ns);
/* Sleep in the wait hook; PCIFRONT_ERR_TIMEOUT once the span is over. */
MUST_USE int front_span_wait(struct pcifront *pf, struct front_span *span,
                             uint32_t port);
/* Do nothing for so long. */
MUST_USE int front_delay(struct pcifront *pf, uint32_t ms);

/* Clear pf->op for a new operation; the caller adds what it has. */
struct pci_op *front_op(struct pcifront *pf, enum pci_wire_cmd cmd,
                        struct pcifront_addr addr);
/* Post pf->op and wait; 0: pf->op is the answer, whatever it says. */
MUST_USE int front_request(struct pcifront *pf, uint32_t timeout_ms);
/* The same; the answer's err is an error of ours. */
MUST_USE int front_call(struct pcifront *pf);
int front_wire_err(int32_t err);

/* ---- config.c, cap.c ---- */

MUST_USE int front_read(struct pcifront *pf, struct pcifront_addr addr,
                        uint32_t offset, uint8_t size, uint32_t *value);
MUST_USE int front_write(struct pcifront *pf, struct pcifront_addr addr,
                         uint32_t offset, uint8_t size, uint32_t value);
MUST_USE int front_command(struct pcifront *pf, struct pcifront_addr addr,
                           uint16_t set, uint16_t clear);
MUST_USE int front_cap(struct pcifront *pf, struct pcifront_addr addr,
                       uint8_t id, uint16_t *offset);

/* ---- irq.c: what is on, and off again ---- */

/* The device, if it is one and the pair is connected; else an error. */
MUST_USE int front_irq_device(struct pcifront *pf, struct pcifront_addr addr,
                              struct front_device **d);
int front_irq_off(struct pcifront *pf, struct front_device *d);
/* A pirq that a guest can have. */
bool front_pirq_ok(uint32_t pirq);

/* ---- devices.c ---- */

struct front_device *front_device_find(struct pcifront *pf,
                                       struct pcifront_addr addr);
MUST_USE int front_scan(struct pcifront *pf);
/* These call the client, with the lock given up meanwhile. */
void front_devices_announce(struct pcifront *pf);
void front_devices_drop_unseen(struct pcifront *pf);
void front_devices_drop_all(struct pcifront *pf, enum pcifront_removal how);
void front_device_drop(struct pcifront *pf, struct front_device *d,
                       enum pcifront_removal how);

/* ---- actions.c, aer.c ---- */

int front_act(struct pcifront *pf, enum xb_action action);
/* Does its state say that it has no page of ours any more? */
bool front_has_let_go(const struct pcifront *pf);
/* Give the page back, whether the backend keeps it or not. */
void front_page_end(struct pcifront *pf);
void front_aer(struct pcifront *pf);

/* ---- core.c, step.c ---- */

void front_lock(struct pcifront *pf);
void front_unlock(struct pcifront *pf);
/* Around what changes devices or states; takes the lock, false: somebody is. */
MUST_USE bool front_enter(struct pcifront *pf);
void front_leave(struct pcifront *pf);
/* The event's action, then its next state; what failed of them. */
int front_raise(struct pcifront *pf, enum xb_event event);

#endif
