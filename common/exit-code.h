/* SPDX-License-Identifier: MIT */
/*
 * How the command line programs end: a contract with scripts, the same for all
 * of them, documented in their manual pages. Nothing else goes in here.
 */
#ifndef COMMON_EXIT_CODE_H
#define COMMON_EXIT_CODE_H

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_BUSY = 4,        /* somebody else has it */
    EXIT_REFUSED = 5,     /* by a safety check; --force may help */
    EXIT_UNSUPPORTED = 6, /* no Xen, no IOMMU, no xenpcid, no device nodes */
    EXIT_TIMED_OUT = 7,
};

#endif
