/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start order, store events, end. */
#include "broker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "hyp.h"
#include "kernel-half.h"
#include "link.h"
#include "lock.h"
#include "log.h"
#include "loop.h"
#include "nodes.h"
#include "reattach.h"
#include "state.h"
#include "store.h"

#define EXIT_BUSY 4

/* Store events taken in one go before workers get their turn. */
#define EVENT_BURST 256

static struct hyp *hyp;
static struct store *store;

/* The domain id in "/local/domain/0/backend/pci/<id>[/...]"; false if none. */
static bool domid_of(const char *path, uint16_t *domid)
{
    size_t root = strlen(XS_BACK_ROOT);
    unsigned long id;
    char *end;

    if (strncmp(path, XS_BACK_ROOT "/", root + 1) != 0)
        return false;
    path += root + 1;
    if (*path < '0' || *path > '9')
        return false;
    id = strtoul(path, &end, 10);
    if ((*end != '\0' && *end != '/') || id >= HYP_DOMID_IO)
        return false;
    *domid = (uint16_t)id;
    return true;
}

static void touch(uint16_t domid)
{
    struct link *link = link_get(hyp, store, domid);

    if (link)
        link_touch(link);
}

static void touch_all(void)
{
    struct link *link = NULL;

    while ((link = link_next(link)))
        link_touch(link);
}

/* Directories that are there already, and links whose directory is. */
static void scan_root(void)
{
    unsigned int n = 0, i;
    char **names = store_list(store, NULL, XS_BACK_ROOT, &n);
    char path[STORE_PATH];
    uint16_t domid;

    for (i = 0; names && i < n; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", XS_BACK_ROOT, names[i]);
        if (domid_of(path, &domid))
            touch(domid);
    }
    free(names);
    touch_all();
}

static void on_event(const char *path, const char *token)
{
    unsigned int front;
    uint16_t domid;

    if (strcmp(path, XS_WATCH_RELEASE) == 0)
        touch_all();
    else if (strcmp(path, XS_WATCH_INTRODUCE) == 0)
        reattach_all(hyp, store);
    else if (strcmp(path, XS_BACK_ROOT) == 0)
        scan_root();
    else if (domid_of(path, &domid))
        touch(domid);
    else if (sscanf(token, XS_FRONT_STATE, &front) == 1 &&
             front < HYP_DOMID_IO && link_find((uint16_t)front))
        link_touch(link_find((uint16_t)front));
}

static void on_store(void *arg UNUSED)
{
    char path[STORE_PATH], token[STORE_PATH];
    unsigned int i;

    for (i = 0; i < EVENT_BURST && store_event(store, path, token); i++)
        on_event(path, token);
}

static void on_stop(void *arg UNUSED)
{
    loop_stop();
}

static int announce(void)
{
    int ret = store_writef(store, NULL, XS_DAEMON_PID, "%d", (int)getpid());

    return ret < 0
               ? ret
               : store_write(store, NULL, XS_DAEMON_VERSION, PACKAGE_VERSION);
}

static int watch_store(void)
{
    static const char *const paths[] = { XS_BACK_ROOT, XS_WATCH_RELEASE,
                                         XS_WATCH_INTRODUCE };
    size_t i;
    int ret = 0;

    for (i = 0; i < ARRAY_LEN(paths) && ret == 0; i++)
        ret = store_watch(store, paths[i], paths[i]);
    return ret;
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
    ret = watch_store();
    if (ret == 0)
        ret = announce();
    if (ret < 0)
        fatalx("xenstore refuses us: %s; is this domain 0?", strerror(-ret));
}

static void close_all(void)
{
    (void)!store_remove(store, NULL, XS_DAEMON_DIR);
    /* With guests left, the kernel must not take their directories over. */
    if (!link_next(NULL))
        kernel_half_let_go();
    store_close(store);
    hyp_close(hyp);
    loop_fini();
}

int broker_main(const char *run_dir)
{
    int ret;

    if (geteuid() != 0) {
        log_warnx("must run as root: it assigns devices to other domains");
        return EXIT_FAILURE;
    }
    ret = lock_take(run_dir);
    if (ret == -EBUSY) {
        log_warnx("another xenpcid serves this host (lock in %s)", run_dir);
        return EXIT_BUSY;
    }
    if (ret < 0)
        fatalx("cannot lock %s: %s", run_dir, strerror(-ret));
    state_open(run_dir);
    (void)signal(SIGPIPE, SIG_IGN);
    loop_init();
    open_all();
    (void)loop_on_signal(SIGTERM, on_stop, NULL);
    (void)loop_on_signal(SIGINT, on_stop, NULL);
    (void)loop_on_read(store_fd(store), on_store, NULL);
    log_info("version %s serves", PACKAGE_VERSION);
    link_adopt_devices(hyp);
    scan_root();
    link_release_orphans();
    loop_run();
    log_info("stopping");
    close_all();
    return EXIT_SUCCESS;
}
