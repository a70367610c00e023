/* SPDX-License-Identifier: MIT */
/*
 * parkd: the guest that parks devices nobody uses. It takes any number of them,
 * now or later, puts each into D3hot with bus mastering off, and holds it until
 * somebody takes it away or shuts this domain down.
 */
#include <stddef.h>

#include "clock.h"
#include "glue.h"
#include "kernel.h"
#include "park.h"
#include "pcifront.h"
#include "print.h"

#define CLOSE_MS 5000u
/* Whatever happens, something wakes us; this is for what should not happen. */
#define NAP_NS (30 * CLOCK_SECOND)

const char program_name[] = "parkd";

/* Without a device, or before the first, there is nothing to be connected to. */
static void report_state(struct pcifront *pf)
{
    static enum pcifront_state before = PCIFRONT_CLOSED;
    enum pcifront_state state = pcifront_state(pf);

    if (state != before)
        print("parkd: %s\n", pcifront_state_name(state));
    before = state;
}

enum power_end program_main(void)
{
    static struct glue glue;
    static const struct pcifront_options options = { .client = &park_client };
    struct pcifront *pf;
    enum power_end end;
    int err = pcifront_create(&glue_os, &glue, &options, &pf);

    if (err != 0)
        panic("parkd: %s", pcifront_strerror(err));
    print("parkd: ready\n");
    while (!power_asked(&end)) {
        (void)pcifront_step(pf);
        report_state(pf);
        park_table(pf);
        glue_sleep(&glue, clock_now() + NAP_NS);
    }
    print("parkd: asked to %s\n", end == POWER_REBOOT ? "reboot" : "power off");
    err = pcifront_close(pf, CLOSE_MS);
    if (err != 0)
        print("parkd: close: %s\n", pcifront_strerror(err));
    pcifront_destroy(pf);
    print("parkd: bye\n");
    return end;
}
