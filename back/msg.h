/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the broker and a guest's worker say to each other: short typed messages
 * of a fixed length per type, one per SOCK_SEQPACKET datagram, file descriptors
 * beside them. The worker parses guest bytes and decides; the broker owns all
 * authority and checks every request again. A message of the wrong length, an
 * unknown type or an unexpected descriptor is -EPROTO: the receiver of such a
 * message from its worker ends that worker.
 */
#ifndef BACK_MSG_H
#define BACK_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"
#include "ring.h"
#include "sbdf.h"

enum msg_type {
    /* These two are what any version says to any other: their numbers and their
     * layout never change. */
    MSG_ADOPT = 1, /* to the worker of an earlier broker: serve me */
    MSG_ADOPTED,   /* to the broker: what it has there */
    /* broker to worker */
    MSG_CONNECT,    /* map the page, bind the port; after ADOPT: go on there */
    MSG_DEVICE_ADD, /* with two descriptors: config (read-only), shadow */
    MSG_DEVICE_REMOVE,
    MSG_ANSWER, /* to one of the four requests below, same serial */
    /* worker to broker */
    MSG_CONNECTED,
    MSG_CONFIG_WRITE,
    MSG_MSI_ON,
    MSG_MSIX_ON,
    MSG_MSI_OFF, /* whichever of the two is active */
    /* error recovery; the serial goes from AER to AER_DONE */
    MSG_AER,        /* to the worker: tell the front */
    MSG_AER_CANCEL, /* to the worker: nobody waits for the answer any more */
    MSG_AER_DONE,   /* to the broker */
    MSG_RETIRE,     /* to the worker: end, between two requests */
    MSG_SETTLED,    /* to the broker: no request is left unanswered */
    MSG_LOG,        /* to the broker: a line */
    MSG_TYPE_END
};

struct msg_adopt {
    uint32_t protocol; /* msg_protocol() */
};

#define MSG_VERSION 32

/* A worker of another protocol hangs up after this. */
struct msg_adopted {
    uint32_t protocol;
    char version[MSG_VERSION]; /* of its program; not necessarily terminated */
};

struct msg_connect {
    uint16_t domid;
    uint32_t gref;
    uint32_t port;
};

/* Which step failed; the broker turns it into words for the error node. */
enum msg_connect_step {
    MSG_STEP_NONE,
    MSG_STEP_MAP,
    MSG_STEP_BIND,
    MSG_STEP_CONFINE
};

struct msg_connected {
    int32_t err; /* negative errno */
    uint32_t step;
};

struct msg_device {
    uint32_t handle; /* the broker's name for the device; never reused */
    uint32_t fresh;  /* enum cfg_start */
    struct sbdf real;
    struct sbdf virt;
    struct cfg_params params;
    uint8_t snapshot[CFG_SIZE_MAX];
};

struct msg_handle {
    uint32_t handle;
};

struct msg_config_write {
    uint32_t handle;
    struct cfg_plan plan;
};

struct msg_msi_on {
    uint32_t handle;
    uint32_t count; /* messages: a power of two */
};

struct msg_msix_on {
    uint32_t handle;
    uint32_t count;
    uint16_t entry[PCI_WIRE_MSIX_MAX];
};

struct msg_answer {
    int32_t err;    /* on the wire's terms for the operation */
    uint32_t count; /* vectors granted, or that could be had */
    uint16_t pirq[PCI_WIRE_MSIX_MAX]; /* of MSI only the first */
};

struct msg_aer {
    uint32_t handle;
    uint32_t cmd;    /* enum pci_wire_cmd, 6 to 9 */
    int32_t channel; /* enum aer_channel */
    uint32_t again;  /* an earlier worker may have asked the front already */
};

enum msg_aer_status {
    MSG_AER_ANSWERED,
    MSG_AER_NO_HANDLER, /* the front does not answer such requests */
    MSG_AER_NO_PAGE     /* no front is connected, or it has no such device */
};

struct msg_aer_done {
    uint32_t status; /* enum msg_aer_status */
    int32_t result;  /* enum aer_result, as the guest wrote it: any value */
};

#define MSG_LOG_TEXT 200

struct msg_log {
    uint32_t priority;       /* syslog(3)'s */
    char text[MSG_LOG_TEXT]; /* not necessarily terminated; any bytes */
};

struct msg {
    uint32_t type;
    uint32_t serial; /* of a request; an answer repeats it */
    union {
        struct msg_adopt adopt;
        struct msg_adopted adopted;
        struct msg_connect connect;
        struct msg_connected connected;
        struct msg_device device;
        struct msg_handle handle; /* DEVICE_REMOVE, MSI_OFF */
        struct msg_config_write config_write;
        struct msg_msi_on msi_on;
        struct msg_msix_on msix_on;
        struct msg_answer answer;
        struct msg_aer aer;
        struct msg_aer_done aer_done;
        struct msg_log log;
    } u;
};

#define MSG_FDS 2

/* Both ends, close-on-exec, non-blocking on the broker's side. 0 or -errno. */
MUST_USE int msg_pair(int *broker_fd, int *worker_fd);

/*
 * Send one message with nfds descriptors (the caller keeps its own). -EAGAIN:
 * the peer does not read; -EPIPE, -ECONNRESET: it is gone.
 */
MUST_USE int msg_send(int fd, const struct msg *msg, const int *fds,
                      unsigned int nfds);

/*
 * Receive one message. fds gets the descriptors (close-on-exec), -1 where none
 * came. -EAGAIN: none waits; -EPIPE: the peer is gone; -EPROTO: malformed
 * (descriptors were closed).
 */
MUST_USE int msg_receive(int fd, struct msg *msg, int fds[MSG_FDS]);

/*
 * What both must agree on: changes with the table of messages and the size of
 * any. A message that changes its meaning and not its size needs another
 * MSG_EPOCH (msg.c).
 */
uint32_t msg_protocol(void);

/* The exact size of a message of this type on the socket; 0: no such type. */
size_t msg_size(uint32_t type);

const char *msg_name(uint32_t type);

#endif
