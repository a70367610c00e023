/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the schema by itself can tell: for every node, is it known and does its
 * value have the form; for every row, is the node there when it must be. The
 * rest is in rules.c and rules-device.c.
 */
#include "validate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate-private.h"

const char *guest_path(const struct guest *guest, enum schema_id id,
                       uint32_t index, char buf[SCHEMA_PATH])
{
    const struct schema_match what = {
        .id = id,
        .domid = guest->domid,
        .index = index,
    };

    return schema_path(&what, buf);
}

const char *guest_value(const struct guest *guest, enum schema_id id,
                        uint32_t index)
{
    char path[SCHEMA_PATH];

    return listing_get(guest->list, guest_path(guest, id, index, path));
}

struct guest_state guest_state(const struct guest *guest, enum schema_id id,
                               uint32_t index)
{
    const char *text = guest_value(guest, id, index);
    struct guest_state state = { 0 };

    state.known = text != NULL && xb_state_parse(text, &state.value);
    return state;
}

void guest_fault(const struct guest *guest, enum fault_kind kind,
                 enum fault_weight weight, const char *path, const char *fmt,
                 ...)
{
    const struct fault_at at = { kind, weight, guest->domid, path };
    char text[sizeof(((struct fault *)0)->text)];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    faults_add(guest->faults, &at, "%s", text);
}

/* ---- each node that is there ---- */

static void check_value(const struct schema_match *match,
                        const struct listing_entry *entry,
                        const struct fault_at *at, struct faults *faults)
{
    const struct schema_node *node = &schema_nodes[match->id];
    const struct schema_type *type = &schema_types[node->type];

    if (!schema_value_ok(node->type, entry->value))
        faults_add(faults, at, "\"%.40s\" is not of the form %s (%.80s)",
                   entry->value, type->form, type->meaning);
}

/* Every entry below one directory. */
static void check_entries(const struct listing *list, const char *root,
                          uint32_t domid, struct faults *faults)
{
    size_t first;
    size_t end;

    listing_subtree(list, root, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct listing_entry *entry = &list->entries[i];
        struct fault_at at = { FAULT_MALFORMED, FAULT_FAULT, domid,
                               entry->path };
        struct schema_match match;

        if (schema_match(entry->path, &match)) {
            check_value(&match, entry, &at, faults);
            continue;
        }
        at.kind = FAULT_UNKNOWN;
        at.weight = FAULT_NOTICE;
        faults_add(faults, &at, "no part of the PCI pair uses this node");
    }
}

/* ---- each node that ought to be there ---- */

static const char *writer_name(uint8_t writers)
{
    static const struct {
        enum schema_party party;
        const char *name;
    } rows[] = {
        { SCHEMA_BY_BACK, "the back" },
        { SCHEMA_BY_FRONT, "the front" },
        { SCHEMA_BY_TOOLSTACK, "the toolstack" },
        { SCHEMA_BY_XENPCID, "xenpcid" },
        { SCHEMA_BY_XENPCI, "xenpci" },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (writers & rows[i].party)
            return rows[i].name;
    }
    return "somebody";
}

static void check_presence(const struct guest *guest,
                           const struct schema_node *node, uint32_t index)
{
    enum schema_id id = (enum schema_id)(node - schema_nodes);
    struct guest_state life = { 0 };
    char path[SCHEMA_PATH];
    bool there;

    if (node->life != SCHEMA_NONE)
        life = guest_state(guest, node->life, index);
    if (node->life != SCHEMA_NONE && !life.known)
        return;
    there = listing_has(guest->list, guest_path(guest, id, index, path));
    if (!there && (node->required >> life.value & 1))
        guest_fault(guest, FAULT_MISSING, FAULT_FAULT, path,
                    "%s has not written it: %.100s", writer_name(node->writers),
                    node->meaning);
    if (there && !(node->valid >> life.value & 1))
        guest_fault(guest, FAULT_UNTIMELY, FAULT_FAULT, path,
                    "should not be there in state %s",
                    xb_state_name(life.value));
}

