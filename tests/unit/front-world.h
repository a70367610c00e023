/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An instance of libxenpcifront between a fake kernel and a fake backend, and a
 * client that writes down what it is told. Several may exist at a time.
 */
#ifndef TESTS_UNIT_FRONT_WORLD_H
#define TESTS_UNIT_FRONT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "fake-backend.h"
#include "fake-kernel.h"
#include "pcifront.h"

#define FRONT_DOMID 5u
#define FRONT_OTHER 6u

/* Device and function on the only bus. */
#define DEVFN(device, function) ((uint8_t)((device) << 3 | (function)))
#define AT(device, function) \
    ((struct pcifront_addr){ .devfn = DEVFN(device, function) })

struct front_world {
    struct fake_kernel *k;
    struct fake_backend *be;
    struct pcifront *pf;
    struct pcifront_client client;
    struct pcifront_options options;
    /*
     * What the client was told: "+02.1" a device came, "-02.1u" or "-02.1g" it
     * was unplugged or is gone, "!02.1:0,2" error step 0, channel 2.
     */
    char told[1024];
    enum pcifront_aer_result aer_answer;
    /* Called last in each callback, with its device. */
    void (*inside)(struct front_world *w, struct pcifront_addr addr);
};

/* Directories, a kernel, a backend without devices; no instance yet. */
void front_world_begin(struct front_world *w, uint16_t domid);
/* The same without a backend, and without directories: w->be is NULL. */
void front_world_begin_alone(struct front_world *w, uint16_t domid);
/* The instance, with w->options. The result of pcifront_create(). */
int front_world_create(struct front_world *w);
/* Destroys what there is; ends the process if anything is left over. */
void front_world_end(struct front_world *w);

/* Create if need be, and connect; the result of pcifront_connect(). */
int front_world_connect(struct front_world *w);

/* Wait and step until nothing changes any more; the last step's result. */
int front_world_settle(struct front_world *w);

/* The whole told text; the buffer is cleared for the next time. */
const char *front_world_told(struct front_world *w);

#endif
