/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The house of the broker: what must hold after each of its operations. */
#include <unistd.h>

#include "house.h"
#include "libs.h"
#include "processes.h"
#include "restart.h"
#include "tell.h"
#include "world.h"

void house_init(void)
{
    libs_front_init();
}

/* A broker that has ended leaves it to the kernel. */
bool house_lost_memory(void)
{
    return restart_any();
}

void house_up(void)
{
    fault_world_up();
}

void house_down(void)
{
    fault_world_down();
}

/* One that could not be confined serves nobody. */
static void check_confined(void)
{
    const struct link *link;

    /* One that has died is replaced. */
    settle();
    link = link_find(BACK_DOMID);
    if (link && link->worker && link->connected &&
        !processes_is_confined(worker_pid(BACK_DOMID)))
        verdict("the worker serves without being confined");
}

/* Xen's idea of who has a device, and the broker's. */
static void check_halves(void)
{
    const struct device *dev = NULL;

    while ((dev = device_next(dev)))
        if (dev->phase == DEVICE_READY &&
            fake_xen_owner(dev->sbdf) != dev->domid &&
            fake_xen_domain(dev->domid)->exists)
            verdict("half attached: the broker says d%u has it, Xen d%u",
                    dev->domid, fake_xen_owner(dev->sbdf));
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++) {
        bool has = false;

        for (dev = device_next(NULL); dev; dev = device_next(dev))
            has = has || dev->domid == id;
        if (!has && fake_xen_domain(id)->exists && fake_xen_holdings(id) > 0)
            verdict("d%u has no device, and %u permissions or pirqs", id,
                    fake_xen_holdings(id));
    }
}

struct operation {
    const struct scenario *scenario;
    bool works;
};

static void do_operate(void *arg)
{
    struct operation *o = arg;

    o->works = o->scenario->operate();
}

void house_operate(const struct scenario *scenario,
                   const struct fault_point *point, int log_fd)
{
    struct operation o = { .scenario = scenario };
    off_t from = lseek(log_fd, 0, SEEK_END);
    bool works, said, ended;
    char why[256];

    fault_arm(point);
    ended = !restart_catch(do_operate, &o);
    fault_disarm();
    works = !ended && o.works;
    if (!works && !fault_fired())
        verdict("fails without a fault");
    said = tell_complaints(log_fd, from, why) || front_was_told();
    if (!works && !said)
        verdict("fails without a word");
    if (why[0])
        verdict("%s", why);
    /* The service manager starts the next one, which goes on. */
    if (ended)
        restart_broker();
    check_halves();
    check_confined();
    if (!scenario->again())
        verdict("the next attempt fails");
}
