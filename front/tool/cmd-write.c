/* SPDX-License-Identifier: MIT */
/* xenpci-front write: one configuration register, and what it reads then. */
#include "arguments.h"
#include "device.h"
#include "register.h"

static enum exit_code write_register(struct session *session,
                                     const struct arguments *args,
                                     const struct config_register *what,
                                     uint32_t value, struct report *report)
{
    struct pcifront_device device;
    enum exit_code code = device_find(session, what->addr, &device, report);
    int err;

    if (code != EXIT_DONE)
        return code;
    err = pcifront_config_write(session->pf, what->addr, what->offset,
                                what->size, value);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "writing %s at 0x%x",
                            args->operands[0], what->offset);
    return register_show(session, args, what, report);
}

enum exit_code command_write(const struct arguments *args,
                             struct report *report)
{
    struct config_register what;
    struct session session;
    enum exit_code code = register_parse(args, &what, report);
    uint32_t value;

    if (code != EXIT_DONE)
        return code;
    if (!number_parse(args->operands[3], UINT32_MAX >> (32 - 8 * what.size),
                      &value))
        return report_trouble(report, EXIT_USAGE, "",
                              "\"%.40s\" does not fit %u bytes",
                              args->operands[3], what.size);
    code = session_open(&session, args, report);
    if (code == EXIT_DONE)
        code = write_register(&session, args, &what, value, report);
    session_close(&session);
    return code;
}
