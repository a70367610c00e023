/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From store events to the links they concern. */
#include "events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "log.h"
#include "loop.h"
#include "nodes.h"
#include "reattach.h"

/* Taken in one go before workers get their turn. */
#define EVENT_BURST 256

int events_watch(struct store *store)
{
    static const char *const paths[] = { XS_BACK_ROOT, XS_WATCH_RELEASE,
                                         XS_WATCH_INTRODUCE };
    size_t i;
    int ret = 0;

    for (i = 0; i < ARRAY_LEN(paths) && ret == 0; i++)
        ret = store_watch(store, paths[i], paths[i]);
    return ret;
}

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

static void touch(struct hyp *hyp, struct store *store, uint16_t domid)
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

int events_scan(struct hyp *hyp, struct store *store)
{
    unsigned int n = 0, i;
    char **names = store_list(store, NULL, XS_BACK_ROOT, &n);
    char path[STORE_PATH];
    uint16_t domid;

    if (!names && errno != ENOENT)
        return -errno;
    for (i = 0; names && i < n; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", XS_BACK_ROOT, names[i]);
        if (domid_of(path, &domid))
            touch(hyp, store, domid);
    }
    free(names);
    touch_all();
    return 0;
}

/* The root directory's event says that there may be any number of new ones. */
struct rescan {
    struct hyp *hyp;
    struct store *store;
};
#define RESCAN_MS 250u

static void scan_until_done(void *arg)
{
    static struct rescan rescan;
    static bool due;
    const struct rescan *call = arg;
    int ret;

    if (call != &rescan && due)
        return;
    rescan = *call;
    ret = events_scan(rescan.hyp, rescan.store);
    due = ret < 0;
    if (!due)
        return;
    log_warnx("cannot list the guests: %s; trying again", strerror(-ret));
    (void)loop_after(RESCAN_MS, scan_until_done, &rescan);
}

/* The link whose front this is; the token is the watched path. */
static struct link *link_of_front(const char *token)
{
    struct link *link = NULL;
    char path[STORE_PATH];

    while ((link = link_next(link))) {
        (void)snprintf(path, sizeof(path), XS_FRONT_STATE, link->domid);
        if (strcmp(path, token) == 0)
            break;
    }
    return link;
}

static void on_event(struct hyp *hyp, struct store *store, const char *path,
                     const char *token)
{
    struct link *link;
    uint16_t domid;

    if (strcmp(path, XS_WATCH_RELEASE) == 0)
        touch_all();
    else if (strcmp(path, XS_WATCH_INTRODUCE) == 0)
        reattach_all(hyp, store);
    else if (strcmp(path, XS_BACK_ROOT) == 0)
        scan_until_done(&(struct rescan){ hyp, store });
    else if (domid_of(path, &domid))
        touch(hyp, store, domid);
    else if ((link = link_of_front(token)))
        link_heard(link);
}

void events_take(struct hyp *hyp, struct store *store)
{
    char path[STORE_PATH], token[STORE_PATH];
    unsigned int i;

    for (i = 0; i < EVENT_BURST && store_event(store, path, token); i++)
        on_event(hyp, store, path, token);
}
