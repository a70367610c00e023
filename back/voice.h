/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A worker's lines go where its broker logs, through the broker, which counts
 * them as the guest's: whoever takes a worker over cannot fill a log.
 */
#ifndef BACK_VOICE_H
#define BACK_VOICE_H

struct worker;

/* What is logged from now on goes to the worker's broker; without one, or when it
 * does not read, it is lost. NULL: to nobody. */
void voice_open(const struct worker *worker);

#endif
