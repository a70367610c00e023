/* SPDX-License-Identifier: MIT */
/* What ownit knows about a kind of device. */
#ifndef OWNIT_DRIVER_H
#define OWNIT_DRIVER_H

#include <stdbool.h>

#include "pcifront.h"

struct driver {
    const char *name;
    bool (*matches)(const struct pcifront_device *device);
    /*
     * Drive it, say on the console what came of it, leave it quiet. False: it
     * did not do what it should; the reason has been printed.
     */
    bool (*run)(struct pcifront *pf, const struct pcifront_device *device);
};

extern const struct driver driver_edu;
extern const struct driver driver_nvme;

/* "ownit: NAME: WHAT: REASON"; false, for the caller to return. */
bool driver_fail(const struct driver *driver, const char *what,
                 const char *reason);

#endif
