/* SPDX-License-Identifier: MIT */
/* xenpci-front dump: all of a device's configuration space. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "space.h"

static struct json_object *hex_json(const struct space *space)
{
    struct json_object *json = NULL;
    char *text = malloc(2 * (size_t)space->size + 1);

    if (text == NULL)
        return NULL;
    for (unsigned int i = 0; i < space->size; i++)
        (void)snprintf(text + 2 * (size_t)i, 3, "%02x", space->bytes[i]);
    json = json_object_new_string_len(text, 2 * (int)space->size);
    free(text);
    return json;
}

/* One device; array gets an object for it if JSON is wanted. */
static enum exit_code dump(struct session *session,
                           const struct arguments *args,
                           const struct pcifront_device *device,
                           struct json_object *array, struct report *report)
{
    char address[SBDF_TEXT];
    char words[DEVICE_WORDS];
    struct space space;
    int err = space_read(session->pf, device->addr, &space);

    if (err != PCIFRONT_OK)
        return report_error(report, err, "reading %s",
                            device_address(device->addr, address));
    if (array != NULL) {
        struct json_object *json = device_json(device);

        (void)json_object_object_add(json, "bytes", hex_json(&space));
        (void)json_object_array_add(array, json);
    } else if (has_option(args, OPTION_RAW)) {
        (void)fwrite(space.bytes, 1, space.size, stdout);
    } else {
        printf("%s\n", device_words(device, words));
        space_print(&space, stdout);
    }
    return EXIT_DONE;
}

static enum exit_code dump_all(struct session *session,
                               const struct arguments *args,
                               struct json_object *array, struct report *report)
{
    struct pcifront_device *devices;
    enum exit_code code = EXIT_DONE;
    size_t count;

    code = device_list(session, &devices, &count, report);
    for (size_t i = 0; i < count && code == EXIT_DONE; i++)
        code = dump(session, args, &devices[i], array, report);
    free(devices);
    return code;
}

static enum exit_code dump_one(struct session *session,
                               const struct arguments *args,
                               struct pcifront_addr addr,
                               struct json_object *array, struct report *report)
{
    struct pcifront_device device;
    enum exit_code code = device_find(session, addr, &device, report);

    return code != EXIT_DONE ? code
                             : dump(session, args, &device, array, report);
}

enum exit_code command_dump(const struct arguments *args, struct report *report)
{
    struct session session;
    struct pcifront_addr addr = { .bus = 0 };
    struct json_object *array = NULL;
    enum exit_code code = EXIT_DONE;

    if (args->noperands == 1)
        code = device_parse(args->operands[0], &addr, report);
    else if (has_option(args, OPTION_RAW))
        code = report_trouble(report, EXIT_USAGE, "",
                              "--raw wants the address of one device");
    if (code != EXIT_DONE)
        return code;
    if (has_option(args, OPTION_RAW) && has_option(args, OPTION_JSON))
        return report_trouble(report, EXIT_USAGE, "",
                              "--raw and --json exclude each other");
    code = session_open(&session, args, report);
    if (code == EXIT_DONE && has_option(args, OPTION_JSON)) {
        array = json_object_new_array();
        report_add(report, "devices", array);
    }
    if (code == EXIT_DONE)
        code = args->noperands == 1
                   ? dump_one(&session, args, addr, array, report)
                   : dump_all(&session, args, array, report);
    session_close(&session);
    return code;
}
