/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration file. It is checked as a whole before anything of it counts:
 * a misspelt key that silently changed nothing would be noticed by a guest.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-private.h"
#include "policy-text.h"

struct reader {
    const char *file;
    char place[128]; /* devices."0000:03:00.0".quirks[1] */
    char *why;
};

static bool wrong(struct reader *in, const char *fmt, ...) PRINTF(2, 3);

static bool wrong(struct reader *in, const char *fmt, ...)
{
    char text[POLICY_WHY];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    policy_say(in->why, "%s: %s%s%s", in->file, in->place,
               in->place[0] != '\0' ? ": " : "", text);
    return false;
}

static size_t enter(struct reader *in, const char *fmt, ...) PRINTF(2, 3);

/* Returns what leave() needs to go back. */
static size_t enter(struct reader *in, const char *fmt, ...)
{
    size_t len = strlen(in->place);
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(in->place + len, sizeof(in->place) - len, fmt, args);
    va_end(args);
    return len;
}

static void leave(struct reader *in, size_t len)
{
    in->place[len] = '\0';
}

static bool read_bool(struct reader *in, struct json_object *value, bool *out)
{
    if (!json_object_is_type(value, json_type_boolean))
        return wrong(in, "must be true or false");
    *out = json_object_get_boolean(value);
    return true;
}

static bool read_aer(struct reader *in, struct json_object *value,
                     enum policy_aer *out)
{
    if (!json_object_is_type(value, json_type_string) ||
        !policy_aer_parse(json_object_get_string(value), out))
        return wrong(
            in, "must be \"notify\", \"pause\", \"detach\" or \"destroy\"");
    return true;
}

static bool read_topology(struct reader *in, struct json_object *value,
                          enum vbus_topology *out)
{
    const char *text = json_object_is_type(value, json_type_string)
                           ? json_object_get_string(value)
                           : "";

    if (strcmp(text, "virtual") == 0)
        *out = VBUS_VIRTUAL;
    else if (strcmp(text, "passthrough") == 0)
        *out = VBUS_PASSTHROUGH;
    else
        return wrong(in, "must be \"virtual\" or \"passthrough\"");
    return true;
}

static bool add_reset(struct reader *in, const char *name, struct policy *out)
{
    unsigned int i;

    for (i = 0; i < out->nreset; i++)
        if (strcmp(out->reset[i], name) == 0)
            return wrong(in, "stands there twice");
    if (!policy_text_reset(name))
        return wrong(in, "must be one of device_specific, acpi, flr, af_flr, "
                         "pm, bus, cxl_bus");
    (void)snprintf(out->reset[out->nreset++], POLICY_RESET_TEXT, "%s", name);
    return true;
}

static bool add_quirk(struct reader *in, const char *text, struct policy *out)
{
    const char *reason;

    return policy_add_quirk(&out->knobs, text, strlen(text), &reason) ||
           wrong(in, "\"%.40s\": %s", text, reason);
}

typedef bool add_fn(struct reader *in, const char *text, struct policy *out);

static bool read_list(struct reader *in, struct json_object *value,
                      struct policy *out, add_fn *add)
{
    size_t n, i, len;

    if (!json_object_is_type(value, json_type_array))
        return wrong(in, "must be a list of texts, [\"...\", ...]");
    n = json_object_array_length(value);
    for (i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(value, i);

        len = enter(in, "[%zu]", i);
        if (!json_object_is_type(one, json_type_string))
            return wrong(in, "must be a text");
        if (!add(in, json_object_get_string(one), out))
            return false;
        leave(in, len);
    }
    return true;
}

static bool read_value(struct reader *in, enum policy_key key,
                       struct json_object *value, struct policy *out)
{
    bool ok = true;

    switch (key) {
    case POLICY_PERMISSIVE:
        return read_bool(in, value, &out->knobs.permissive);
    case POLICY_INTERRUPT_CONTROL:
        return read_bool(in, value, &out->knobs.interrupt_control);
    case POLICY_POWER:
        if (!read_bool(in, value, &ok))
            return false;
        out->knobs.no_power = !ok;
        return true;
    case POLICY_QUIRKS:
        return read_list(in, value, out, add_quirk);
    case POLICY_RESET:
        return read_list(in, value, out, add_reset);
    case POLICY_AER:
        return read_aer(in, value, &out->aer);
    case POLICY_DIRTY:
        return read_bool(in, value, &out->allow_dirty);
    case POLICY_RDM:
        break; /* xl's word; it has no key here */
    }
    return wrong(in, "cannot be set here");
}

