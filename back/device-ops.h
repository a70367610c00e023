/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done to a device goes through its queue, one after the other: each
 * operation alternates between the device's hand, which may take its time, and
 * calls of Xen. One that waits for the device longer than its deadline fails,
 * and so does what it would do next; the device's later operations fail at once
 * until its hand has come back from the kernel.
 *
 * Broker only; single-threaded; nothing here blocks.
 */
#ifndef BACK_DEVICE_OPS_H
#define BACK_DEVICE_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "irq.h"
#include "loop.h"
#include "regs.h"

/* A front gives up after 2 s; the answer must be there before. */
#define DEVICE_OP_MS 1500u

/* A front has one request under way; a worker that was replaced in the middle of
 * one, and one that was captured, have more. */
#define DEVICE_OPS_MAX 8u

struct device_op {
    struct device_op *next;
    struct device *dev;
    /* Starts it; it ends in device_op_end(), now or later. */
    void (*run)(struct device_op *op);
    bool guests; /* a guest asked, and may be refused */
    struct device_result result;
    device_result_fn *done;
    void *arg;
    union {
        struct cfg_plan plan;
        struct irq_call irq;
        struct regs_mend mend;
    } u;
    /* the queue's own */
    struct loop_watch *deadline;
    uint64_t since_ms; /* the deadline runs */
    bool pardoned;     /* it was over while the host stood still */
    bool late;
    bool asking; /* the hand is at it */
    regs_done_fn *then;
    void *then_arg;
};

/* NULL when the device is nobody's any more, a guest has too many in the queue,
 * or there is no memory: device_op_refuse(). */
struct device_op *device_op_new(struct device *dev, bool guests,
                                device_result_fn *done, void *arg);
void device_op_refuse(struct device *dev, int err, device_result_fn *done,
                      void *arg);

/* Hand it to the queue, which frees it. It may run and end before this
 * returns. */
void device_op_start(struct device_op *op);

/* Have the hand do something; then() gets its reply, from here when the device
 * is not to be waited for any more (err -ETIMEDOUT). ctx is the operation; of
 * the type that irq.h wants. */
void device_op_ask(void *ctx, const struct regs_request *request,
                   regs_done_fn *then, void *arg);

void device_op_end(struct device_op *op);

/* The device goes: its hand, and what was queued. Nobody is told. */
void device_ops_drop(struct device *dev);

#endif
