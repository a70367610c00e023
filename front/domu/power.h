/* SPDX-License-Identifier: MIT */
/* How the domain ends, and who may ask for it. */
#ifndef DOMU_POWER_H
#define DOMU_POWER_H

#include <stdbool.h>
#include <stdnoreturn.h>

enum power_end {
    POWER_OFF,
    POWER_REBOOT,
};

/* Watch for the toolstack's wish; after store_init(). */
void power_init(void);

/*
 * Has the toolstack asked ("xl shutdown", "xl reboot")? The wish is
 * acknowledged and told once. Cheap while nothing has changed in xenstore.
 */
bool power_asked(enum power_end *end);

noreturn void power_end(enum power_end end);
noreturn void power_crash(void);

#endif
