/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The nodes the backend writes. A directory that a toolstack has deleted is
 * never brought back to life: every write first makes sure, in the same
 * transaction, that the state node is still there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "link.h"
#include "nodes.h"
#include "publish.h"
#include "transact.h"

/* A toolstack that removes devices faster than we look is not at work. */
#define MOVES_MAX 16

struct change {
    const struct link *link;
    enum xb_state state;
    struct sbdf sbdf;
    struct sbdf virt;
    uint32_t index; /* where sbdf is listed */
    bool aer_failed;
};

static void path_of(char path[STORE_PATH], const char *fmt, ...) PRINTF(2, 3);

static void path_of(char path[STORE_PATH], const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(path, STORE_PATH, fmt, args);
    va_end(args);
}

/* 0, or -ENOENT: it is gone. */
static int directory_there(struct store *st, struct store_txn *txn,
                           uint16_t domid)
{
    char path[STORE_PATH];

    path_of(path, XS_BACK_STATE, domid);
    return store_probe(st, txn, path);
}

static int apply(struct link *link, transact_body *body, struct change *change,
                 const char *what)
{
    int ret;

    change->link = link;
    ret = transact(link->store, body, change);
    if (ret < 0 && ret != -ENOENT && ret != -ESTALE)
        log_limited(&link->budget, "d%u: cannot write %s: %s", link->domid,
                    what, strerror(-ret));
    return ret;
}

/*
 * A device's place in the list moves when an earlier one is removed: it is
 * looked up first, and the body fails with -ESTALE when it has moved since.
 */
static bool apply_to_device(struct link *link, transact_body *body,
                            struct change *change, const char *what)
{
    struct publish_device listed;
    unsigned int i;

    for (i = 0; i < MOVES_MAX; i++) {
        int ret = publish_find(link->store, link->domid, change->sbdf, &listed);

        if (ret < 0 && ret != -ENOENT)
            log_limited(&link->budget, "d%u: cannot write %s: %s", link->domid,
                        what, strerror(-ret));
        if (ret < 0)
            return false;
        change->index = listed.index;
        ret = apply(link, body, change, what);
        if (ret != -ESTALE)
            return ret == 0;
    }
    log_warnx("d%u: cannot write %s: the list does not stand still",
              link->domid, what);
    return false;
}

/* 0, or -ESTALE: something else does, or nothing. */
static int sits_there(struct store *st, struct store_txn *txn,
                      const struct change *c)
{
    char path[STORE_PATH], text[32];
    struct sbdf there;
    int ret;

    path_of(path, XS_BACK_DEV, c->link->domid, c->index);
    ret = store_read_buf(st, txn, path, text, sizeof(text));
    if (ret < 0)
        return ret == -ENOENT || ret == -ENAMETOOLONG ? -ESTALE : ret;
    return sbdf_parse(text, &there) && sbdf_equal(there, c->sbdf) ? 0 : -ESTALE;
}

static int body_state(struct store *st, struct store_txn *txn, void *arg)
{
    const struct change *c = arg;
    char path[STORE_PATH];
    int ret = directory_there(st, txn, c->link->domid);

    if (ret < 0)
        return ret;
    path_of(path, XS_BACK_STATE, c->link->domid);
    return store_writef(st, txn, path, "%u", (unsigned int)c->state);
}

void link_write_state(struct link *link, enum xb_state state)
{
    struct change change = { .state = state };
    int ret = apply(link, body_state, &change, "the state");

    /* The front waits for it, and nothing else would make us look again. */
    link->unwritten = ret < 0 && ret != -ENOENT;
    if (link->unwritten)
        link_look_later(link);
}

static int body_exported(struct store *st, struct store_txn *txn, void *arg)
{
    const struct change *c = arg;
    struct sbdf v = c->virt;
    char path[STORE_PATH];
    int ret = sits_there(st, txn, c);

    if (ret < 0)
        return ret;
    path_of(path, XS_BACK_VDEV, c->link->domid, c->index);
    /* pciif's users expect two digits for the function here. */
    ret = store_writef(st, txn, path, "%04x:%02x:%02x.%02x", v.segment, v.bus,
                       SBDF_DEVICE(v), SBDF_FUNCTION(v));
    if (ret < 0)
        return ret;
    path_of(path, XS_BACK_STATE_N, c->link->domid, c->index);
    return store_writef(st, txn, path, "%u", (unsigned int)XB_INITIALISED);
}

void link_write_exported(struct link *link, struct device *dev)
{
    struct change change = { .sbdf = dev->sbdf, .virt = dev->virt };

    dev->told =
        apply_to_device(link, body_exported, &change, "an exported device");
}

static int body_device_state(struct store *st, struct store_txn *txn, void *arg)
{
    const struct change *c = arg;
    char path[STORE_PATH];
    int ret = sits_there(st, txn, c);

    path_of(path, XS_BACK_STATE_N, c->link->domid, c->index);
    if (ret == 0)
        ret = store_probe(st, txn, path);
    if (ret < 0)
        return ret;
    return store_writef(st, txn, path, "%u", (unsigned int)c->state);
}

