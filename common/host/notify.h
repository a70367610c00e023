/* SPDX-License-Identifier: MIT */
/*
 * Telling the service manager how we are: the protocol of sd_notify(3), which
 * is datagrams of NAME=value lines to the socket that NOTIFY_SOCKET names,
 * spoken without libsystemd. Without that variable nobody is told and every
 * call succeeds.
 *
 * Nothing here waits. A call returns 0, or a negative errno when the manager
 * did not get the message: -EAGAIN when it has not read its earlier ones. The
 * caller may say the same again later.
 */
#ifndef COMMON_HOST_NOTIFY_H
#define COMMON_HOST_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and remove them from the
 * environment: they are meant for this process, not for its children.
 * -EAFNOSUPPORT: the socket is of a kind unknown here; -EINVAL: its name or the
 * period is no such thing; nobody is told then.
 */
int notify_open(void);
void notify_close(void);

/* Is there anybody who wants to know? */
bool notify_wanted(void);

/* The manager ends a process that is not alive() for so long; 0: it does not. */
uint64_t notify_watchdog_us(void);

/* Starting, or reloading, is over. */
int notify_ready(void);
/* Reloading: to be followed by notify_ready(). */
int notify_reloading(void);
int notify_stopping(void);
int notify_alive(void);
/* One line for people; a line feed in it would be taken for its end. */
int notify_status(const char *text);

#endif
