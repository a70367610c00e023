/* SPDX-License-Identifier: MIT */
/* xenpci-front bench: how long configuration reads take. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "pciregs.h"
#include "timing.h"

static double us(uint64_t ns)
{
    return (double)ns / 1000.0;
}

static struct json_object *us_json(uint64_t ns)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%.1f", us(ns));
    return json_object_new_double_s(us(ns), text);
}

static void show(const struct arguments *args, const char *address,
                 struct timing timing, struct report *report)
{
    if (!has_option(args, OPTION_JSON)) {
        printf("%s: %u reads of 4 bytes: p50 %.1f us, p99 %.1f us, min %.1f "
               "us, max %.1f us\n",
               address, args->reads, us(timing.p50_ns), us(timing.p99_ns),
               us(timing.min_ns), us(timing.max_ns));
        return;
    }
    report_add(report, "address", json_object_new_string(address));
    report_add(report, "reads", json_object_new_int((int)args->reads));
    report_add(report, "size", json_object_new_int(4));
    report_add(report, "p50_us", us_json(timing.p50_ns));
    report_add(report, "p99_us", us_json(timing.p99_ns));
    report_add(report, "min_us", us_json(timing.min_ns));
    report_add(report, "max_us", us_json(timing.max_ns));
}

static int time_reads(struct session *session, struct pcifront_addr addr,
                      uint64_t *took_ns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t begun = session_now_ns(session);
        uint32_t value;
        int err =
            pcifront_config_read(session->pf, addr, PCI_VENDOR_ID, 4, &value);

        took_ns[i] = session_now_ns(session) - begun;
        if (err != PCIFRONT_OK)
            return err;
        if (session_interrupted())
            return PCIFRONT_ERR_OFFLINE;
    }
    return PCIFRONT_OK;
}

static enum exit_code bench(struct session *session,
                            const struct arguments *args,
                            struct pcifront_addr addr, struct report *report)
{
    struct pcifront_device device;
    enum exit_code code = device_find(session, addr, &device, report);
    char address[SBDF_TEXT];
    uint64_t *took_ns;
    int err;

    if (code != EXIT_DONE)
        return code;
    took_ns = calloc(args->reads, sizeof(*took_ns));
    if (took_ns == NULL)
        return report_trouble(report, EXIT_FAILED, "", "out of memory");
    err = time_reads(session, addr, took_ns, args->reads);
    (void)device_address(addr, address);
    if (session_interrupted())
        code = report_trouble(report, EXIT_FAILED, "", "interrupted");
    else if (err != PCIFRONT_OK)
        code = report_error(report, err, "reading %s", address);
    else
        show(args, address, timing_of(took_ns, args->reads), report);
    free(took_ns);
    return code;
}

enum exit_code command_bench(const struct arguments *args,
                             struct report *report)
{
    struct session session;
    struct pcifront_addr addr;
    enum exit_code code = device_parse(args->operands[0], &addr, report);

    if (code != EXIT_DONE)
        return code;
    code = session_open(&session, args, report);
    if (code == EXIT_DONE)
        code = bench(&session, args, addr, report);
    session_close(&session);
    return code;
}
