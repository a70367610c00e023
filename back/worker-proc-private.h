/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the files of worker-proc.h:
 *
 * worker-proc.c   messages, and the end
 * worker-start.c  processes, and the spare one
 * worker-adopt.c  workers of an earlier broker
 */
#ifndef BACK_WORKER_PROC_PRIVATE_H
#define BACK_WORKER_PROC_PRIVATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "loop.h"
#include "weight.h"
#include "worker-proc.h"

struct worker_proc {
    uint16_t domid;
    pid_t pid;
    int fd;       /* to talk to it; -1: none */
    int pidfd;    /* of one that is no child of ours; -1: it is */
    int listener; /* until its process has it; -1 */
    struct loop_watch *read_watch;
    struct loop_watch *exit_watch;
    struct loop_watch *rest; /* not read_watch, until then */
    struct weight *weight;
    struct loop_watch *deadline; /* to say that it was adopted, or to end */
    const struct worker_handlers *handlers; /* NULL: it is the spare one */
    void *arg;
    void (*ended)(void *arg); /* set by worker_end() */
    void *ended_arg;
    bool ending;
    bool connecting; /* it was told to, and has not answered */
    bool asked;      /* whose it is, and it has not answered */
    bool retiring;
    const char *captured; /* how that showed */
};

/* Room in its socket for the device messages of a full virtual bus. */
void worker_widen(const struct worker_proc *w);

/* No descriptors, no process; NULL with errno set. */
struct worker_proc *worker_new(void);
void worker_free(struct worker_proc *w);

/* Whose it is from now on; its messages are taken. */
void worker_assign(struct worker_proc *w, uint16_t domid,
                   const struct worker_handlers *handlers, void *arg);

void worker_kill(const struct worker_proc *w);

/* It is not read any more. */
void worker_stop_reading(struct worker_proc *w);

/* A worker that breaks the rules is not argued with. */
void worker_condemn(struct worker_proc *w, const char *why);

/* The process has ended, as the words say. */
void worker_is_gone(struct worker_proc *w, const char *reason);

/*
 * What the next broker finds: a record of the process, and then its socket, for
 * only one that listens goes on without a broker. Both are the spare worker's
 * until it has a guest.
 */
void worker_leave_word(struct worker_proc *w);

/* The spare worker of an earlier broker; NULL: there is none of our version that
 * can be reached, nor any other any more. */
struct worker_proc *worker_adopt_spare(void);

/* It has ended without a guest. */
void worker_spare_is_gone(struct worker_proc *w);

#endif
