/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything at random, and rules that must hold all the same: guests with the
 * real front library on fake kernels, the real broker on a fake Xen, a fake
 * store and a fake /sys. The broker dies between two operations or in the
 * middle of one, as after kill -9: its variables are as when a program starts,
 * its descriptors are closed, and what it did to the world stays.
 *
 * soak-main.c     arguments, the sequence of operations, the verdict
 * soak-broker.c   the broker's life and death
 * soak-machine.c  devices and domains, and the toolstack's part
 * soak-guest.c    the guests' part
 * soak-ops.c      what may happen; soak-choice.c to whom, and soak-domains.c,
 *                 soak-plug.c and soak-traffic.c how
 * soak-rules.c    what must hold
 */
#ifndef TESTS_SOAK_H
#define TESTS_SOAK_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "front-world.h"
#include "sbdf.h"

#define SOAK_GUESTS    24u
#define SOAK_DEVICES   32u
#define SOAK_SLOTS     32u /* of a guest's virtual bus */
#define SOAK_TEXT      256u
#define SOAK_REGISTERS 256u /* bytes that are compared */

/* A register by which a guest can tell its own device from any other. */
#define SOAK_SUBSYSTEM 0x2eu

struct soak_guest {
    uint16_t domid; /* 0: no such guest */
    uint8_t uuid[16];
    struct front_world w; /* w.k: its kernel, w.pf: its front, if started */
    bool dying;
    bool forced; /* a device was taken from it by force */
    bool rogue;  /* no front, but somebody who writes what he likes */
    /* Vectors of MSI-X that it has turned on, by device number. */
    unsigned int vectors[SOAK_SLOTS];
};

struct soak_device {
    struct sbdf sbdf;
    uint32_t bar;
    unsigned int line;                /* of its interrupt, shared with others */
    uint8_t pristine[SOAK_REGISTERS]; /* its registers, before any guest */
    bool stolen;                      /* listed by two guests, once */
    uint16_t leaving; /* the domain it was asked back from; 0: none */
};

extern struct soak_guest soak_guests[SOAK_GUESTS];
extern struct soak_device soak_devices[SOAK_DEVICES];
extern struct store *soak_tool; /* the toolstack's connection */

/* ---- soak-main.c ---- */

/* A number below n, from the seed. */
uint32_t soak_random(uint32_t n);

/* A rule is broken: say so, with the seed and what happened last; exit. */
void soak_fail(const char *fmt, ...) __attribute__((noreturn)) PRINTF(1, 2);

/* What the running operation is about, for the history. */
void soak_note(const char *fmt, ...) PRINTF(1, 2);

/* ---- soak-broker.c ---- */

/* Before anything of the broker has run. */
void soak_broker_prepare(void);
void soak_broker_start(void);
/* Killed; the world goes on without it. */
void soak_broker_kill(void);
bool soak_broker_runs(void);
/* At its n-th change of anything from now on it is killed, and started again
 * at once. */
void soak_broker_doom(uint32_t n);
unsigned int soak_broker_births(void);
/* How often it was killed in the middle of something. */
unsigned int soak_broker_deaths(void);

/* ---- soak-machine.c ---- */

void soak_machine_setup(void);
struct soak_device *soak_device_of(struct sbdf sbdf);
struct soak_guest *soak_guest_of(uint16_t domid);
/* A guest with a directory that lists this device, or NULL. */
struct soak_guest *soak_lister(struct sbdf sbdf);

/* As xenpci attach begins: 0 or a negative errno, then nothing was changed. */
int soak_attach(const struct soak_guest *g, struct soak_device *dev);
/* What a toolstack does while it waits: finish removals, roll failures back. */
void soak_tend(void);

/* The nodes of a new domain. */
void soak_domain_nodes(const struct soak_guest *g, bool there);

/* ---- soak-guest.c ---- */

/* A domain that has its kernel, but has not started its front. */
void soak_guest_create(struct soak_guest *g, uint16_t domid,
                       const uint8_t uuid[16]);
/* Load the front; connect if there is a backend. */
void soak_guest_boot(struct soak_guest *g);
/* Xen destroys it; it is gone once the backend has let go of its pages. */
void soak_guest_destroy(struct soak_guest *g);
/* Let all guests see what there is to see; bury the dead. */
void soak_guests_pump(void);
/* Is the front connected, with devices? */
bool soak_guest_works(const struct soak_guest *g);
/* The device that the guest has there. */
struct soak_device *soak_guest_device(const struct soak_guest *g,
                                      struct pcifront_addr addr);

/* ---- soak-ops.c ---- */

/* One operation, taken at random. Returns its name. */
const char *soak_operation(void);
/* From now on nothing happens to the broker. */
void soak_spare_broker(void);
/* "attach 12, detach 3, ...": malloc'd. */
char *soak_operations_done(void);

/* ---- soak-rules.c ---- */

/* What must hold at any moment. */
void soak_rules_always(void);
/* Let everything come to rest and see that all is in order. */
void soak_rules_at_rest(void);
unsigned int soak_rules_looks(void);

#endif
