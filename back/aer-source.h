/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's kernel says about errors of devices, handed to recovery.h. The
 * kernel recovers first and by itself: its holder of devices for guests agrees to
 * everything. Uevents say when that begins and ends for a device; the trace event
 * before them says how grave the error is. Broker only; needs the loop.
 */
#ifndef BACK_AER_SOURCE_H
#define BACK_AER_SOURCE_H

#include "aer-trace.h"

/* Start to listen. Says once what is missing, and goes on without it. */
void aer_source_open(void);
void aer_source_close(void);

/* ---- for tests: what is heard ---- */

/* event is the uevent's ERROR_EVENT, name the device's in sysfs. */
void aer_source_uevent(const char *name, const char *event);
void aer_source_traced(const struct aer_traced *traced);

#endif
