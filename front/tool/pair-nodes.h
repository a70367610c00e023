/* SPDX-License-Identifier: MIT */
/* What xenstore says about this guest's pair; for people, not for decisions
 * that are the library's. */
#ifndef FRONT_TOOL_PAIR_NODES_H
#define FRONT_TOOL_PAIR_NODES_H

#include "pcifront-linux.h"
#include "tool.h"
#include "xbstate.h"

/* Has dom0 made the directories, that is, given this guest a device? */
bool pair_exists(struct pcifront_linux *glue);

/* Their states; XB_STATE_COUNT when there is none. */
unsigned int pair_front_state(struct pcifront_linux *glue);
unsigned int pair_back_state(struct pcifront_linux *glue);

#define PAIR_WORDS 96

/* "the backend is at InitWait, this front at Initialised" */
const char *pair_words(struct pcifront_linux *glue, char words[PAIR_WORDS]);

/*
 * After our end, at 6: back to 1, as dom0 made it, so that the next front finds
 * a backend that waits for one. Linux's own gives up at once on a backend at 6.
 * The kernel's backend does not react; it has a moment.
 */
void pair_renew(struct pcifront_linux *glue);

#endif
