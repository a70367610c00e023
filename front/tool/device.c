/* SPDX-License-Identifier: MIT */
/* See device.h. */
#include "device.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "classes.h"

const char *device_address(struct pcifront_addr addr, char text[SBDF_TEXT])
{
    const struct sbdf sbdf = { addr.segment, addr.bus, addr.devfn };

    return sbdf_format(sbdf, text);
}

enum exit_code device_parse(const char *text, struct pcifront_addr *addr,
                            struct report *report)
{
    struct sbdf sbdf;

    if (!sbdf_parse(text, &sbdf))
        return report_trouble(report, EXIT_USAGE,
                              "One looks like 00:00.0 or 0000:00:00.0.",
                              "\"%.60s\" is no PCI address", text);
    *addr = (struct pcifront_addr){ sbdf.segment, sbdf.bus, sbdf.devfn };
    return EXIT_DONE;
}

enum exit_code device_list(struct session *session,
                           struct pcifront_device **devices, size_t *count,
                           struct report *report)
{
    size_t room = pcifront_devices(session->pf, NULL, 0);
    size_t there;

    *count = 0;
    *devices = calloc(room + 1, sizeof(**devices));
    if (*devices == NULL)
        return report_trouble(report, EXIT_FAILED, "", "out of memory");
    there = pcifront_devices(session->pf, *devices, room);
    *count = there < room ? there : room;
    return EXIT_DONE;
}

static bool same_addr(struct pcifront_addr a, struct pcifront_addr b)
{
    return a.segment == b.segment && a.bus == b.bus && a.devfn == b.devfn;
}

enum exit_code device_find(struct session *session, struct pcifront_addr addr,
                           struct pcifront_device *device,
                           struct report *report)
{
    struct pcifront_device *list;
    bool found = false;
    size_t count;
    char text[SBDF_TEXT];
    enum exit_code code = device_list(session, &list, &count, report);

    for (size_t i = 0; i < count; i++) {
        if (same_addr(list[i].addr, addr)) {
            *device = list[i];
            found = true;
        }
    }
    free(list);
    if (code == EXIT_DONE && !found)
        code = report_trouble(
            report, EXIT_NOT_FOUND, "`xenpci-front list` shows what there is.",
            "this guest has no device %s", device_address(addr, text));
    return code;
}

const char *device_words(const struct pcifront_device *device,
                         char words[DEVICE_WORDS])
{
    char address[SBDF_TEXT];

    (void)snprintf(words, DEVICE_WORDS, "%s %s [%04x]: %04x:%04x (rev %02x)",
                   device_address(device->addr, address),
                   class_name(device->class_code),
                   (unsigned int)(device->class_code >> 8 & 0xffff),
                   device->vendor, device->device, device->revision);
    return words;
}

static void add_hex(struct json_object *json, const char *key, int digits,
                    uint32_t value)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%0*x", digits, value);
    (void)json_object_object_add(json, key, json_object_new_string(text));
}

struct json_object *device_json(const struct pcifront_device *device)
{
    static const char *const pins[] = { "", "A", "B", "C", "D" };
    struct json_object *json = json_object_new_object();
    char address[SBDF_TEXT];

    (void)json_object_object_add(
        json, "address",
        json_object_new_string(device_address(device->addr, address)));
    add_hex(json, "vendor_id", 4, device->vendor);
    add_hex(json, "device_id", 4, device->device);
    (void)json_object_object_add(
        json, "class", json_object_new_string(class_name(device->class_code)));
    add_hex(json, "class_code", 6, device->class_code & 0xffffff);
    add_hex(json, "revision", 2, device->revision);
    if (device->pin > 0 && device->pin < ARRAY_LEN(pins))
        (void)json_object_object_add(json, "pin",
                                     json_object_new_string(pins[device->pin]));
    return json;
}
