/* SPDX-License-Identifier: MIT */
/*
 * The contract of pcifront-os.h, signed for Linux programs: a process in a domU
 * whose kernel leaves the PCI pair alone is the front.
 *
 *	struct pcifront_linux *glue;
 *	char why[PCIFRONT_LINUX_WHY];
 *
 *	if (pcifront_linux_open(NULL, &glue, why) != 0)
 *	    errx(1, "%s", why);
 *	err = pcifront_create(pcifront_linux_os(), glue, NULL, &pf);
 *	...
 *	pcifront_destroy(pf);
 *	pcifront_linux_close(glue);
 *
 * It stands on libxenstore, libxenevtchn and libxengnttab, thus on the kernel's
 * modules xen-evtchn and xen-gntalloc, and needs root. What Linux does not let
 * a process do: bind a pirq (its event channel device binds ports of other
 * domains and virtual interrupts only), so pcifront_pirq_bind() is unsupported
 * here. BARs are mapped through /dev/mem, where the kernel allows that.
 *
 * libxenstore must be the shared one: its static archive, as Debian builds it,
 * has no reader thread, and then a watch wakes nobody.
 *
 * A signal ends a wait early; the library may go on waiting until its deadline.
 */
#ifndef PCIFRONT_LINUX_H
#define PCIFRONT_LINUX_H

#include "pcifront.h"

struct pcifront_linux;

struct pcifront_linux_options {
    const char *name;          /* before each line on standard error; kept,
                                  not copied; NULL: "pcifront" */
    enum pcifront_level level; /* lines below it are left out */
};

#define PCIFRONT_LINUX_WHY 256

/*
 * The context of one instance of the library. NULL options: name "pcifront",
 * from PCIFRONT_LOG_WARN on. On failure why says in a sentence what is missing
 * and what to do about it: PCIFRONT_ERR_NOENT, a device node is not there;
 * PCIFRONT_ERR_DENIED, it may not be opened; PCIFRONT_ERR_NOMEM;
 * PCIFRONT_ERR_OS.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_linux_open(const struct pcifront_linux_options *options,
                    struct pcifront_linux **out, char why[PCIFRONT_LINUX_WHY]);

/* After pcifront_destroy(). NULL is fine. */
PCIFRONT_API void pcifront_linux_close(struct pcifront_linux *glue);

/* The hooks; constant, and the same for every context. */
PCIFRONT_API const struct pcifront_os *pcifront_linux_os(void);

#endif
