/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The queue of a device, and the deadline of each operation in it. */
#include "device-ops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hand.h"

static unsigned int queued(const struct device *dev)
{
    const struct device_op *op;
    unsigned int n = 0;

    for (op = dev->ops; op; op = op->next)
        n++;
    return n;
}

struct device_op *device_op_new(struct device *dev, bool guests,
                                device_result_fn *done, void *arg)
{
    struct device_op *op;

    /* Nothing comes after its release. */
    if (dev->phase != DEVICE_READY || (guests && queued(dev) >= DEVICE_OPS_MAX))
        return NULL;
    op = calloc(1, sizeof(*op));
    if (!op)
        return NULL;
    op->dev = dev;
    op->guests = guests;
    op->done = done;
    op->arg = arg;
    return op;
}

void device_op_refuse(struct device *dev, int err, device_result_fn *done,
                      void *arg)
{
    const struct device_result result = { .err = err };

    if (done)
        done(arg, dev, &result);
}

/* A host that does not get round to a timer did not get round to the hand. */
#define STALL_MS 250u
#define GRACE_MS 250u

static bool host_stood_still(const struct device_op *op)
{
    return loop_now_ms() - op->since_ms > DEVICE_OP_MS + STALL_MS;
}

/* The hand is with the device and does not come back: give it up. */
static void on_deadline(void *arg)
{
    const struct regs_reply reply = { .err = -ETIMEDOUT };
    struct device_op *op = arg;
    struct device *dev = op->dev;

    op->deadline = NULL;
    if (!op->pardoned && host_stood_still(op)) {
        op->pardoned = true;
        op->deadline = loop_after(GRACE_MS, on_deadline, op);
        return;
    }
    op->late = true;
    /* Another operation's turn: this one fails when it is its own. */
    if (!op->asking)
        return;
    op->asking = false;
    dev->silent = true;
    hand_end(dev->hand);
    dev->hand = NULL;
    op->then(op->then_arg, &reply);
}

static void start_clock(struct device_op *op)
{
    if (op->deadline || op->late)
        return;
    op->since_ms = loop_now_ms();
    op->deadline = loop_after(DEVICE_OP_MS, on_deadline, op);
}

void device_op_start(struct device_op *op)
{
    struct device_op **p = &op->dev->ops;
    bool first = *p == NULL;

    while (*p)
        p = &(*p)->next;
    *p = op;
    /* A front's clock runs from now; our own patience begins with our turn. */
    if (op->guests || first)
        start_clock(op);
    if (first)
        op->run(op);
}

static void on_reply(void *arg, const struct regs_reply *reply)
{
    struct device_op *op = arg;

    op->asking = false;
    op->dev->silent = false;
    op->then(op->then_arg, reply);
}

static int have_hand(struct device *dev)
{
    if (dev->hand && hand_is_dead(dev->hand)) {
        hand_end(dev->hand);
        dev->hand = NULL;
    }
    if (!dev->hand)
        dev->hand = hand_start(dev->sbdf, dev->config_fd, &dev->cs);
    return dev->hand ? 0 : -errno;
}

void device_op_ask(void *ctx, const struct regs_request *request,
                   regs_done_fn *then, void *arg)
{
    struct device_op *op = ctx;
    struct regs_reply reply = { 0 };

    if (op->late || hand_is_stuck(op->dev->sbdf))
        reply.err = -ETIMEDOUT;
    else
        reply.err = have_hand(op->dev);
    if (reply.err < 0) {
        then(arg, &reply);
        return;
    }
    op->then = then;
    op->then_arg = arg;
    op->asking = true;
    hand_ask(op->dev->hand, request, on_reply, op);
}

void device_op_end(struct device_op *op)
{
    struct device *dev = op->dev;
    device_result_fn *done = op->done;
    struct device_result result = op->result;
    void *arg = op->arg;
    struct device_op *next = op->next;

    loop_cancel(op->deadline);
    dev->ops = next;
    free(op);
    if (done)
        done(arg, dev, &result);
    /* With something left to do the device is here still. */
    if (next) {
        start_clock(next);
        next->run(next);
    }
}

void device_ops_drop(struct device *dev)
{
    while (dev->ops) {
        struct device_op *op = dev->ops;

        dev->ops = op->next;
        loop_cancel(op->deadline);
        free(op);
    }
    hand_end(dev->hand);
    dev->hand = NULL;
}
