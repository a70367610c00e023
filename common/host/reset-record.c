/* SPDX-License-Identifier: MIT */
/* Records as JSON. Reading is strict: half a record is none. */
#include "reset-record.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "replace.h"

#define PATH_BYTES REPLACE_PATH

static void path_of(const char *dir, struct sbdf sbdf, char path[PATH_BYTES])
{
    char name[SBDF_TEXT];

    (void)snprintf(path, PATH_BYTES, "%.250s/%s.reset.json", dir,
                   sbdf_format_dashed(sbdf, name));
}

static void put_text(struct json_object *o, const char *key, const char *text)
{
    (void)json_object_object_add(o, key, json_object_new_string(text));
}

static void put_id(struct json_object *o, const char *key, uint16_t id)
{
    char text[8];

    (void)snprintf(text, sizeof(text), "%04x", id);
    put_text(o, key, text);
}

int reset_record_save(const char *dir, const struct reset_record *r)
{
    char path[PATH_BYTES], name[SBDF_TEXT];
    struct json_object *o = json_object_new_object();
    const char *text;
    int ret;

    put_text(o, "device", sbdf_format(r->sbdf, name));
    put_id(o, "vendor_id", r->vendor);
    put_id(o, "device_id", r->device);
    (void)json_object_object_add(o, "clean", json_object_new_boolean(r->clean));
    put_text(o, "method", r->method);
    put_text(o, "reason", r->reason);
    put_text(o, "guest", r->uuid);
    (void)json_object_object_add(o, "time", json_object_new_int64(r->time));
    path_of(dir, r->sbdf, path);
    text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY);
    ret = text ? replace_file(path, text) : -ENOMEM;
    (void)json_object_put(o);
    return ret;
}

/* False unless the text is there and fits. */
static bool get_text(struct json_object *o, const char *key, char *buf,
                     size_t len)
{
    struct json_object *value;

    if (!json_object_object_get_ex(o, key, &value) ||
        !json_object_is_type(value, json_type_string) ||
        (size_t)json_object_get_string_len(value) >= len)
        return false;
    (void)snprintf(buf, len, "%s", json_object_get_string(value));
    return true;
}

static bool get_id(struct json_object *o, const char *key, uint16_t id)
{
    char text[8], want[8];

    (void)snprintf(want, sizeof(want), "%04x", id);
    return get_text(o, key, text, sizeof(text)) && strcmp(text, want) == 0;
}

static bool parse(struct json_object *o, struct reset_record *r)
{
    struct json_object *value;

    if (!json_object_object_get_ex(o, "clean", &value) ||
        !json_object_is_type(value, json_type_boolean))
        return false;
    r->clean = json_object_get_boolean(value);
    if (!json_object_object_get_ex(o, "time", &value) ||
        !json_object_is_type(value, json_type_int))
        return false;
    r->time = json_object_get_int64(value);
    return get_text(o, "method", r->method, sizeof(r->method)) &&
           get_text(o, "reason", r->reason, sizeof(r->reason)) &&
           get_text(o, "guest", r->uuid, sizeof(r->uuid));
}

int reset_record_load(const char *dir, struct sbdf sbdf, uint16_t vendor,
                      uint16_t device, struct reset_record *record)
{
    struct reset_record r = {
        .sbdf = sbdf,
        .vendor = vendor,
        .device = device,
    };
    char path[PATH_BYTES];
    struct json_object *o;
    int ret = -EPROTO;

    path_of(dir, sbdf, path);
    if (access(path, R_OK) < 0)
        return -errno;
    o = json_object_from_file(path);
    if (json_object_is_type(o, json_type_object) && parse(o, &r))
        ret = get_id(o, "vendor_id", vendor) && get_id(o, "device_id", device)
                  ? 0
                  : -ENOENT;
    (void)json_object_put(o);
    if (ret == 0)
        *record = r;
    return ret;
}
