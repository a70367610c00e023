/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See world.h. */
#include "world.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aer-trace.h"
#include "fake-store.h"
#include "fault.h"
#include "libs.h"
#include "processes.h"
#include "restart.h"
#include "state.h"
#include "temp-tree.h"
#include "worker-proc-private.h"

/* Looks in a row, a millisecond apart, that find nobody at work. */
#define QUIET_LOOKS 8u
#define ANSWER_MS   2000u
#define PATIENCE_MS 6000u

void fake_workers_reset(void)
{
}

/* One that runs on is looked for at the end of a point. */
unsigned int fake_workers_alive(void)
{
    return processes_zombies();
}

/* State that a broker has before it looks for guests. */
static void open_program(void)
{
    if (worker_program_open("/proc/self/exe") < 0 ||
        worker_root_open(state_dir()) < 0)
        verdict("no program for workers");
}

static char run_dir[200], trace_dir[256];

/* The front got an error as an answer. */
static bool told;

void fault_world_up(void)
{
    link_world_setup();
    link_world_hurry(2);
    (void)snprintf(run_dir, sizeof(run_dir), "%s", state_dir());
    (void)snprintf(trace_dir, sizeof(trace_dir), "%s/trace", run_dir);
    aer_trace_root = trace_dir;
    temp_tree_file("sys/bus/xen-backend/drivers_autoprobe", "1\n");
    link_world_stop();
    restart_remember();
    fault_world_start();
}

const char *fault_world_run_dir(void)
{
    return run_dir;
}

void fault_world_start(void)
{
    link_world_start();
    libs_store_keep();
    open_program();
}

void fault_world_down(void)
{
    fault_hold();
    for (uint16_t id = BACK_DOMID; id <= OTHER_DOMID; id++)
        if (fake_xen_domain(id)->exists && fake_xen_holdings(id) > 0 &&
            !link_find(id))
            verdict("d%u keeps %u permissions or pirqs", id,
                    fake_xen_holdings(id));
    fake_xen_forgive();
    /* A broker that ends for good takes with it what an earlier one has left. */
    worker_spare();
    worker_spare_end();
    link_world_teardown();
    fault_go_on();
}

/* Running the loop costs the product nothing that could fail. */
struct wait {
    bool (*over)(void *arg);
    void *arg;
    uint64_t until_ms;
    bool met;
};

static void tick(void *arg);

static void tick_after(uint32_t ms, struct wait *wait)
{
    fault_hold();
    (void)loop_after(ms, tick, wait);
    fault_go_on();
}

static void tick(void *arg)
{
    struct wait *wait = arg;

    fault_hold();
    wait->met = wait->over(wait->arg);
    fault_go_on();
    if (wait->met || loop_now_ms() > wait->until_ms)
        loop_stop();
    else
        tick_after(1, wait);
}

static void run_loop(bool (*over)(void *arg), void *arg)
{
    struct wait wait = {
        .over = over,
        .arg = arg,
        .until_ms = loop_now_ms() + PATIENCE_MS,
    };

    tick_after(0, &wait);
    loop_run();
    if (!wait.met)
        verdict("there is no end to it");
}

static bool is_quiet(void)
{
    struct pollfd fd = { .fd = -1, .events = POLLIN };
    const struct link *link = NULL;
    const struct device *dev = NULL;

    if (world_store)
        fd.fd = store_fd(world_store);
    while ((link = link_next(link))) {
        fd.fd = store_fd(link->store);
        if (link->look || link->running != XB_ACT_NONE || link->deaf)
            return false;
    }
    while ((dev = device_next(dev)))
        if (dev->phase != DEVICE_READY)
            return false;
    return poll(&fd, 1, 0) == 0;
}

struct hope {
    bool (*cond)(void *arg);
    void *arg;
    unsigned int quiet;
    bool met;
};

static bool met_or_quiet(void *arg)
{
    struct hope *hope = arg;

    hope->met = hope->cond(hope->arg);
    hope->quiet = is_quiet() ? hope->quiet + 1 : 0;
    return hope->met || hope->quiet == QUIET_LOOKS;
}

bool comes(bool (*cond)(void *arg), void *arg)
{
    struct hope hope = { .cond = cond, .arg = arg };

    run_loop(met_or_quiet, &hope);
    return hope.met;
}

static bool never(void *arg UNUSED)
{
    return false;
}

void settle(void)
{
    (void)comes(never, NULL);
}

struct expected {
    uint16_t domid;
    const char *state;
    struct sbdf dev;
};

static bool has_state(void *arg)
{
    const struct expected *e = arg;

    return strcmp(back_node(e->domid, "state"), e->state) == 0;
}

bool comes_state(uint16_t domid, const char *state)
{
    struct expected e = { .domid = domid, .state = state };

    return comes(has_state, &e);
}

static bool has_owner(void *arg)
{
    const struct expected *e = arg;

    return fake_xen_owner(e->dev) == e->domid && !device_by_sbdf(e->dev);
}

bool comes_owner(struct sbdf dev, uint16_t domid)
{
    struct expected e = { .domid = domid, .dev = dev };

    return comes(has_owner, &e);
}

bool comes_end(void)
{
    return comes(no_links, NULL);
}

bool connects(uint16_t domid, struct sbdf dev)
{
    fault_hold();
    tool_lists(domid, dev);
    front_publishes(domid);
    fault_go_on();
    return comes_state(domid, "4") && fake_xen_owner(dev) == domid;
}

bool reconfigures(uint16_t domid)
{
    if (!comes_state(domid, "7"))
        return false;
    set_front(domid, "state", "7");
    if (!comes_state(domid, "8"))
        return false;
    set_front(domid, "state", "4");
    return comes_state(domid, "4");
}

static bool link_gone(void *arg)
{
    return !link_find(*(uint16_t *)arg);
}

bool ends(uint16_t domid)
{
    fault_hold();
    tool_deletes(domid);
    fault_go_on();
    return comes(link_gone, &domid);
}

pid_t worker_pid(uint16_t domid)
{
    return link_find(domid)->worker->pid;
}

struct question {
    struct pci_page *page;
    struct pci_op *op;
    uint64_t until_ms;
    bool answered;
};

static bool answered_or_late(void *arg)
{
    struct question *q = arg;

    q->answered = ring_collect(q->page, q->op);
    return q->answered || loop_now_ms() >= q->until_ms;
}

bool answered(uint16_t domid, struct pci_op *op)
{
    struct question q = {
        .page = libs_front_page(domid),
        .op = op,
        .until_ms = loop_now_ms() + ANSWER_MS,
    };

    ring_post(q.page, op);
    libs_front_notify(domid);
    run_loop(answered_or_late, &q);
    /* An error on the wire is a word to the guest. */
    told = told || (q.answered && op->err != PCI_ERR_SUCCESS);
    return q.answered;
}

bool front_was_told(void)
{
    return told;
}
