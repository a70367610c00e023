/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What "xenpci denied" prints: one object a device, replaced whole. */
#include "ledger-json.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "device.h"
#include "quirk.h"
#include "replace.h"
#include "state.h"

static void put_text(struct json_object *o, const char *key, const char *text)
{
    (void)json_object_object_add(o, key, json_object_new_string(text));
}

static void put_number(struct json_object *o, const char *key, uint32_t number)
{
    (void)json_object_object_add(o, key, json_object_new_int64(number));
}

/* Registers are read and written in hex. */
static void put_hex(struct json_object *o, const char *key, uint32_t value,
                    unsigned int digits)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "0x%0*" PRIx32, (int)digits, value);
    put_text(o, key, text);
}

static struct json_object *row_new(const struct device *dev,
                                   const struct cfg_denied *row)
{
    struct json_object *o = json_object_new_object();
    struct cfg_explained e;
    char text[QUIRK_TEXT];

    cfgspace_explain(&dev->cs, row, &e);
    put_text(o, "register", e.name);
    put_hex(o, "offset", row->offset, 3);
    put_number(o, "size", row->size);
    put_number(o, "count", row->count);
    put_hex(o, "value", row->value, 2u * row->size);
    put_hex(o, "bits", row->bits, 2u * row->size);
    put_text(o, "reason", e.reason);
    if (e.quirk.size != 0)
        put_text(o, "quirk", quirk_format(&e.quirk, text));
    return o;
}

static struct json_object *ledger_new(const struct device *dev,
                                      const struct cfg_ledger *ledger,
                                      enum ledger_owner owner)
{
    struct json_object *o = json_object_new_object();
    struct json_object *rows = json_object_new_array();
    char text[SBDF_TEXT];
    uint32_t i;

    put_text(o, "device", sbdf_format(dev->sbdf, text));
    put_text(o, "guest_address", sbdf_format(dev->virt, text));
    put_number(o, "domid", dev->domid);
    (void)json_object_object_add(
        o, "attached", json_object_new_boolean(owner == LEDGER_HAS_IT));
    for (i = 0; i < ledger->used; i++)
        (void)json_object_array_add(rows, row_new(dev, &ledger->rows[i]));
    (void)json_object_object_add(o, "registers", rows);
    put_number(o, "not_recorded", ledger->lost);
    return o;
}

int ledger_json_write(const struct device *dev, const struct cfg_ledger *ledger,
                      enum ledger_owner owner)
{
    struct json_object *o = ledger_new(dev, ledger, owner);
    char path[256], name[SBDF_TEXT];
    const char *text;
    int ret;

    (void)snprintf(path, sizeof(path), "%s/%s.denied.json", state_dir(),
                   sbdf_format(dev->sbdf, name));
    text = json_object_to_json_string_ext(
        o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    ret = text ? replace_file(path, text) : -ENOMEM;
    (void)json_object_put(o);
    return ret;
}
