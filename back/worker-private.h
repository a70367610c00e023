/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the worker's files.
 *
 * worker.c         the loop: the guest's page
 * worker-broker.c  the broker: its messages, its end, its successor
 * worker-device.c  the devices it hands over
 */
#ifndef BACK_WORKER_PRIVATE_H
#define BACK_WORKER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "aer-slot.h"
#include "msg.h"
#include "ops.h"
#include "pace.h"
#include "page.h"

struct worker {
    int broker; /* socket; -1: there is no broker, and the next will come */
    uint16_t domid;
    struct page *page;
    struct msg_connect where; /* the page is */
    struct ops ops;
    struct vdev *incoming; /* the next broker's devices, until CONNECT */
    bool adopting;         /* ... which has come, and CONNECT has not */
    bool settled;          /* the broker has been told so */
    bool retire;           /* end when no request waits */
    bool quit;
    bool listens;      /* a broker to come can reach it */
    uint64_t alone_ns; /* since when there is no broker */
    struct aer_slot aer;
    struct pace pace;
    uint64_t listen_again_ns; /* 0: the port is armed */
    char *title;
};

uint64_t worker_now_ns(void);

/* Answer the guest's request, which ops.op holds. */
void worker_reply(struct worker *w);

/* Has the front answered a question of ours? Then the broker is told. */
bool worker_aer_collect(struct worker *w);

/* ---- worker-broker.c ---- */

/* A message, or the end, is there. */
void worker_on_broker(struct worker *w);

/* Somebody knocks. Nobody but root can: it is the next broker. */
void worker_on_knock(struct worker *w);

/* ops_ask_fn; ctx is the worker. Without a broker the request waits. */
int worker_ask(void *ctx, const struct msg *request);

/* A broker that does not hear it any more finds out from the page. */
void worker_tell(struct worker *w, const struct msg *m);

/* Milliseconds until a worker without a broker ends; -1: there is one. */
int worker_patience(const struct worker *w);

/* ---- worker-device.c ---- */

/* Add to *list; takes both descriptors. */
void worker_device_new(struct vdev **list, const struct msg_device *m,
                       int config_fd, int shadow_fd);
void worker_device_gone(struct worker *w, uint32_t handle);
void worker_devices_free(struct vdev **list);

#endif
