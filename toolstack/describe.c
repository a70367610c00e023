/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See describe.h. The ids come from sysfs, so a virtual function has them. */
#include "describe.h"

#include <json-c/json.h>
#include <pci/pci.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler.h"
#include "host.h"
#include "sysfs.h"

struct describe {
    struct pci_access *pci;
};

/* libpci would end the program, or talk, over a damaged pci.ids. */
static void PRINTF(1, 2) keep_quiet(char *fmt UNUSED, ...)
{
}

struct describe *describe_open(void)
{
    struct describe *d = calloc(1, sizeof(*d));

    if (d == NULL)
        return NULL;
    d->pci = pci_alloc();
    d->pci->warning = keep_quiet;
    d->pci->debug = keep_quiet;
    return d;
}

void describe_close(struct describe *d)
{
    if (d == NULL)
        return;
    pci_cleanup(d->pci);
    free(d);
}

static const char *look_up(struct describe *d, char *buf, int len, int flags,
                           int first, int second)
{
    const char *name;

    if (d == NULL)
        return NULL;
    name = pci_lookup_name(d->pci, buf, len, flags | PCI_LOOKUP_NO_NUMBERS,
                           first, second);
    return name;
}

const char *describe_device(struct describe *d, struct sbdf dev,
                            char buf[DESCRIBE_TEXT])
{
    char vendor_text[80];
    char device_text[80];
    char class_text[64];
    const char *vendor_name;
    const char *device_name;
    const char *class_name;
    uint32_t class_code = 0;
    uint16_t vendor = 0;
    uint16_t device = 0;

    if (sysfs_ids(dev, &vendor, &device) != 0 ||
        sysfs_class(dev, &class_code) != 0) {
        (void)snprintf(buf, DESCRIBE_TEXT, "not there any more");
        return buf;
    }
    class_name = look_up(d, class_text, sizeof(class_text), PCI_LOOKUP_CLASS,
                         (int)(class_code >> 8), 0);
    vendor_name = look_up(d, vendor_text, sizeof(vendor_text),
                          PCI_LOOKUP_VENDOR, vendor, 0);
    device_name = look_up(d, device_text, sizeof(device_text),
                          PCI_LOOKUP_DEVICE, vendor, device);
    (void)snprintf(buf, DESCRIBE_TEXT, "%s: %s %s [%04x:%04x]",
                   class_name != NULL ? class_name : "unknown class",
                   vendor_name != NULL ? vendor_name : "unknown vendor",
                   device_name != NULL ? device_name : "device", vendor,
                   device);
    return buf;
}

static void add_text(struct json_object *json, const char *key,
                     const char *value)
{
    if (value != NULL && value[0] != '\0')
        (void)json_object_object_add(json, key, json_object_new_string(value));
}

static void add_ids(struct describe *d, struct json_object *json,
                    struct sbdf dev)
{
    char text[128];
    uint32_t class_code;
    uint16_t vendor;
    uint16_t device;

    if (sysfs_ids(dev, &vendor, &device) != 0)
        return;
    (void)snprintf(text, sizeof(text), "%04x", vendor);
    add_text(json, "vendor_id", text);
    (void)snprintf(text, sizeof(text), "%04x", device);
    add_text(json, "device_id", text);
    add_text(json, "vendor",
             look_up(d, text, sizeof(text), PCI_LOOKUP_VENDOR, vendor, 0));
    add_text(json, "device",
             look_up(d, text, sizeof(text), PCI_LOOKUP_DEVICE, vendor, device));
    if (sysfs_class(dev, &class_code) != 0)
        return;
    add_text(json, "class",
             look_up(d, text, sizeof(text), PCI_LOOKUP_CLASS,
                     (int)(class_code >> 8), 0));
    (void)snprintf(text, sizeof(text), "%06x", class_code);
    add_text(json, "class_code", text);
}

struct json_object *describe_json(struct describe *d, struct store *st,
                                  struct sbdf dev)
{
    struct json_object *json = json_object_new_object();
    char address[SBDF_TEXT];
    char name[HOST_NAME_TEXT];
    char driver[SYSFS_DRIVER];

    add_text(json, "address", sbdf_format(dev, address));
    add_text(json, "name", host_device_name(st, dev, name));
    add_ids(d, json, dev);
    if (sysfs_driver(dev, driver) == 0)
        add_text(json, "driver", driver);
    return json;
}
