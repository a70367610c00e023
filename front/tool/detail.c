/* SPDX-License-Identifier: MIT */
/* See detail.h. */
#include "detail.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

int detail_read(struct session *session, struct pcifront_addr addr,
                struct detail *detail)
{
    int err = pcifront_bars(session->pf, addr, detail->bars);

    if (err == PCIFRONT_OK)
        err = space_read(session->pf, addr, &detail->space);
    return err;
}

static const char *kind_words(const struct pcifront_bar *bar)
{
    switch (bar->kind) {
    case PCIFRONT_BAR_IO:
        return "I/O ports at";
    case PCIFRONT_BAR_MEM32:
    case PCIFRONT_BAR_MEM64:
        return "memory at";
    case PCIFRONT_BAR_ROM:
        return "expansion ROM at";
    case PCIFRONT_BAR_NONE:
        break;
    }
    return NULL;
}

const char *detail_bar_words(const struct pcifront_bar *bar,
                             char words[DETAIL_WORDS])
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
                                         "TiB",   "PiB", "EiB" };
    const char *kind = kind_words(bar);
    uint64_t size = bar->size;
    unsigned int unit = 0;

    if (kind == NULL)
        return NULL;
    for (; size >= 1024 && size % 1024 == 0 && unit < 6; unit++)
        size /= 1024;
    (void)snprintf(
        words, DETAIL_WORDS, "%s 0x%" PRIx64 "%s%s, %" PRIu64 " %s", kind,
        bar->address, bar->kind == PCIFRONT_BAR_MEM64 ? ", 64-bit" : "",
        bar->prefetchable ? ", prefetchable" : "", size, units[unit]);
    return words;
}

void detail_print(const struct detail *detail)
{
    struct space_cap caps[SPACE_CAPS_MAX];
    unsigned int count = space_caps(&detail->space, caps);
    char words[DETAIL_WORDS];
    char cap_words[CAP_WORDS];

    for (unsigned int i = 0; i < PCIFRONT_BARS; i++) {
        if (detail_bar_words(&detail->bars[i], words) != NULL)
            printf("\tBAR %u: %s\n", i, words);
    }
    for (unsigned int i = 0; i < count; i++)
        printf("\t%s 0x%02x: %s\n",
               caps[i].extended ? "Extended capability" : "Capability",
               caps[i].offset,
               space_cap_words(&detail->space, caps[i], cap_words));
}

static const char *kind_name(enum pcifront_bar_kind kind)
{
    switch (kind) {
    case PCIFRONT_BAR_IO:
        return "io";
    case PCIFRONT_BAR_MEM32:
        return "memory32";
    case PCIFRONT_BAR_MEM64:
        return "memory64";
    case PCIFRONT_BAR_ROM:
        return "rom";
    case PCIFRONT_BAR_NONE:
        break;
    }
    return "none";
}

static struct json_object *bar_json(unsigned int index,
                                    const struct pcifront_bar *bar)
{
    struct json_object *json = json_object_new_object();
    char address[24];

    (void)snprintf(address, sizeof(address), "0x%" PRIx64, bar->address);
    (void)json_object_object_add(json, "bar", json_object_new_int((int)index));
    (void)json_object_object_add(json, "kind",
                                 json_object_new_string(kind_name(bar->kind)));
    (void)json_object_object_add(json, "address",
                                 json_object_new_string(address));
    (void)json_object_object_add(json, "size",
                                 json_object_new_uint64(bar->size));
    (void)json_object_object_add(json, "prefetchable",
                                 json_object_new_boolean(bar->prefetchable));
    return json;
}

static struct json_object *cap_json(const struct space *space,
                                    struct space_cap cap)
{
    struct json_object *json = json_object_new_object();
    char words[CAP_WORDS];

    (void)json_object_object_add(json, "offset",
                                 json_object_new_int(cap.offset));
    (void)json_object_object_add(json, "id", json_object_new_int(cap.id));
    (void)json_object_object_add(json, "extended",
                                 json_object_new_boolean(cap.extended));
    (void)json_object_object_add(
        json, "name",
        json_object_new_string(space_cap_words(space, cap, words)));
    return json;
}

void detail_json(const struct detail *detail, struct json_object *json)
{
    struct space_cap list[SPACE_CAPS_MAX];
    unsigned int count = space_caps(&detail->space, list);
    struct json_object *bars = json_object_new_array();
    struct json_object *caps = json_object_new_array();

    for (unsigned int i = 0; i < PCIFRONT_BARS; i++) {
        if (detail->bars[i].kind != PCIFRONT_BAR_NONE)
            (void)json_object_array_add(bars, bar_json(i, &detail->bars[i]));
    }
    for (unsigned int i = 0; i < count; i++)
        (void)json_object_array_add(caps, cap_json(&detail->space, list[i]));
    (void)json_object_object_add(json, "bars", bars);
    (void)json_object_object_add(json, "capabilities", caps);
}
