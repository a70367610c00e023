/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker process: one guest's page, port and devices, and no authority. It
 * parses, decides, answers reads, and asks the broker for everything else.
 */
#ifndef BACK_WORKER_H
#define BACK_WORKER_H

#include <stdint.h>

/* The broker's socket is on this descriptor when a worker starts. */
#define WORKER_SOCKET_FD 3

/* Serve one guest until the broker closes the socket. Returns the exit code. */
int worker_main(void);

#endif
