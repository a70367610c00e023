/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What lies below front/domu's store: a ring with a xenstored behind it that
 * does as a test tells, ports that are the moment to let it work, and a clock
 * that moves only while somebody sleeps.
 */
#ifndef TESTS_DOMU_WORLD_H
#define TESTS_DOMU_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

/* Answers a whole request, with world_reply(), or does not. */
typedef void world_serve(const struct xsd_sockmsg *head, const char *body);

struct domu_world {
    struct xenstore_domain_interface ring;
    uint64_t now;
    size_t chunk; /* bytes that move at a time; 0: xenstored does nothing */
    bool at_once; /* it has the processor as soon as an event is sent */
    world_serve *serve;
    unsigned int requests;
    unsigned int sleeps;
    char console[1024]; /* what was printed */
};
extern struct domu_world domu_world;

/* A fresh world and a store in it. */
void domu_world_init(world_serve *serve);

void world_reply(uint32_t type, uint32_t request, uint32_t transaction,
                 const char *text, size_t length);
/* The common answer: same type, same numbers. */
void world_answer(const struct xsd_sockmsg *head, const char *text);

#endif
