/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resetting one device: the kernel's methods one by one until one of them leaves
 * a device that answers, is the one we know, keeps its registers and has its
 * interrupts and DMA off. All of it in a child process: while a reset runs, the
 * kernel keeps everybody who reads configuration space waiting, uninterruptibly.
 */
#ifndef BACK_RESET_H
#define BACK_RESET_H

#include <stdbool.h>
#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"
#include "sbdf.h"

/* Linux has device_specific, acpi, flr, af_flr, pm, bus, cxl_bus. */
#define RESET_METHODS 8
#define RESET_NAME    16

struct reset_order {
    unsigned int n;
    char names[RESET_METHODS][RESET_NAME];
};

/* Those of offered (space-separated, as sysfs has them) in the order of wish,
 * and no others; an empty wish means all, as offered. */
void reset_plan(const char *offered, const struct reset_order *wish,
                struct reset_order *plan);

#define RESET_TEXT 160

struct reset_outcome {
    int err;      /* 0: a clean device */
    bool present; /* it answers and is the one we know, whatever else failed */
    bool had_method;
    char method[RESET_NAME]; /* what worked, or was tried last; "" for none */
    char text[RESET_TEXT];   /* each failure, in words; "" without one */
};

typedef void reset_done_fn(void *arg, const struct reset_outcome *outcome);

struct reset_request {
    struct sbdf sbdf;
    int config_fd;                  /* read-write; may be closed afterwards */
    const struct cfgspace *cs;      /* what to restore and compare; likewise */
    const struct reset_order *wish; /* only looked at now */
    bool report_errors;             /* turn this on as well */
    reset_done_fn *done;
    void *arg;
};

/*
 * Without any method it restores and verifies all the same. done is called once,
 * from the loop, even if it cannot begin. err -ETIMEDOUT: the kernel is at it
 * still, and nobody may touch the device until job_is_running() says no.
 */
void reset_start(const struct reset_request *request);

#endif
