/* SPDX-License-Identifier: MIT */
/* xenpci-front list: the devices of this guest. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "detail.h"
#include "device.h"

/* One device; the object for it if JSON is wanted. */
static int show(struct session *session, const struct arguments *args,
                const struct pcifront_device *device, struct json_object *array)
{
    struct json_object *json = array != NULL ? device_json(device) : NULL;
    struct detail *detail = NULL;
    char words[DEVICE_WORDS];
    int err = PCIFRONT_OK;

    if (has_option(args, OPTION_VERBOSE)) {
        detail = calloc(1, sizeof(*detail));
        err = detail == NULL ? PCIFRONT_ERR_NOMEM
                             : detail_read(session, device->addr, detail);
    }
    if (json == NULL)
        printf("%s\n", device_words(device, words));
    if (detail != NULL && err == PCIFRONT_OK) {
        if (json == NULL)
            detail_print(detail);
        else
            detail_json(detail, json);
    }
    if (json != NULL)
        (void)json_object_array_add(array, json);
    free(detail);
    return err;
}

static enum exit_code list(struct session *session,
                           const struct arguments *args, struct report *report)
{
    struct pcifront_device *devices;
    struct json_object *array = NULL;
    size_t count;
    enum exit_code code = device_list(session, &devices, &count, report);

    if (has_option(args, OPTION_JSON)) {
        array = json_object_new_array();
        report_add(report, "devices", array);
    }
    for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
        char address[SBDF_TEXT];
        int err = show(session, args, &devices[i], array);

        if (err != PCIFRONT_OK)
            code = report_error(report, err, "reading %s",
                                device_address(devices[i].addr, address));
    }
    free(devices);
    return code;
}

enum exit_code command_list(const struct arguments *args, struct report *report)
{
    struct session session;
    enum exit_code code = session_open(&session, args, report);

    if (code == EXIT_DONE)
        code = list(&session, args, report);
    session_close(&session);
    return code;
}
