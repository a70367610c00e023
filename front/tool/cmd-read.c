/* SPDX-License-Identifier: MIT */
/* xenpci-front read: one configuration register. */
#include "device.h"
#include "register.h"

enum exit_code command_read(const struct arguments *args, struct report *report)
{
    struct config_register what;
    struct pcifront_device device;
    struct session session;
    enum exit_code code = register_parse(args, &what, report);

    if (code != EXIT_DONE)
        return code;
    code = session_open(&session, args, report);
    if (code == EXIT_DONE)
        code = device_find(&session, what.addr, &device, report);
    if (code == EXIT_DONE)
        code = register_show(&session, args, &what, report);
    session_close(&session);
    return code;
}
