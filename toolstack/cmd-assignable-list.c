/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci assignable-list: what xen-pciback holds and no guest has. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "cmd.h"
#include "condition.h"
#include "describe.h"
#include "host.h"
#include "sysfs.h"

static void print_row(struct host *host, struct describe *names,
                      struct sbdf dev)
{
    char address[SBDF_TEXT];
    char name[HOST_NAME_TEXT];
    char text[DESCRIBE_TEXT];
    char condition[CONDITION_TEXT];

    printf("%s  ", sbdf_format(dev, address));
    if (host_device_name(host->store, dev, name)[0] != '\0') {
        print_tame(name);
        printf("  ");
    }
    print_tame(describe_device(names, dev, text));
    printf("  (");
    print_tame(condition_text(dev, condition));
    putchar(')');
    putchar('\n');
}

static void list_device(struct host *host, struct describe *names,
                        struct sbdf dev, const struct args *args,
                        struct json_object *list)
{
    char address[SBDF_TEXT];
    uint16_t owner;
    int ret = claim_owner(host->store, dev, &owner);

    if (ret != -ENOENT) {
        if (ret == 0 && !host_domain_lives(host, owner))
            note("%s is claimed by d%u, which is gone; `xenpci "
                 "assignable-add %s` clears that",
                 sbdf_format(dev, address), (unsigned int)owner, address);
        return;
    }
    if (args->json) {
        struct json_object *json = describe_json(names, host->store, dev);

        condition_json(dev, json);
        (void)json_object_array_add(list, json);
    } else {
        print_row(host, names, dev);
    }
}

enum exit_code cmd_assignable_list(const struct args *args, struct outcome *out)
{
    struct sbdf *devs = NULL;
    struct describe *names;
    struct json_object *list;
    struct host host;
    size_t count = 0;
    enum exit_code code = host_open(&host, out);
    int ret;

    if (code != EXIT_DONE)
        return code;
    ret = sysfs_devices(SYSFS_PCIBACK, &devs, &count);
    if (ret != 0) {
        host_close(&host);
        if (ret != -ENOENT)
            return trouble(out, EXIT_FAILED, "", "",
                           "cannot list xen-pciback's devices: %s",
                           strerror(-ret));
        return trouble(out, EXIT_UNSUPPORTED, "No device is assignable.",
                       "`modprobe xen-pciback`.", "xen-pciback is not loaded");
    }
    names = describe_open();
    list = json_object_new_array();
    for (size_t i = 0; i < count; i++)
        list_device(&host, names, devs[i], args, list);
    out->json = json_object_new_object();
    (void)json_object_object_add(out->json, "devices", list);
    describe_close(names);
    free(devs);
    host_close(&host);
    return EXIT_DONE;
}
