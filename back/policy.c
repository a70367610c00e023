/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration in force, and the answer for one device. */
#include "policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy-private.h"
#include "quirk.h"

static const char *const aer_names[] = {
    [POLICY_AER_NOTIFY] = "notify",
    [POLICY_AER_PAUSE] = "pause",
    [POLICY_AER_DETACH] = "detach",
    [POLICY_AER_DESTROY] = "destroy",
};

static struct policy_file *in_force; /* NULL: what is built in */

void policy_say(char why[POLICY_WHY], const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(why, POLICY_WHY, fmt, args);
    va_end(args);
}

const char *policy_aer_name(enum policy_aer aer)
{
    return aer_names[aer];
}

bool policy_aer_parse(const char *name, enum policy_aer *out)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(aer_names); i++) {
        if (strcmp(name, aer_names[i]) != 0)
            continue;
        *out = (enum policy_aer)i;
        return true;
    }
    return false;
}

bool policy_add_quirk(struct cfg_knobs *knobs, const char *text, size_t len,
                      const char **wrong)
{
    struct quirk quirk;

    if (!quirk_parse(text, len, &quirk, wrong))
        return false;
    if (knobs->nquirks == CFG_QUIRKS_MAX) {
        *wrong = "a device has at most 16 quirks";
        return false;
    }
    knobs->quirks[knobs->nquirks++] = quirk;
    return true;
}
_Static_assert(CFG_QUIRKS_MAX == 16, "the sentence says so");

bool policy_load(const char *path, char why[POLICY_WHY])
{
    struct policy_file *file = NULL;

    why[0] = '\0';
    if (path) {
        file = policy_file_read(path, why);
        if (!file)
            return false;
    }
    policy_file_free(in_force);
    in_force = file;
    return true;
}

enum vbus_topology policy_topology(void)
{
    return in_force ? in_force->topology : VBUS_VIRTUAL;
}

static bool apply_quirks(const struct cfg_knobs *from, struct cfg_knobs *to)
{
    unsigned int i;

    if (from->nquirks > CFG_QUIRKS_MAX - to->nquirks)
        return false;
    for (i = 0; i < from->nquirks; i++)
        to->quirks[to->nquirks++] = from->quirks[i];
    return true;
}

static bool apply(const struct policy_part *part, struct policy *out,
                  char why[POLICY_WHY])
{
    const struct policy *from = &part->value;

    if (part->set & POLICY_PERMISSIVE)
        out->knobs.permissive = from->knobs.permissive;
    if (part->set & POLICY_INTERRUPT_CONTROL)
        out->knobs.interrupt_control = from->knobs.interrupt_control;
    if (part->set & POLICY_POWER)
        out->knobs.no_power = from->knobs.no_power;
    if (part->set & POLICY_AER)
        out->aer = from->aer;
    if (part->set & POLICY_DIRTY)
        out->allow_dirty = from->allow_dirty;
    if (part->set & POLICY_RDM)
        out->rdm_relaxed = from->rdm_relaxed;
    if (part->set & POLICY_RESET) {
        memcpy(out->reset, from->reset, sizeof(out->reset));
        out->nreset = from->nreset;
    }
    if (!(part->set & POLICY_QUIRKS) || apply_quirks(&from->knobs, &out->knobs))
        return true;
    policy_say(why,
               "together the configuration file and the device's options hold "
               "more than %u quirks; use wider ones",
               CFG_QUIRKS_MAX);
    return false;
}

static bool apply_entries(bool by_address, struct sbdf dev, uint16_t vendor,
                          uint16_t device, struct policy *out,
                          char why[POLICY_WHY])
{
    const struct policy_entry *e = in_force ? in_force->entries : NULL;

    for (; e; e = e->next) {
        bool matches = by_address ? sbdf_equal(e->sbdf, dev)
                                  : e->vendor == vendor && e->device == device;

        if (e->by_address == by_address && matches &&
            !apply(&e->part, out, why))
            return false;
    }
    return true;
}

bool policy_for(struct sbdf dev, uint16_t vendor, uint16_t device,
                const char *options, struct policy *out, char why[POLICY_WHY])
{
    struct policy_part words = { .set = 0 };

    memset(out, 0, sizeof(*out));
    why[0] = '\0';
    if ((in_force && !apply(&in_force->top, out, why)) ||
        !apply_entries(false, dev, vendor, device, out, why) ||
        !apply_entries(true, dev, vendor, device, out, why))
        return false;
    if (!options)
        return true;
    return policy_words(options, &words, why) && apply(&words, out, why);
}
