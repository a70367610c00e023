/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the service manager hears of the broker: when guests are served, how
 * many of them, that the loop turns, that the end has come. Says again what did
 * not arrive. Without a manager nothing happens, and no timer runs.
 */
#ifndef BACK_SUPERVISE_H
#define BACK_SUPERVISE_H

/*
 * Before anything that can fail. A supervised program that ends before
 * supervise_ready() does so a second later: its manager starts it anew at once,
 * and what is wrong at the start rarely mends itself faster.
 */
void supervise_open(void);

/* Guests are served from here on. Needs the loop, whose turning is reported
 * until supervise_end(). */
void supervise_ready(void);

/* Around a reload: before it and behind it. */
void supervise_reloading(void);
void supervise_reloaded(void);

/* The loop is over. */
void supervise_end(void);

#endif