void link_write_device_state(struct link *link, struct sbdf sbdf,
                             enum xb_state state)
{
    struct change change = { .state = state, .sbdf = sbdf };

    (void)apply_to_device(link, body_device_state, &change, "a device's state");
}

/* Listed anew meanwhile, it is to be exported, not closed. */
static int body_released(struct store *st, struct store_txn *txn, void *arg)
{
    const struct change *c = arg;
    char path[STORE_PATH], text[4];
    enum xb_state state;

    path_of(path, XS_BACK_STATE_N, c->link->domid, c->index);
    if (store_read_buf(st, txn, path, text, sizeof(text)) == 0 &&
        xb_state_parse(text, &state) && state == XB_INITIALISING)
        return 0;
    return body_device_state(st, txn, arg);
}

void link_write_released(struct link *link, struct sbdf sbdf)
{
    struct change change = { .state = XB_CLOSED, .sbdf = sbdf };

    (void)apply_to_device(link, body_released, &change, "a released device");
}

void link_note(struct link *link, struct sbdf sbdf, const char *text)
{
    char dashed[SBDF_TEXT], name[SBDF_TEXT], path[STORE_PATH];

    path_of(path, XS_DEVICE_ERROR, sbdf_format_dashed(sbdf, dashed));
    (void)!store_write(link->store, NULL, path, text);
    log_limited(&link->budget, "d%u %s: %s", link->domid,
                sbdf_format(sbdf, name), text);
}

void link_report(struct link *link, const struct sbdf *sbdf, int err,
                 const char *text)
{
    char dashed[SBDF_TEXT], name[SBDF_TEXT] = "", path[STORE_PATH];

    if (sbdf) {
        sbdf_format(*sbdf, name);
        path_of(path, XS_DEVICE_ERROR, sbdf_format_dashed(*sbdf, dashed));
        (void)!store_write(link->store, NULL, path, text);
    }
    log_limited(&link->budget, "d%u%s%s: %s", link->domid, sbdf ? " " : "",
                name, text);
    path_of(path, XS_ERROR_BACK, link->domid);
    (void)!store_writef(link->store, NULL, path, "%d %s%s%s", -err, name,
                        sbdf ? ": " : "", text);
}

void link_clear_report(struct link *link, const struct sbdf *sbdf)
{
    char dashed[SBDF_TEXT], path[STORE_PATH];

    if (sbdf)
        path_of(path, XS_DEVICE_ERROR, sbdf_format_dashed(*sbdf, dashed));
    else
        path_of(path, XS_ERROR_BACK, link->domid);
    if (store_exists(link->store, NULL, path))
        (void)!store_remove(link->store, NULL, path);
}

static int body_aer(struct store *st, struct store_txn *txn, void *arg)
{
    const struct change *c = arg;
    char path[STORE_PATH];
    int ret = directory_there(st, txn, c->link->domid);

    if (ret < 0)
        return ret;
    path_of(path, XS_BACK_AER_STATE, c->link->domid);
    if (c->aer_failed)
        return store_write(st, txn, path, "aerfail");
    return store_exists(st, txn, path) ? store_remove(st, txn, path) : 0;
}

void link_write_aer(struct link *link, bool failed)
{
    struct change change = { .aer_failed = failed };

    (void)apply(link, body_aer, &change, "the state of error recovery");
}

/* Our own record stays: the guest may be about to reboot (reattach.c). */
static void forget_claim(struct link *link, struct sbdf sbdf)
{
    char dashed[SBDF_TEXT], path[STORE_PATH];
    uint16_t owner;

    path_of(path, XS_LIBXL_DOMID, sbdf_format_dashed(sbdf, dashed));
    if (claim_owner(link->store, sbdf, &owner) == 0 && owner == link->domid)
        (void)!store_remove(link->store, NULL, path);
}

/*
 * libxl forgets the back directory of a guest that was already dead when it was
 * destroyed, and the record of its devices with it; the devices would look
 * taken for ever. What names a living domain is left alone.
 */
void link_clear_dead(struct link *link)
{
    struct publish_device *list = NULL;
    struct hyp_domain domain;
    size_t n = 0, i;

    /* A toolstack clears first and destroys then; and there is no event for the
     * end of a domain that is dying. */
    if (link->vanished || hyp_domain(link->hyp, link->domid, &domain) < 0 ||
        (domain.exists && !domain.dying))
        return;
    if (publish_list(link->store, link->domid, &list, &n) == 0) {
        for (i = 0; i < n; i++)
            forget_claim(link, list[i].dev);
        free(list);
    }
    if (publish_clear(link->store, link->domid) == 0)
        log_info("d%u: cleared what its toolstack left behind", link->domid);
}
