/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two guests with the front library on fake kernels, and the broker on a fake
 * Xen; between them the real page and the real nodes.
 */
#ifndef TESTS_UNIT_PAIR_WORLD_H
#define TESTS_UNIT_PAIR_WORLD_H

#include <check.h>

#include "front-world.h"
#include "link-world.h"

/* Domains BACK_DOMID and OTHER_DOMID. */
extern struct front_world five, six;

void pair_setup(void);
/* The toolstack clears up first, as after a guest's death. */
void pair_teardown(void);

#define assert_ok(call)                                                 \
    do {                                                                \
        const int got_ = (call);                                        \
        ck_assert_msg(got_ == 0, #call ": %s, the backend: \"%s\"",     \
                      pcifront_strerror(got_), back_error(BACK_DOMID)); \
    } while (0)

/* List the device and connect: the client is told of it at slot 0. */
void connect_pair(struct front_world *w, struct sbdf dev);

/* A configuration read that must succeed. */
uint32_t read_config(struct front_world *w, struct pcifront_addr addr,
                     uint16_t offset, uint8_t size);

/* Step until the client was told this. */
void expect_told(struct front_world *w, const char *text);
/* Step until both ends are at 4. */
void expect_settled(struct front_world *w);

#endif
