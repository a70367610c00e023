/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that follow their guest through a reboot. */
#include "reattach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "log.h"
#include "nodes.h"
#include "publish.h"

#define OPTIONS_DEFAULT "msitranslate=0,power_mgmt=0,permissive=0"

/* The domain that bears this uuid now and is not on its way out. */
static bool find_domain(struct hyp *hyp, struct store *store, const char *uuid,
                        uint16_t *domid)
{
    unsigned int n = 0, i;
    char **ids = store_list(store, NULL, XS_DOMAINS, &n);
    bool found = false;

    for (i = 0; ids && i < n && !found; i++) {
        unsigned long id = strtoul(ids[i], NULL, 10);
        char text[CLAIM_UUID];
        struct hyp_domain d;

        if (id == 0 || id >= HYP_DOMID_IO ||
            hyp_domain(hyp, (uint16_t)id, &d) < 0 || !d.exists || d.dying ||
            d.shutdown)
            continue;
        found = strcmp(claim_uuid_format(d.uuid, text), uuid) == 0;
        *domid = (uint16_t)id;
    }
    free(ids);
    return found;
}

static bool is_over(struct hyp *hyp, uint16_t domid)
{
    struct hyp_domain d;

    return hyp_domain(hyp, domid, &d) == 0 && (!d.exists || d.dying);
}

static void list_again(struct store *store, struct sbdf sbdf,
                       uint16_t old_domid, uint16_t domid, const char *uuid,
                       const char *options)
{
    struct claim claim = {
        .dev = sbdf,
        .domid = domid,
        .uuid = uuid,
        .options = options,
        .replaces = old_domid,
    };
    struct publish_request request = {
        .domid = domid,
        .dev = sbdf,
        .options = options,
        .claim = &claim,
    };
    char name[SBDF_TEXT];
    int ret = publish_add(store, &request);

    /* The guest's own configuration lists it. */
    if (ret == -EEXIST)
        ret = claim_take(store, &claim);
    sbdf_format(sbdf, name);
    if (ret < 0)
        log_warnx("d%u %s: cannot follow its guest: %s", domid, name,
                  strerror(-ret));
    else
        log_info("d%u %s: follows its guest from d%u", domid, name, old_domid);
}

static void reattach(struct hyp *hyp, struct store *store, const char *dashed)
{
    char path[STORE_PATH], uuid[CLAIM_UUID], options[PUBLISH_OPTIONS];
    struct sbdf sbdf;
    uint32_t old_domid;
    uint16_t domid;

    if (!sbdf_parse(dashed, &sbdf))
        return;
    (void)snprintf(path, sizeof(path), XS_DEVICE_DOMID, dashed);
    if (store_read_uint(store, NULL, path, &old_domid) < 0 ||
        old_domid >= HYP_DOMID_IO || !is_over(hyp, (uint16_t)old_domid))
        return;
    (void)snprintf(path, sizeof(path), XS_DEVICE_UUID, dashed);
    if (store_read_buf(store, NULL, path, uuid, sizeof(uuid)) < 0 ||
        !find_domain(hyp, store, uuid, &domid) || domid == old_domid)
        return;
    (void)snprintf(path, sizeof(path), XS_DEVICE_OPTIONS, dashed);
    if (store_read_buf(store, NULL, path, options, sizeof(options)) < 0)
        (void)snprintf(options, sizeof(options), "%s", OPTIONS_DEFAULT);
    list_again(store, sbdf, (uint16_t)old_domid, domid, uuid, options);
}

void reattach_all(struct hyp *hyp, struct store *store)
{
    unsigned int n = 0, i;
    char **names = store_list(store, NULL, XS_DEVICE_ROOT, &n);

    for (i = 0; names && i < n; i++)
        reattach(hyp, store, names[i]);
    free(names);
}
