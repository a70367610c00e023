/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Knobs as JSON: switches are 0 or 1, a quirk is [offset, size, mask]. */
#include "state-knobs.h"

#include <stdint.h>

static void put_switch(struct json_object *o, const char *key, bool on)
{
    (void)json_object_object_add(o, key, json_object_new_int(on ? 1 : 0));
}

void state_knobs_put(struct json_object *o, const struct cfg_knobs *knobs)
{
    struct json_object *quirks = json_object_new_array();
    unsigned int i;

    put_switch(o, "permissive", knobs->permissive);
    put_switch(o, "interrupt_control", knobs->interrupt_control);
    put_switch(o, "no_power", knobs->no_power);
    for (i = 0; i < knobs->nquirks && i < CFG_QUIRKS_MAX; i++) {
        const struct quirk *q = &knobs->quirks[i];
        struct json_object *quirk = json_object_new_array();

        (void)json_object_array_add(quirk, json_object_new_int(q->offset));
        (void)json_object_array_add(quirk, json_object_new_int(q->size));
        (void)json_object_array_add(quirk, json_object_new_int64(q->mask));
        (void)json_object_array_add(quirks, quirk);
    }
    (void)json_object_object_add(o, "quirks", quirks);
}

static bool get_number(struct json_object *value, int64_t max, int64_t *n)
{
    if (!json_object_is_type(value, json_type_int))
        return false;
    *n = json_object_get_int64(value);
    return *n >= 0 && *n <= max;
}

/* Absent is off. */
static bool get_switch(struct json_object *o, const char *key, bool *on)
{
    struct json_object *value;
    int64_t n = 0;

    if (json_object_object_get_ex(o, key, &value) && !get_number(value, 1, &n))
        return false;
    *on = n != 0;
    return true;
}

static bool get_quirk(struct json_object *value, struct quirk *q)
{
    int64_t offset, size, mask;

    if (!json_object_is_type(value, json_type_array) ||
        json_object_array_length(value) != 3 ||
        !get_number(json_object_array_get_idx(value, 0), CFG_SIZE_MAX - 1,
                    &offset) ||
        !get_number(json_object_array_get_idx(value, 1), 4, &size) ||
        !get_number(json_object_array_get_idx(value, 2), UINT32_MAX, &mask))
        return false;
    *q = (struct quirk){ .offset = (uint16_t)offset,
                         .size = (uint8_t)size,
                         .mask = (uint32_t)mask };
    return true;
}

static bool get_quirks(struct json_object *o, struct cfg_knobs *knobs)
{
    struct json_object *list;
    size_t i, n;

    if (!json_object_object_get_ex(o, "quirks", &list))
        return true;
    if (!json_object_is_type(list, json_type_array))
        return false;
    n = json_object_array_length(list);
    if (n > CFG_QUIRKS_MAX)
        return false;
    for (i = 0; i < n; i++)
        if (!get_quirk(json_object_array_get_idx(list, i), &knobs->quirks[i]))
            return false;
    knobs->nquirks = (uint8_t)n;
    return true;
}

bool state_knobs_get(struct json_object *o, struct cfg_knobs *knobs)
{
    *knobs = (struct cfg_knobs){ .nquirks = 0 };
    return json_object_object_get_ex(o, "permissive", NULL) &&
           get_switch(o, "permissive", &knobs->permissive) &&
           get_switch(o, "interrupt_control", &knobs->interrupt_control) &&
           get_switch(o, "no_power", &knobs->no_power) && get_quirks(o, knobs);
}
