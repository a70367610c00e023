/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions that stand in place of those the product calls. Its objects are
 * linked once with --wrap=NAME for each CALL and ALIAS of calls.def, so that
 * they, and nobody else, call __wrap_NAME.
 */
#ifndef TESTS_FAULTS_LIBS_H
#define TESTS_FAULTS_LIBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

/* Connections that are open now are the test's, not the broker's. */
void libs_store_keep(void);
/* The others end, with their watches and transactions. */
void libs_store_drop(void);

/* Called after a write that worked; its errno is the writer's. NULL: nobody is. */
extern int (*libs_on_write)(int fd, const char *text, size_t len);

/* Handles and buffers of libxenctrl and libxencall that are open. */
unsigned int libs_xen_open(void);

/* The page and the port of a guest's front, for all processes. */
struct pci_page *libs_front_page(uint16_t domid);
void libs_front_notify(uint16_t domid);
#define LIBS_GREF 8
#define LIBS_PORT 9
/* Once, before anything else. */
void libs_front_init(void);

#endif
