/* SPDX-License-Identifier: MIT */
/*
 * ownit: a kernel that drives its devices itself. Registers through mapped
 * BARs, interrupts through event channels, data by DMA into its own pages; the
 * backend is asked for configuration space and vectors and for nothing else.
 */
#include <stddef.h>

#include "compiler.h"
#include "driver.h"
#include "glue.h"
#include "kernel.h"
#include "print.h"

#define CONNECT_MS 60000u
#define CLOSE_MS   5000u
#define DEVICES    16u

const char program_name[] = "ownit";

static const struct driver *const drivers[] = { &driver_edu, &driver_nvme };

bool driver_fail(const struct driver *driver, const char *what,
                 const char *reason)
{
    print("ownit: %s: %s: %s\n", driver->name, what, reason);
    return false;
}

static bool run(struct pcifront *pf, const struct pcifront_device *device)
{
    for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
        if (drivers[i]->matches(device))
            return drivers[i]->run(pf, device);
    }
    print("ownit: %04x:%04x: no driver\n", device->vendor, device->device);
    return false;
}

static void run_all(struct pcifront *pf)
{
    struct pcifront_device list[DEVICES];
    size_t count = pcifront_devices(pf, list, DEVICES);
    size_t good = 0;

    if (count > DEVICES)
        count = DEVICES;
    for (size_t i = 0; i < count; i++)
        good += run(pf, &list[i]);
    print("ownit: verdict: %s, %zu of %zu devices\n",
          good == count && count > 0 ? "ok" : "failed", good, count);
}

enum power_end program_main(void)
{
    static struct glue glue;
    struct pcifront *pf;
    int err = pcifront_create(&glue_os, &glue, NULL, &pf);

    if (err != 0)
        panic("ownit: %s", pcifront_strerror(err));
    err = pcifront_connect(pf, CONNECT_MS);
    if (err == 0)
        run_all(pf);
    else
        print("ownit: verdict: failed, no backend: %s\n",
              pcifront_strerror(err));
    err = pcifront_close(pf, CLOSE_MS);
    if (err != 0)
        print("ownit: close: %s\n", pcifront_strerror(err));
    pcifront_destroy(pf);
    return POWER_OFF;
}
