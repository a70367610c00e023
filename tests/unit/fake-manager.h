/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A service manager as a process sees it: the environment and a datagram socket,
 * which is a real one.
 */
#ifndef TESTS_UNIT_FAKE_MANAGER_H
#define TESTS_UNIT_FAKE_MANAGER_H

#include <stdbool.h>

/*
 * Listen at a path of the file system, or at "@" and the name of an abstract
 * socket, and set NOTIFY_SOCKET to it.
 */
void fake_manager_listen(const char *name);
/* A path that no other test run uses; valid until the next call. */
const char *fake_manager_path(void);
/* Stop listening, and forget the environment. */
void fake_manager_end(void);

/* WATCHDOG_USEC, and WATCHDOG_PID if that is not NULL. */
void fake_manager_watches(const char *usec, const char *pid);

/* The next message, "" when there is none; valid until the next call. */
const char *fake_manager_hears(void);
/* Take messages until one has this text; false: there is no such one. */
bool fake_manager_heard(const char *text);

#endif
