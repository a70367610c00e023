/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may happen, and how often. */
#include <stdio.h>
#include <stdlib.h>

#include "pair-worker.h"
#include "soak-ops.h"

/* ---- processes ---- */

static bool op_kill_worker(void)
{
    struct soak_guest *g = any_guest(soak_guest_works);

    if (!g)
        return false;
    note(g, NULL);
    return pair_worker_kill(g->domid);
}

static bool op_kill_broker(void)
{
    soak_broker_kill();
    soak_broker_start();
    return true;
}

static bool op_doom_broker(void)
{
    const uint32_t n = soak_random(40);

    soak_note("at its change %u", n);
    soak_broker_doom(n);
    return true;
}

static bool op_stop_broker(void)
{
    soak_broker_kill();
    return true;
}

static bool op_start_broker(void)
{
    if (soak_broker_runs())
        return false;
    soak_broker_start();
    return true;
}

/* ---- all of them ---- */

enum needs {
    ANY,
    RUNNING, /* the broker */
    MORTAL   /* a broker that may be killed */
};

static struct {
    const char *name;
    bool (*run)(void);
    unsigned int weight;
    enum needs needs;
    unsigned int done;
} ops[] = {
    { "create", op_create, 8, ANY, 0 },
    { "boot", op_boot, 10, RUNNING, 0 },
    { "destroy", op_destroy, 4, ANY, 0 },
    { "reboot", op_reboot, 3, ANY, 0 },
    { "attach", op_attach, 14, ANY, 0 },
    { "detach", op_detach, 9, ANY, 0 },
    { "detach --force", op_detach_force, 2, ANY, 0 },
    { "steal", op_steal, 1, ANY, 0 },
    { "read", op_read, 18, RUNNING, 0 },
    { "write", op_write, 8, RUNNING, 0 },
    { "msix on", op_msix_on, 8, RUNNING, 0 },
    { "msix off", op_msix_off, 4, RUNNING, 0 },
    { "rogue front", op_rogue, 3, ANY, 0 },
    { "reconnect", op_reconnect, 3, RUNNING, 0 },
    { "kill worker", op_kill_worker, 5, RUNNING, 0 },
    { "kill xenpcid", op_kill_broker, 2, MORTAL, 0 },
    { "kill xenpcid at work", op_doom_broker, 5, MORTAL, 0 },
    { "stop xenpcid", op_stop_broker, 1, MORTAL, 0 },
    { "start xenpcid", op_start_broker, 12, ANY, 0 },
};

static size_t draw(void)
{
    uint32_t sum = 0, at;
    size_t i;

    for (i = 0; i < ARRAY_LEN(ops); i++)
        sum += ops[i].weight;
    at = soak_random(sum);
    for (i = 0; at >= ops[i].weight; i++)
        at -= ops[i].weight;
    return i;
}

static bool spared;

void soak_spare_broker(void)
{
    spared = true;
}

const char *soak_operation(void)
{
    for (;;) {
        size_t i = draw();

        if ((ops[i].needs != ANY && !soak_broker_runs()) ||
            (ops[i].needs == MORTAL && spared))
            continue;
        soak_note("%s", ops[i].name);
        if (ops[i].run()) {
            ops[i].done++;
            return ops[i].name;
        }
    }
}

char *soak_operations_done(void)
{
    const size_t room = 64 * ARRAY_LEN(ops);
    char *text = calloc(1, room);
    size_t len = 0;

    for (size_t i = 0; text && i < ARRAY_LEN(ops); i++)
        len += (size_t)snprintf(text + len, room - len, "%s%s %u",
                                i > 0 ? ", " : "", ops[i].name, ops[i].done);
    return text;
}
