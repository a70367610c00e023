/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci list: every guest's devices, and who serves them. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "claim.h"
#include "describe.h"
#include "nodes.h"
#include "pair.h"

struct list {
    struct host host;
    struct describe *names;
    const struct args *args;
    struct json_object *domains;
    unsigned int shown;
};

static void add_text(struct json_object *json, const char *key,
                     const char *value)
{
    (void)json_object_object_add(json, key, json_object_new_string(value));
}

static void print_device(struct list *list, uint16_t domid,
                         const struct publish_device *device)
{
    char address[SBDF_TEXT];
    char domain[HOST_DOMAIN_TEXT];
    char guest[PUBLISH_VDEV];
    char text[DESCRIBE_TEXT];

    if (list->shown++ == 0)
        printf("%-20s %-12s  %-12s  %-12s  %-7s  %s\n", "DOMAIN", "DEVICE",
               "GUEST SEES", "STATE", "SERVER", "DESCRIPTION");
    host_domain_text(list->host.store, domid, domain);
    print_tame(domain);
    printf("%*s %s  ", strlen(domain) < 20 ? 20 - (int)strlen(domain) : 0, "",
           sbdf_format(device->dev, address));
    pair_guest_address(device->vdev, guest);
    print_tame(guest[0] != '\0' ? guest : "-");
    printf("%*s  %-12s  %-7s  ", 12 - (int)(guest[0] ? strlen(guest) : 1), "",
           xb_state_name(device->state),
           host_server_name(host_server(list->host.store, domid)));
    print_tame(describe_device(list->names, device->dev, text));
    putchar('\n');
}

static struct json_object *device_json(struct list *list, uint16_t domid,
                                       const struct publish_device *device)
{
    char guest[PUBLISH_VDEV];
    struct json_object *json =
        describe_json(list->names, list->host.store, device->dev);

    add_text(json, "state", xb_state_name(device->state));
    if (device->vdev[0] != '\0')
        add_text(json, "guest_address",
                 pair_guest_address(device->vdev, guest));
    add_text(json, "options", device->options);
    add_text(json, "attached_by",
             claim_is_ours(list->host.store, device->dev, domid) ? "xenpci"
                                                                 : "xl");
    return json;
}

static void add_domain(struct list *list, uint16_t domid,
                       struct json_object *devices)
{
    struct json_object *json = json_object_new_object();
    enum xb_state state = XB_UNKNOWN;
    char path[STORE_PATH];
    char *name;

    (void)json_object_object_add(json, "domid", json_object_new_int(domid));
    (void)snprintf(path, sizeof(path), XS_DOMAIN_NAME, (unsigned int)domid);
    name = store_read(list->host.store, NULL, path);
    if (name != NULL)
        add_text(json, "name", name);
    free(name);
    if (publish_state(list->host.store, NULL, domid, &state) == 0)
        add_text(json, "state", xb_state_name(state));
    add_text(json, "server",
             host_server_name(host_server(list->host.store, domid)));
    (void)json_object_object_add(json, "devices", devices);
    (void)json_object_array_add(list->domains, json);
}

static void list_domain(struct list *list, uint16_t domid)
{
    struct publish_device *devices = NULL;
    struct json_object *array;
    size_t count = 0;
    int ret = publish_list(list->host.store, domid, &devices, &count);

    if (ret == -ENOENT)
        return;
    if (ret != 0)
        note("d%u: cannot read its nodes: %s; see `xenpci tree %u`",
             (unsigned int)domid, strerror(-ret), (unsigned int)domid);
    array = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        if (list->args->json)
            (void)json_object_array_add(array,
                                        device_json(list, domid, &devices[i]));
        else
            print_device(list, domid, &devices[i]);
    }
    add_domain(list, domid, array);
    free(devices);
}

static void list_all(struct list *list)
{
    unsigned int count = 0;
    char **ids = store_list(list->host.store, NULL, XS_BACK_ROOT, &count);

    for (unsigned int i = 0; i < count; i++) {
        uint32_t domid;

        if (args_number(ids[i], &domid) && domid < HYP_DOMID_IO)
            list_domain(list, (uint16_t)domid);
    }
    free(ids);
}

enum exit_code cmd_list(const struct args *args, struct outcome *out)
{
    struct list list = { .args = args };
    uint16_t domid = 0;
    enum exit_code code = host_open_store(&list.host, out);

    if (code != EXIT_DONE)
        return code;
    if (args->noperands == 1)
        code = host_find_domain(&list.host, args->operands[0], &domid, out);
    if (code == EXIT_DONE) {
        list.names = describe_open();
        list.domains = json_object_new_array();
        if (args->noperands == 1)
            list_domain(&list, domid);
        else
            list_all(&list);
        describe_close(list.names);
        out->json = json_object_new_object();
        (void)json_object_object_add(out->json, "domains", list.domains);
    }
    host_close(&list.host);
    return code;
}
