/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start order and end. */
#include "broker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aer-source.h"
#include "age.h"
#include "events.h"
#include "hyp.h"
#include "kernel-half.h"
#include "ledger.h"
#include "link.h"
#include "lock.h"
#include "log.h"
#include "loop.h"
#include "nodes.h"
#include "policy-source.h"
#include "state.h"
#include "store.h"
#include "supervise.h"
#include "version.h"
#include "worker-proc.h"

#define EXIT_BUSY 4

static struct hyp *hyp;
static struct store *store;

static void on_store(void *arg UNUSED)
{
    events_take(hyp, store);
}

static void on_stop(void *arg UNUSED)
{
    loop_stop();
}

static void on_reload(void *arg UNUSED)
{
    supervise_reloading();
    policy_source_again(NULL);
    supervise_reloaded();
}

static int announce(void)
{
    int ret = store_writef(store, NULL, XS_DAEMON_PID, "%d", (int)getpid());

    return ret < 0
               ? ret
               : store_write(store, NULL, XS_DAEMON_VERSION, xenpci_version);
}

static void open_all(void)
{
    int ret;

    hyp = hyp_open();
    if (!hyp)
        fatal("this host does not run under Xen, or its control interface "
              "(/dev/xen/privcmd) is out of reach");
    store = store_open();
    if (!store)
        fatal("xenstored does not answer; start it first");
    ret = kernel_half_hold();
    if (ret < 0 && ret != -ENOENT)
        fatalx("cannot keep the kernel's xen-pciback from answering guests: "
               "%s",
               strerror(-ret));
}

static void close_all(void)
{
    aer_source_close();
    (void)!store_remove(store, NULL, XS_DAEMON_DIR);
    /* With guests left, the kernel must not take their directories over. */
    if (!link_next(NULL)) {
        kernel_half_let_go();
        worker_spare_end();
    }
    store_close(store);
    hyp_close(hyp);
    loop_fini();
}

static void enter(const struct broker_paths *paths)
{
    int ret = worker_program_open(paths->worker);

    if (ret < 0)
        fatalx("cannot open the program %s: %s; is xenpci installed as a "
               "whole?",
               paths->worker, strerror(-ret));
    ret = worker_root_open(paths->run_dir);
    if (ret < 0)
        fatalx("cannot have an empty directory in %s for workers: %s",
               paths->run_dir, strerror(-ret));
    state_open(paths->run_dir);
    (void)signal(SIGPIPE, SIG_IGN);
    loop_init();
    open_all();
    (void)loop_on_signal(SIGTERM, on_stop, NULL);
    (void)loop_on_signal(SIGINT, on_stop, NULL);
    (void)loop_on_signal(SIGHUP, on_reload, NULL);
}

/* A new watch fires at once: what was there before it is not missed. */
static void listen_to_store(void)
{
    int ret = events_watch(store);

    if (ret < 0)
        fatalx("xenstore refuses us: %s; is this domain 0?", strerror(-ret));
    (void)loop_on_read(store_fd(store), on_store, NULL);
    supervise_ready();
}

static void listen_to_kernel(void)
{
    int ret = kernel_half_hand_out();

    if (ret < 0)
        fatalx("cannot hear of other backends, which wait for us to hand them "
               "to the kernel's drivers: %s",
               strerror(-ret));
    ret = announce();
    if (ret < 0)
        log_warnx("xenstore does not take our name: %s", strerror(-ret));
}

/* Guests of an earlier broker wait for answers; for all this nobody does, and in
 * between they get theirs. */
static void (*const settling_in[])(void) = {
    listen_to_store, listen_to_kernel, worker_spare,
    aer_source_open, ledger_start,     link_release_orphans,
};
#define SETTLE_MS  20u
#define BETWEEN_MS 1u
static size_t settled;

static void settle_in(void *unused UNUSED)
{
    settling_in[settled++]();
    if (settled < ARRAY_LEN(settling_in))
        (void)loop_after(BETWEEN_MS, settle_in, NULL);
}

static void serve(void)
{
    int ret;

    log_info("version %s serves, %u ms after its start", xenpci_version,
             age_ms());
    link_adopt_devices(hyp);
    ret = events_scan(hyp, store);
    if (ret < 0)
        fatalx("xenstore does not list the guests: %s", strerror(-ret));
    settled = 0;
    (void)loop_after(SETTLE_MS, settle_in, NULL);
    loop_run();
    supervise_end();
    if (link_next(NULL))
        log_info("stopping; guests keep their devices and their workers until "
                 "the next start");
    else
        log_info("stopping");
    ledger_stop();
    close_all();
}

int broker_main(const struct broker_paths *paths)
{
    int ret;

    if (geteuid() != 0) {
        log_warnx("must run as root: it assigns devices to other domains");
        return EXIT_FAILURE;
    }
    ret = lock_take(paths->run_dir);
    if (ret == -EBUSY) {
        log_warnx("another xenpcid serves this host (lock in %s)",
                  paths->run_dir);
        return EXIT_BUSY;
    }
    if (ret < 0)
        fatalx("cannot lock %s: %s", paths->run_dir, strerror(-ret));
    enter(paths);
    serve();
    return EXIT_SUCCESS;
}
