/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is dom0 itself using a PCI function? Looks below the device in sysfs for
 * block devices that are mounted or swapped to (through partitions, device
 * mapper and md as well), network interfaces that are up, and what else would
 * pull the floor away. Reads only.
 */
#ifndef TOOLSTACK_INUSE_H
#define TOOLSTACK_INUSE_H

#include <stddef.h>

#include "compiler.h"
#include "sbdf.h"

/* "/proc" but for tests. */
extern const char *proc_root;

#define INUSE_MAX  16
#define INUSE_TEXT 160

struct inuse {
    char what[INUSE_MAX][INUSE_TEXT]; /* "nvme0n1p2 is mounted on /" */
    unsigned int count;
};

/* 0, or a negative errno when it could not look (then assume it is used). */
MUST_USE int inuse_scan(struct sbdf dev, struct inuse *out);

#endif