static const struct key {
    const char *name;
    enum policy_key key;
    bool at_top;
} keys[] = {
    { "permissive", POLICY_PERMISSIVE, false },
    { "interrupt_control", POLICY_INTERRUPT_CONTROL, false },
    { "power_management", POLICY_POWER, false },
    { "quirks", POLICY_QUIRKS, false },
    { "reset", POLICY_RESET, true },
    { "aer", POLICY_AER, true },
    { "allow_dirty", POLICY_DIRTY, false },
};

static const struct key *find_key(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(keys); i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static bool read_key(struct reader *in, const struct key *key,
                     struct json_object *value, struct policy_part *out)
{
    out->set |= key->key;
    return read_value(in, key->key, value, &out->value);
}

static bool read_device(struct reader *in, struct json_object *o,
                        struct policy_part *out)
{
    if (!json_object_is_type(o, json_type_object))
        return wrong(in, "must be an object, {...}");
    json_object_object_foreach(o, name, value)
    {
        const struct key *key = find_key(name);
        size_t len = enter(in, ".%.40s", name);

        if (!key)
            return wrong(in, "unknown; a device has permissive, "
                             "interrupt_control, power_management, quirks, "
                             "reset, aer and allow_dirty");
        if (!read_key(in, key, value, out))
            return false;
        leave(in, len);
    }
    return true;
}

static bool read_devices(struct reader *in, struct json_object *o,
                         struct policy_file *out)
{
    if (!json_object_is_type(o, json_type_object))
        return wrong(in, "must be an object, {\"0000:03:00.0\": {...}, ...}");
    json_object_object_foreach(o, name, value)
    {
        struct policy_entry *entry = calloc(1, sizeof(*entry)), *other;
        size_t len = enter(in, ".\"%.40s\"", name);

        if (!entry)
            return wrong(in, "%s", strerror(ENOMEM));
        entry->next = out->entries;
        out->entries = entry;
        if (!policy_text_device(name, entry))
            return wrong(in, "must be an address (\"0000:03:00.0\") or vendor "
                             "and device (\"8086:10d3\")");
        for (other = entry->next; other; other = other->next)
            if (policy_text_same(entry, other))
                return wrong(in, "this device has an entry already");
        if (!read_device(in, value, &entry->part))
            return false;
        leave(in, len);
    }
    return true;
}

static bool read_top(struct reader *in, struct json_object *o,
                     struct policy_file *out)
{
    if (!json_object_is_type(o, json_type_object))
        return wrong(in, "must be one object, {...}");
    json_object_object_foreach(o, name, value)
    {
        const struct key *key = find_key(name);
        size_t len = enter(in, "%.40s", name);
        bool ok;

        if (strcmp(name, "topology") == 0)
            ok = read_topology(in, value, &out->topology);
        else if (strcmp(name, "devices") == 0)
            ok = read_devices(in, value, out);
        else if (key && key->at_top)
            ok = read_key(in, key, value, &out->top);
        else
            ok = wrong(in,
                       "unknown here; the file has topology, reset, aer "
                       "and devices%s",
                       key ? ", and this belongs to one of devices" : "");
        if (!ok)
            return false;
        leave(in, len);
    }
    return true;
}

struct policy_file *policy_file_read(const char *path, char why[POLICY_WHY])
{
    struct reader in = { .file = path, .why = why };
    struct policy_file *file = calloc(1, sizeof(*file));
    struct json_object *o = policy_text_parse(path, why);
    bool ok = false;

    if (file && o)
        ok = read_top(&in, o, file);
    else if (o)
        policy_say(why, "%s: %s", path, strerror(ENOMEM));
    (void)json_object_put(o);
    if (ok)
        return file;
    policy_file_free(file);
    return NULL;
}

void policy_file_free(struct policy_file *file)
{
    struct policy_entry *entry = file ? file->entries : NULL;

    while (entry) {
        struct policy_entry *next = entry->next;

        free(entry);
        entry = next;
    }
    free(file);
}
