/* SPDX-License-Identifier: MIT */
/* A device of this guest: from an operand, in a line, in JSON. */
#ifndef FRONT_TOOL_DEVICE_H
#define FRONT_TOOL_DEVICE_H

#include "pcifront.h"
#include "sbdf.h"
#include "session.h"

/* "0000:00:00.0"; returns text. */
const char *device_address(struct pcifront_addr addr, char text[SBDF_TEXT]);

/* An address in any usual spelling; EXIT_USAGE with the trouble if it is none. */
MUST_USE enum exit_code device_parse(const char *text,
                                     struct pcifront_addr *addr,
                                     struct report *report);

/* All of them, for free(). */
MUST_USE enum exit_code device_list(struct session *session,
                                    struct pcifront_device **devices,
                                    size_t *count, struct report *report);

/* Connected and among its devices, or EXIT_NOT_FOUND. */
MUST_USE enum exit_code device_find(struct session *session,
                                    struct pcifront_addr addr,
                                    struct pcifront_device *device,
                                    struct report *report);

#define DEVICE_WORDS 128

/* "0000:00:00.0 NVM controller [0108]: 1b36:0010 (rev 02)" */
const char *device_words(const struct pcifront_device *device,
                         char words[DEVICE_WORDS]);

/* address, vendor_id, device_id, class, class_code, revision, pin. */
struct json_object *device_json(const struct pcifront_device *device);

#endif
