/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker process: one guest's page, port and devices, and no authority. It
 * parses, decides, answers reads, and asks the broker for everything else. It
 * outlives the broker: until the next one comes it answers what it can, and what
 * it cannot waits.
 */
#ifndef BACK_WORKER_H
#define BACK_WORKER_H

/* What a worker finds when it starts: the broker's socket, and the one on which
 * the next broker will knock. */
#define WORKER_SOCKET_FD   3
#define WORKER_LISTENER_FD 4

/* The argument that stands for the guest until there is one; as long as the
 * longest name of one, "d32751". */
#define WORKER_IDLE "unused"

/*
 * Serve one guest until there is no broker to serve it for. title is the argument
 * above, which ps shows: it becomes the guest's name. Returns the exit code.
 */
int worker_main(char *title);

#endif
