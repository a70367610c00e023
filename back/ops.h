/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's requests: look up the device, check, run. Runs in the worker, on
 * the private copy of the request that ring_take() made. What needs authority
 * becomes one message to the broker and the operation waits for its answer; a
 * guest has one request slot, so at most one waits at any time.
 */
#ifndef BACK_OPS_H
#define BACK_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "cfgspace.h"
#include "msg.h"
#include "ring.h"
#include "sbdf.h"

/* A device on the guest's virtual bus, as the worker holds it. */
struct vdev {
    struct vdev *next;
    uint32_t handle;
    struct sbdf real;
    struct sbdf virt;
    int config_fd; /* read-only */
    struct cfgspace cs;
};

/* Sends one request to the broker; 0 or a negative errno. */
typedef int ops_ask_fn(void *ctx, const struct msg *request);

struct ops {
    struct vdev *devices;
    ops_ask_fn *ask;
    void *ask_ctx;
    uint32_t serial;      /* of the last request sent */
    bool waiting;         /* op is with the broker */
    uint32_t waiting_for; /* its device's handle */
    struct pci_op op;
};

/* Start ops->op. True: answered, reply now. False: it waits for the broker. */
MUST_USE bool ops_start(struct ops *ops);

/*
 * The broker's answer. True: ops->op is answered, reply now. False: it was not
 * the answer that is waited for.
 */
MUST_USE bool ops_answer(struct ops *ops, const struct msg *answer);

/* Fail the waiting operation (its device went away). True: reply now. */
MUST_USE bool ops_abandon(struct ops *ops);

struct vdev *ops_find(struct ops *ops, uint32_t handle);

#endif
