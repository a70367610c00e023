/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Xen's side of common/host/hyp.h as the daemon needs it: who owns which
 * device, what each domain may touch, which pirqs it has. Link fake-xen.o
 * instead of hyp.o and hyp-irq.o. Taking away what was never given aborts no
 * test by itself but is counted, because that is how permissions leak.
 */
#ifndef TESTS_UNIT_FAKE_XEN_H
#define TESTS_UNIT_FAKE_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include "hyp.h"

/* Forget everything and return the handle. */
struct hyp *fake_xen_reset(void);

/* Domains: absent until added; the answer may be changed through the result. */
struct hyp_domain *fake_xen_domain(uint16_t domid);

/* A device known to Xen, in quarantine. */
void fake_xen_add_device(struct sbdf dev);
void fake_xen_set_owner(struct sbdf dev, uint16_t domid);
uint16_t fake_xen_owner(struct sbdf dev);

/* Domains without an IOMMU context answer -EOPNOTSUPP. */
void fake_xen_no_iommu(void);

/* How many MSI pirqs a domain may have. */
void fake_xen_budget(unsigned int pirqs);

/* The pirq that the next mapping gives; counts up from there. */
void fake_xen_next_pirq(uint32_t pirq);

/* From now on as Xen has it: the highest that the domain does not have, below
 * top. */
void fake_xen_pirqs_from_top(uint32_t top);

/* The domain dies: its devices go to quarantine and it has nothing any more. It
 * is there until the caller says otherwise. */
void fake_xen_kill(uint16_t domid);

/* The call whose log line starts with `call`, after `skip` such ones, fails. */
void fake_xen_fail(const char *call, unsigned int skip, int err);

/* Called before each call that changes something, with its log line. */
void fake_xen_on_call(void (*hook)(const char *line));

/*
 * Calls that change something, one a line: "iomem 5 fe000+4 give",
 * "ioport 5 c080+20 take", "irq 5 16 give", "gsi 5 16 = 16",
 * "msi 5 0000:03:00.0 2 fe000000 = 101", "multi 5 0000:03:00.0 4 = 102",
 * "unmap 5 101",
 * "assign 5 0000:03:00.0" or "... relaxed", "deassign 5 0000:03:00.0",
 * "restore-msi 0000:03:00.0", "pause 5", "crash 5".
 * Failed ones end in "!".
 */
const char *fake_xen_log(void);
void fake_xen_clear_log(void);

/* What the domain still has: permissions and pirqs. */
unsigned int fake_xen_holdings(uint16_t domid);
unsigned int fake_xen_msis(uint16_t domid);

/* How often something was taken away that was not there. */
unsigned int fake_xen_mistakes(void);
/* That was on purpose: count from 0 again. */
void fake_xen_forgive(void);

#endif
