/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A broker that ends, and the next one, in one process: the product's variables
 * get the values they had when the world began, what it had open is closed,
 * its children but for workers are killed; its files, the store and Xen stay.
 */
#ifndef TESTS_FAULTS_RESTART_H
#define TESTS_FAULTS_RESTART_H

#include <stdbool.h>

/* This is what a new broker is like; before it has done anything. */
void restart_remember(void);

/* Run this; true: it came to its end; false: the broker ended before. */
bool restart_catch(void (*fn)(void *arg), void *arg);

/* The broker ends here and now; for what happens inside of restart_catch(). */
void restart_end(void) __attribute__((noreturn));

/*
 * The whole of broker_main(), in which the loop is this script: what it returns
 * if the broker then ends in order, else false. After a broker that was killed;
 * followed by a next one, in which no fault strikes.
 */
bool restart_whole(bool (*script)(void));

/* Has a broker ended in this point? */
bool restart_any(void);

/* The next broker: goes on with what it finds. Frees nothing of the last one's
 * memory. */
void restart_broker(void);

#endif
