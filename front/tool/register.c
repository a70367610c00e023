/* SPDX-License-Identifier: MIT */
/* See register.h. */
#include "register.h"

#include <json-c/json.h>
#include <stdio.h>

#include "arguments.h"
#include "device.h"
#include "pciregs.h"

enum exit_code register_parse(const struct arguments *args,
                              struct config_register *out,
                              struct report *report)
{
    enum exit_code code = device_parse(args->operands[0], &out->addr, report);
    uint32_t offset;
    uint32_t size = 4;

    if (code != EXIT_DONE)
        return code;
    if (!number_parse(args->operands[1], PCI_CONFIG_SIZE_EXT - 1, &offset))
        return report_trouble(
            report, EXIT_USAGE, "It is decimal, or hexadecimal after 0x.",
            "\"%.40s\" is no offset from 0 to 4095", args->operands[1]);
    if (args->noperands > 2 &&
        (!number_parse(args->operands[2], 4, &size) || size == 0 || size == 3))
        return report_trouble(report, EXIT_USAGE, "",
                              "\"%.40s\" is no size: 1, 2 or 4",
                              args->operands[2]);
    if (offset % size != 0)
        return report_trouble(report, EXIT_USAGE, "",
                              "offset %u is not a multiple of the size %u",
                              offset, size);
    out->offset = (uint16_t)offset;
    out->size = (uint8_t)size;
    return EXIT_DONE;
}

static struct json_object *hex_json(uint32_t value, int digits)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "0x%0*x", digits, value);
    return json_object_new_string(text);
}

enum exit_code register_show(struct session *session,
                             const struct arguments *args,
                             const struct config_register *what,
                             struct report *report)
{
    char address[SBDF_TEXT];
    uint32_t value;
    int err = pcifront_config_read(session->pf, what->addr, what->offset,
                                   what->size, &value);

    (void)device_address(what->addr, address);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "reading %s at 0x%x", address,
                            what->offset);
    if (!has_option(args, OPTION_JSON)) {
        printf("0x%0*x\n", 2 * what->size, value);
        return EXIT_DONE;
    }
    report_add(report, "address", json_object_new_string(address));
    report_add(report, "offset", json_object_new_int(what->offset));
    report_add(report, "size", json_object_new_int(what->size));
    report_add(report, "value", hex_json(value, 2 * what->size));
    return EXIT_DONE;
}