static bool is_indexed(const struct schema_node *node)
{
    for (size_t i = 0; i < SCHEMA_PARAMS_MAX; i++) {
        if (node->params[i] == SCHEMA_PARAM_INDEX)
            return true;
    }
    return false;
}

/* Every row whose parent is this directory of the guest. */
static void check_rows(const struct guest *guest, enum schema_id directory)
{
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        const struct schema_node *node = &schema_nodes[i];
        uint32_t count = is_indexed(node) ? guest->ndevs : 1;

        if (node->parent != directory)
            continue;
        for (uint32_t index = 0; index < count; index++)
            check_presence(guest, node, index);
    }
}

/* ---- a guest ---- */

static uint32_t device_count(const struct guest *guest)
{
    const char *text = guest_value(guest, SCHEMA_BACK_NUM_DEVS, 0);
    unsigned long count;

    if (text == NULL || !schema_value_ok(SCHEMA_TYPE_NUMBER, text))
        return 0;
    count = strtoul(text, NULL, 10);
    return count < GUEST_DEVICES_MAX ? (uint32_t)count : GUEST_DEVICES_MAX;
}

static void check_guest(const struct listing *list, uint32_t domid,
                        struct faults *faults)
{
    struct guest guest = { .list = list, .faults = faults, .domid = domid };
    char path[SCHEMA_PATH];

    guest.whole =
        listing_has(list, XS_DOMAINS) && listing_get(list, XS_DOMAINS) != NULL;
    guest.has_domain =
        listing_has(list, guest_path(&guest, SCHEMA_DOMAIN_DIR, 0, path));
    guest.has_front =
        listing_has(list, guest_path(&guest, SCHEMA_FRONT_DIR, 0, path));
    check_entries(list, path, domid, faults);
    guest.has_back =
        listing_has(list, guest_path(&guest, SCHEMA_BACK_DIR, 0, path));
    check_entries(list, path, domid, faults);
    guest.back = guest_state(&guest, SCHEMA_BACK_STATE, 0);
    guest.front = guest_state(&guest, SCHEMA_FRONT_STATE, 0);
    guest.ndevs = device_count(&guest);
    if (guest.has_back)
        check_rows(&guest, SCHEMA_BACK_DIR);
    if (guest.has_front)
        check_rows(&guest, SCHEMA_FRONT_DIR);
    rules_pair(&guest);
}

static int compare_domids(const void *a, const void *b)
{
    const uint32_t *left = a;
    const uint32_t *right = b;

    return (*left > *right) - (*left < *right);
}

int validate_guests(const struct listing *list, uint32_t **domids,
                    size_t *count)
{
    /* One more than needed, so that an empty list is no failed malloc(). */
    uint32_t *found = calloc(list->count + 1, sizeof(*found));
    size_t n = 0;
    size_t kept = 0;

    if (found == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < list->count; i++) {
        struct schema_match match;

        if (!schema_match(list->entries[i].path, &match))
            continue;
        if (match.id == SCHEMA_BACK_DOMAIN || match.id == SCHEMA_FRONT_DIR ||
            schema_nodes[match.id].parent == SCHEMA_BACK_DIR ||
            schema_nodes[match.id].parent == SCHEMA_FRONT_DIR)
            found[n++] = match.domid;
    }
    qsort(found, n, sizeof(*found), compare_domids);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || found[kept - 1] != found[i])
            found[kept++] = found[i];
    }
    *domids = found;
    *count = kept;
    return 0;
}

int validate(const struct listing *list, uint32_t domid, struct faults *faults)
{
    uint32_t *domids;
    size_t count;
    int ret = validate_guests(list, &domids, &count);

    if (ret < 0)
        return ret;
    for (size_t i = 0; i < count; i++) {
        if (domid == VALIDATE_ALL || domid == domids[i])
            check_guest(list, domids[i], faults);
    }
    free(domids);
    if (domid == VALIDATE_ALL) {
        check_entries(list, XS_LIBXL_ROOT, FAULT_NO_DOMAIN, faults);
        check_entries(list, XS_XENPCI_ROOT, FAULT_NO_DOMAIN, faults);
    }
    rules_devices(list, domid, faults);
    return faults->error;
}
