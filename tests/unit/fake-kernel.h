/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's kernel as libxenpcifront sees it: struct pcifront_os over fake
 * pages, ports and fake-store, on a clock that moves only when somebody waits.
 * It is strict: what the contract forbids, what is given back twice or not as
 * it was taken, and a call too many end the process with a sentence. A page
 * that was given back or given up is unmapped, so touching it crashes.
 */
#ifndef TESTS_UNIT_FAKE_KERNEL_H
#define TESTS_UNIT_FAKE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "pcifront-os.h"
#include "ring.h"

#define FAKE_KERNEL_BLOCKS 1024
#define FAKE_KERNEL_THINGS 160

enum fake_page_state {
    FAKE_PAGE_SHARED = 1,
    FAKE_PAGE_ENDED,
    FAKE_PAGE_GIVEN_UP, /* a backend keeps it: nobody's for ever */
};

struct fake_page {
    enum fake_page_state state;
    void *front; /* the two ends' mappings of the same memory */
    void *back;
    unsigned int mapped; /* by the backend */
    uint16_t domid;
};

struct fake_pirq {
    uint32_t pirq;
    uint32_t port;
    enum pcifront_share share;
};

struct fake_mapping {
    void *address;
    uint64_t machine;
    uint64_t bytes;
    enum pcifront_cache cache;
};

/* The other side. Both may be NULL. */
struct fake_peer {
    void (*turn)(void *arg);   /* during each wait, and at each alarm */
    void (*notify)(void *arg); /* from within the notify hook */
    void *arg;
};

struct fake_kernel {
    uint16_t domid;
    struct pcifront_os os; /* a test may take hooks away */
    struct fake_peer peer;
    struct store *store;

    uint64_t now_ns;
    uint64_t alarm_ns; /* when the other side wants a turn; 0: it does not */
    bool event;        /* the port is pending */
    bool flood;        /* ... and again at once, a millisecond apart */
    bool clock_stuck;  /* time passes, but the clock does not show it */

    unsigned int calls;    /* of hooks so far */
    unsigned int budget;   /* the most there may be; 0: any */
    unsigned int fallible; /* calls that may fail so far */
    unsigned int fail_at;  /* the one that does; 0: none */
    const char *failed;    /* its name, once it has */
    unsigned int notified;
    unsigned int waits;
    unsigned int warnings;
    char last_warning[256];
    unsigned int locked;
    unsigned int unlocks; /* how often others had a chance */
    bool in_callback;

    struct {
        void *block;
        size_t size;
    } blocks[FAKE_KERNEL_BLOCKS];
    struct fake_page pages[FAKE_KERNEL_THINGS]; /* gref is the index + 8 */
    uint32_t ports[FAKE_KERNEL_THINGS];         /* 0: none */
    uint32_t next_port;
    char watches[4][256];
    struct fake_mapping mappings[8];
    struct fake_pirq pirqs[FAKE_KERNEL_THINGS];
};

struct fake_kernel *fake_kernel_new(uint16_t domid);

/* Ends the process if anything is still held, given-up pages excepted. */
void fake_kernel_free(struct fake_kernel *k);

/*
 * The domain is destroyed: nothing is held any more, and an instance of the
 * library on this kernel is gone with its memory. What the backend has mapped
 * stays until it unmaps it, and the structure must, too.
 */
void fake_kernel_crash(struct fake_kernel *k);

/* How many mappings the backend has of this domain's pages. */
unsigned int fake_kernel_mapped(const struct fake_kernel *k);

/* What is held, as a sentence; "" if nothing. */
const char *fake_kernel_held(const struct fake_kernel *k);

/* Pages that were given up. */
unsigned int fake_kernel_given_up(const struct fake_kernel *k);

/* The library calls out: it must not hold the lock, nor be in a callback. */
void fake_kernel_callback_begins(struct fake_kernel *k);
void fake_kernel_callback_ends(struct fake_kernel *k);

/* The backend's side. A page can be mapped while it is shared with domid. */
struct pci_page *fake_kernel_map(struct fake_kernel *k, uint32_t gref);
void fake_kernel_unmap(struct fake_kernel *k, struct pci_page *page);
bool fake_kernel_port_open(const struct fake_kernel *k, uint32_t port);

/* A path as xenstored resolves it. */
const char *fake_kernel_path(const struct fake_kernel *k, const char *path,
                             char full[256]);

void fake_kernel_die(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* ---- between the fake-kernel files ---- */

/* Count a call; false: it is one that fails. name is the hook's. */
MUST_USE bool fake_kernel_may(struct fake_kernel *k, const char *name);
/* The same for calls that cannot fail. */
void fake_kernel_count(struct fake_kernel *k, const char *name);

unsigned int fake_kernel_blocks(const struct fake_kernel *k);
unsigned int fake_kernel_pages(const struct fake_kernel *k);
unsigned int fake_kernel_ports(const struct fake_kernel *k);
unsigned int fake_kernel_watches(const struct fake_kernel *k);
unsigned int fake_kernel_mappings(const struct fake_kernel *k);
void fake_kernel_drop_pages(struct fake_kernel *k);
void fake_kernel_memory_hooks(struct pcifront_os *os);
void fake_kernel_event_hooks(struct pcifront_os *os);
void fake_kernel_store_hooks(struct pcifront_os *os);

#endif
