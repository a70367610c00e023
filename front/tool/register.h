/* SPDX-License-Identifier: MIT */
/* A configuration register as operands name it, for read and write. */
#ifndef FRONT_TOOL_REGISTER_H
#define FRONT_TOOL_REGISTER_H

#include "pcifront.h"
#include "session.h"

struct config_register {
    struct pcifront_addr addr;
    uint16_t offset;
    uint8_t size;
};

/* Of the operands ADDR OFFSET [SIZE]; EXIT_USAGE with the trouble if not. */
MUST_USE enum exit_code register_parse(const struct arguments *args,
                                       struct config_register *out,
                                       struct report *report);

/* Read it and show it: "0x0010", or members of report->json. */
MUST_USE enum exit_code register_show(struct session *session,
                                      const struct arguments *args,
                                      const struct config_register *what,
                                      struct report *report);

#endif
