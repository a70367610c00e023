/* SPDX-License-Identifier: MIT */
/* A copy of a device's configuration space, and what stands in it. */
#ifndef FRONT_TOOL_SPACE_H
#define FRONT_TOOL_SPACE_H

#include <stdio.h>

#include "pcifront.h"
#include "tool.h"

#define SPACE_BYTES 4096u

struct space {
    unsigned int size; /* 256, or 4096 for a device with the extended part */
    uint8_t bytes[SPACE_BYTES];
};

/*
 * Read all of it, 4 bytes at a time; what one read does not give is all ones.
 * An enum pcifront_err only if no read can succeed any more, or after a signal.
 */
MUST_USE int space_read(struct pcifront *pf, struct pcifront_addr addr,
                        struct space *space);

/* Little endian, as PCI has it; all ones beyond the end. */
uint32_t space_get(const struct space *space, unsigned int offset,
                   unsigned int bytes);

/* The lines that lspci -xxxx prints, without its first. */
void space_print(const struct space *space, FILE *to);

struct space_cap {
    uint16_t offset;
    uint16_t id;
    bool extended;
};
#define SPACE_CAPS_MAX 96

/* Both lists in order; ends where one loops or leaves the space. The count. */
unsigned int space_caps(const struct space *space,
                        struct space_cap caps[SPACE_CAPS_MAX]);

#define CAP_WORDS 96

/* "MSI-X, 65 vectors", "0x23" for one without a name here. */
const char *space_cap_words(const struct space *space, struct space_cap cap,
                            char words[CAP_WORDS]);

#endif
