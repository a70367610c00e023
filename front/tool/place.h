/* SPDX-License-Identifier: MIT */
/* Is this a place where a process can be the PCI front? */
#ifndef FRONT_TOOL_PLACE_H
#define FRONT_TOOL_PLACE_H

#include <sys/types.h>

#include "tool.h"

/*
 * A guest of Xen, not dom0, by root, with no xen-pcifront that has the pair.
 * root is put before /sys and /proc: "" but in tests.
 */
MUST_USE enum exit_code place_check(const char *root, uid_t uid,
                                    struct report *report);

/*
 * Keep other instances out: two fronts on one pair would take each other's
 * page. A descriptor that holds the lock while it is open, or -1.
 */
MUST_USE int place_lock(struct report *report, enum exit_code *code);

#endif
