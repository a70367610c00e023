/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See condition.h. */
#include "condition.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "reset-record.h"
#include "sysfs.h"

const char *condition_dir = RUN_DIR;

#define METHODS 128

static void look_up(struct sbdf dev, char methods[METHODS])
{
    if (sysfs_reset_methods(dev, methods, METHODS) != 0)
        methods[0] = '\0';
}

static bool last_record(struct sbdf dev, struct reset_record *r)
{
    uint16_t vendor, device;

    return sysfs_ids(dev, &vendor, &device) == 0 &&
           reset_record_load(condition_dir, dev, vendor, device, r) == 0;
}

const char *condition_text(struct sbdf dev, char buf[CONDITION_TEXT])
{
    char methods[METHODS];
    struct reset_record r;
    size_t len;

    look_up(dev, methods);
    (void)snprintf(buf, CONDITION_TEXT, "reset: %s",
                   methods[0] != '\0' ? methods : "none");
    len = strlen(buf);
    if (!last_record(dev, &r))
        return buf;
    if (!r.clean)
        (void)snprintf(buf + len, CONDITION_TEXT - len, "; DIRTY: %s",
                       r.reason);
    else if (r.method[0] != '\0')
        (void)snprintf(buf + len, CONDITION_TEXT - len, "; last %s, clean",
                       r.method);
    return buf;
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
    if (text[0] != '\0')
        (void)json_object_object_add(o, key, json_object_new_string(text));
}

static void add_record(struct json_object *json, const struct reset_record *r)
{
    struct json_object *last = json_object_new_object();
    char when[32] = "";
    time_t at = (time_t)r->time;
    struct tm tm;

    if (gmtime_r(&at, &tm))
        (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
    add_text(last, "method", r->method);
    add_text(last, "time", when);
    add_text(last, "reason", r->reason);
    add_text(last, "guest", r->uuid);
    (void)json_object_object_add(json, "last_reset", last);
}

void condition_json(struct sbdf dev, struct json_object *json)
{
    struct json_object *list = json_object_new_array();
    char methods[METHODS];
    char *rest = methods;
    const char *name;
    struct reset_record r = { .clean = true };

    look_up(dev, methods);
    while ((name = strsep(&rest, " ")) != NULL)
        if (name[0] != '\0')
            (void)json_object_array_add(list, json_object_new_string(name));
    (void)json_object_object_add(json, "reset_methods", list);
    if (last_record(dev, &r))
        add_record(json, &r);
    (void)json_object_object_add(json, "dirty",
                                 json_object_new_boolean(!r.clean));
}
