/* SPDX-License-Identifier: MIT */
/* control/shutdown as xenstore-paths(7) of Xen describes it. */
#include "power.h"

#include <stddef.h>

#include "console.h"
#include "cruntime.h"
#include "hypercall.h"
#include "print.h"
#include "store-client.h"

#define SHUTDOWN "control/shutdown"

void power_init(void)
{
    static const struct store_node features[] = {
        { "control/feature-poweroff", "1" },
        { "control/feature-reboot", "1" },
    };
    int ret = store_watch(SHUTDOWN);

    if (ret == 0)
        ret = store_write(features, ARRAY_LEN(features));
    if (ret != 0)
        print("power: xl shutdown will not be heard: %d\n", ret);
}

/* The toolstack sees by the empty node that it was heard. */
static void acknowledge(void)
{
    static const struct store_node node = { SHUTDOWN, "" };
    int ret = store_write(&node, 1);

    if (ret != 0)
        print("power: the request stays: %d\n", ret);
}

bool power_asked(enum power_end *end)
{
    static uint32_t seen;
    uint32_t changes = store_changes();
    char wish[16];

    if (changes == seen)
        return false;
    seen = changes;
    if (store_read(SHUTDOWN, wish, sizeof(wish)) <= 0)
        return false;
    acknowledge();
    if (text_equal(wish, "reboot")) {
        *end = POWER_REBOOT;
        return true;
    }
    if (text_equal(wish, "poweroff") || text_equal(wish, "halt")) {
        *end = POWER_OFF;
        return true;
    }
    print("power: \"%s\" is not supported\n", wish);
    return false;
}

static noreturn void end_with(unsigned int reason)
{
    struct sched_shutdown op = { .reason = reason };

    console_flush();
    for (;;)
        (void)hypercall_sched(SCHEDOP_shutdown, &op);
}

void power_end(enum power_end end)
{
    end_with(end == POWER_REBOOT ? SHUTDOWN_reboot : SHUTDOWN_poweroff);
}

void power_crash(void)
{
    end_with(SHUTDOWN_crash);
}
