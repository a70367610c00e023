/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices across all guests: nobody has one twice, and the toolstack's claims
 * agree with the back directories.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate-private.h"

static bool in_scope(uint32_t domid, uint32_t wanted)
{
    return wanted == VALIDATE_ALL || wanted == domid;
}

/* The value of a node of one device, or NULL. */
static const char *device_value(const struct listing *list, enum schema_id id,
                                struct sbdf device)
{
    const struct schema_match what = { .id = id, .device = device };
    char path[SCHEMA_PATH];

    return listing_get(list, schema_path(&what, path));
}

/* Does this guest's back directory list the device? */
static bool guest_lists(const struct listing *list, uint32_t domid,
                        struct sbdf device)
{
    for (uint32_t i = 0; i < GUEST_DEVICES_MAX; i++) {
        const struct schema_match what = {
            .id = SCHEMA_BACK_DEV,
            .domid = domid,
            .index = i,
        };
        char path[SCHEMA_PATH];
        const char *text = listing_get(list, schema_path(&what, path));
        struct sbdf listed;

        if (text != NULL && sbdf_parse(text, &listed) &&
            sbdf_equal(listed, device))
            return true;
    }
    return false;
}

/* Entry i against every later entry: the same device, or the same place. */
static void check_duplicate(const struct listing *list, size_t i,
                            const struct schema_match *match, uint32_t domid,
                            struct faults *faults)
{
    const struct listing_entry *entry = &list->entries[i];

    for (size_t j = i + 1; j < list->count; j++) {
        const struct listing_entry *other = &list->entries[j];
        struct fault_at at = { FAULT_DUPLICATE, FAULT_FAULT, 0, other->path };
        struct schema_match twin;

        if (strcmp(entry->value, other->value) != 0 ||
            !schema_match(other->path, &twin) || twin.id != match->id)
            continue;
        if (match->id == SCHEMA_BACK_VDEV && twin.domid != match->domid)
            continue;
        at.domid = twin.domid;
        if (in_scope(match->domid, domid) || in_scope(twin.domid, domid))
            faults_add(faults, &at, "%.20s is also %s", entry->value,
                       entry->path);
    }
}

/* A device in a back directory: is it claimed for that guest? */
static void check_listed(const struct listing *list,
                         const struct listing_entry *entry,
                         const struct schema_match *match,
                         struct faults *faults)
{
    const struct fault_at at = { FAULT_CLAIM, FAULT_FAULT, match->domid,
                                 entry->path };
    const char *claim;
    struct sbdf device;

    if (!sbdf_parse(entry->value, &device))
        return;
    claim = device_value(list, SCHEMA_LIBXL_DOMID, device);
    if (claim == NULL)
        faults_add(faults, &at, "libxl's domid node of %.20s is missing",
                   entry->value);
    else if (strtoul(claim, NULL, 10) != match->domid)
        faults_add(faults, &at, "libxl's domid node of %.20s says %.12s",
                   entry->value, claim);
}

static bool domain_exists(const struct listing *list, uint32_t domid)
{
    const struct schema_match what = { .id = SCHEMA_DOMAIN_DIR,
                                       .domid = domid };
    char path[SCHEMA_PATH];

    return listing_has(list, schema_path(&what, path));
}

/* A claim: does the guest exist and have the device? */
static void check_claim(const struct listing *list,
                        const struct listing_entry *entry,
                        const struct schema_match *match, uint32_t domid,
                        struct faults *faults)
{
    uint32_t owner = (uint32_t)strtoul(entry->value, NULL, 10);
    struct fault_at at = { FAULT_CLAIM, FAULT_FAULT, owner, entry->path };

    if (!schema_value_ok(SCHEMA_TYPE_NUMBER, entry->value) ||
        !in_scope(owner, domid))
        return;
    /* Ours outlives the domain: that is how a rebooted guest is recognised. */
    if (match->id == SCHEMA_DEVICE_DOMID)
        at.weight = FAULT_NOTICE;
    if (!domain_exists(list, owner))
        faults_add(faults, &at, "claimed for domain %u, which is gone", owner);
    else if (!guest_lists(list, owner, match->device))
        faults_add(faults, &at, "claimed for domain %u, which does not list it",
                   owner);
}

static void check_device_error(const struct listing_entry *entry,
                               uint32_t domid, struct faults *faults)
{
    const struct fault_at at = { FAULT_ERROR, FAULT_NOTICE, FAULT_NO_DOMAIN,
                                 entry->path };

    if (domid == VALIDATE_ALL)
        faults_add(faults, &at, "xenpcid reported: %.120s", entry->value);
}

void rules_devices(const struct listing *list, uint32_t domid,
                   struct faults *faults)
{
    bool whole = listing_get(list, XS_DOMAINS) != NULL;
    bool claims = listing_has(list, XS_LIBXL_ROOT) || whole;

    for (size_t i = 0; i < list->count; i++) {
        const struct listing_entry *entry = &list->entries[i];
        struct schema_match match;

        if (!schema_match(entry->path, &match))
            continue;
        if (match.id == SCHEMA_BACK_DEV || match.id == SCHEMA_BACK_VDEV)
            check_duplicate(list, i, &match, domid, faults);
        if (match.id == SCHEMA_BACK_DEV && claims &&
            in_scope(match.domid, domid))
            check_listed(list, entry, &match, faults);
        if ((match.id == SCHEMA_LIBXL_DOMID ||
             match.id == SCHEMA_DEVICE_DOMID) &&
            whole)
            check_claim(list, entry, &match, domid, faults);
        if (match.id == SCHEMA_DEVICE_ERROR)
            check_device_error(entry, domid, faults);
    }
}
