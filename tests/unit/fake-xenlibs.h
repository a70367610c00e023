/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxenstore, libxenevtchn and libxengnttab as the Linux glue of the front
 * uses them, in memory. Linked in place of the libraries.
 */
#ifndef TESTS_FAKE_XENLIBS_H
#define TESTS_FAKE_XENLIBS_H

#include <stdbool.h>
#include <stdint.h>

struct fake_xenlibs {
    /* What the next calls do. */
    int open_store, open_evtchn, open_gntshr; /* errno; 0: works */
    int missing;                              /* errno of access(), */
    const char *missing_path;                 /* for this path */
    int share_errno;
    bool unshare_fails;
    unsigned int busy_transactions; /* that end in EAGAIN */
    int write_errno;                /* of a write in a transaction */
    /* What was done. */
    unsigned int opens; /* handles that are not closed */
    unsigned int pages; /* that are shared */
    unsigned int ports; /* that are bound */
    unsigned int notified;
    unsigned int unmasked;
    unsigned int transactions; /* begun */
    unsigned int aborted;
    char wrote[256]; /* "path=value " or "-path " of what was committed */
    char watching[64];
};
extern struct fake_xenlibs fake_xenlibs;

void fake_xenlibs_reset(void);
void fake_xenlibs_drop(void);

/* A node to be read, with these bytes, which are not copied; a few of them. */
void fake_xenlibs_node(const char *path, const void *value, unsigned int len);

/* An event on the port; a watch that fires. */
void fake_xenlibs_event(void);
void fake_xenlibs_fire(void);

#endif
