/* SPDX-License-Identifier: MIT */
/*
 * How this kernel signs pcifront-os.h. Another kernel's author reads glue.c
 * first: every hook is there, on top of what the other files give.
 */
#ifndef DOMU_GLUE_H
#define DOMU_GLUE_H

#include <stdint.h>

#include "pcifront-os.h"

/* What one reader has seen; the library is one, the program another. */
struct glue_view {
    uint32_t events;
    uint32_t changes;
};

/* The context of the hooks; all zero to begin with. One instance each. */
struct glue {
    uint32_t port;   /* of the shared page; 0: none */
    uint32_t events; /* how many were taken from it */
    struct glue_view library;
    struct glue_view program;
};

extern const struct pcifront_os glue_os;

/*
 * For the program: sleep until the backend notified us or xenstore changed
 * since the last time, or until the deadline; then it calls pcifront_step().
 */
void glue_sleep(struct glue *glue, uint64_t deadline_ns);

#endif
