/* SPDX-License-Identifier: MIT */
/* xenpci-front map: registers of a memory BAR, read through /dev/mem. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "arguments.h"
#include "device.h"
#include "pciregs.h"

#define REGISTERS_MAX 1024u

struct window {
    struct pcifront_addr addr;
    uint32_t bar;
    uint32_t offset;
    uint32_t count; /* of 32-bit registers */
};

static enum exit_code parse(const struct arguments *args, struct window *out,
                            struct report *report)
{
    enum exit_code code = device_parse(args->operands[0], &out->addr, report);

    out->count = 1;
    if (code != EXIT_DONE)
        return code;
    if (!number_parse(args->operands[1], 5, &out->bar))
        return report_trouble(report, EXIT_USAGE, "",
                              "\"%.40s\" is no BAR from 0 to 5",
                              args->operands[1]);
    if (!number_parse(args->operands[2], UINT32_MAX, &out->offset) ||
        out->offset % 4 != 0)
        return report_trouble(
            report, EXIT_USAGE, "It is decimal, or hexadecimal after 0x.",
            "\"%.40s\" is no offset, a multiple of 4", args->operands[2]);
    if (args->noperands > 3 &&
        (!number_parse(args->operands[3], REGISTERS_MAX, &out->count) ||
         out->count == 0))
        return report_trouble(report, EXIT_USAGE, "",
                              "\"%.40s\" is no count from 1 to 1024",
                              args->operands[3]);
    return EXIT_DONE;
}

static void show(const struct arguments *args, const struct window *window,
                 const volatile uint32_t *registers, struct report *report)
{
    struct json_object *array = NULL;

    if (has_option(args, OPTION_JSON)) {
        array = json_object_new_array();
        report_add(report, "bar", json_object_new_int((int)window->bar));
        report_add(report, "offset", json_object_new_int64(window->offset));
        report_add(report, "registers", array);
    }
    for (uint32_t i = 0; i < window->count; i++) {
        uint32_t value = registers[i];
        char text[16];

        (void)snprintf(text, sizeof(text), "0x%08" PRIx32, value);
        if (array != NULL)
            (void)json_object_array_add(array, json_object_new_string(text));
        else
            printf("%08" PRIx64 ": %s\n", (uint64_t)window->offset + 4u * i,
                   text);
    }
}

static enum exit_code map(struct session *session, const struct arguments *args,
                          const struct window *window,
                          const struct pcifront_bar *bar, struct report *report)
{
    uint64_t bytes = 4u * (uint64_t)window->count;
    void *address = NULL;
    int err = pcifront_bar_map(session->pf, bar, window->offset, bytes,
                               PCIFRONT_UNCACHED, &address);

    if (err == PCIFRONT_ERR_DENIED || err == PCIFRONT_ERR_UNSUPPORTED)
        return report_trouble(report, EXIT_UNSUPPORTED,
                              "The line before says what it takes.",
                              "the kernel does not let a process map BAR %u",
                              (unsigned int)window->bar);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "mapping BAR %u at 0x%" PRIx64,
                            (unsigned int)window->bar, bar->address);
    show(args, window, address, report);
    pcifront_bar_unmap(session->pf, bar, window->offset, bytes, address);
    return EXIT_DONE;
}

static enum exit_code check_bar(const struct window *window,
                                const struct pcifront_bar *bar,
                                struct report *report)
{
    if (bar->kind != PCIFRONT_BAR_MEM32 && bar->kind != PCIFRONT_BAR_MEM64)
        return report_trouble(
            report, EXIT_NOT_FOUND, "`xenpci-front list -v` shows the BARs.",
            "BAR %u is not memory", (unsigned int)window->bar);
    if ((uint64_t)window->offset + 4u * (uint64_t)window->count > bar->size)
        return report_trouble(report, EXIT_USAGE, "",
                              "BAR %u has only 0x%" PRIx64 " bytes",
                              (unsigned int)window->bar, bar->size);
    return EXIT_DONE;
}

/* With memory decoding on, and afterwards as it was. */
static enum exit_code map_decoded(struct session *session,
                                  const struct arguments *args,
                                  const struct window *window,
                                  struct report *report)
{
    struct pcifront_bar bars[PCIFRONT_BARS];
    struct pcifront_device device;
    enum exit_code code = device_find(session, window->addr, &device, report);
    uint32_t command = 0;
    int err;

    if (code != EXIT_DONE)
        return code;
    err = pcifront_bars(session->pf, window->addr, bars);
    if (err == PCIFRONT_OK)
        err = pcifront_config_read(session->pf, window->addr, PCI_COMMAND, 2,
                                   &command);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "reading %s", args->operands[0]);
    code = check_bar(window, &bars[window->bar], report);
    if (code != EXIT_DONE)
        return code;
    err = pcifront_command(session->pf, window->addr, PCIFRONT_MEMORY, 0);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "turning on memory decoding");
    code = map(session, args, window, &bars[window->bar], report);
    if ((command & PCI_COMMAND_MEMORY) == 0)
        (void)pcifront_command(session->pf, window->addr, 0, PCIFRONT_MEMORY);
    return code;
}

enum exit_code command_map(const struct arguments *args, struct report *report)
{
    struct session session;
    struct window window;
    enum exit_code code = parse(args, &window, report);

    if (code != EXIT_DONE)
        return code;
    code = session_open(&session, args, report);
    if (code == EXIT_DONE)
        code = map_decoded(&session, args, &window, report);
    session_close(&session);
    return code;
}
