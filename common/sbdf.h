/* SPDX-License-Identifier: MIT */
/*
 * A PCI function's address: segment, bus, device, function. A value type; the
 * one parser and the one formatter of the tree. Freestanding, any context.
 */
#ifndef COMMON_SBDF_H
#define COMMON_SBDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

struct sbdf {
    uint16_t segment;
    uint8_t bus;
    uint8_t devfn; /* device << 3 | function */
};

/* Bytes for "dddd:bb:dd.f" and its NUL. */
#define SBDF_TEXT 13

#define SBDF_DEVICE(s)   ((uint8_t)((s).devfn >> 3))
#define SBDF_FUNCTION(s) ((uint8_t)((s).devfn & 7))

/*
 * Parse an address in any spelling people use: "bb:dd.f", "dddd:bb:dd.f" with
 * one to four (bus, device: one or two) hex digits each in either case, the
 * dashed form of libxl's nodes "dddd-bb-dd-f", and a sysfs path that ends in an
 * address. The whole text must be used. False, and *out untouched, for anything
 * else: device over 1f, function over 7, trailing bytes, signs, blanks.
 */
MUST_USE bool sbdf_parse(const char *text, struct sbdf *out);

/* The full lower-case form, "0000:03:00.1". Returns buf. */
const char *sbdf_format(struct sbdf s, char buf[SBDF_TEXT]);

/* The same with dashes, as in libxl's /libxl/pci nodes. Returns buf. */
const char *sbdf_format_dashed(struct sbdf s, char buf[SBDF_TEXT]);

/* <0, 0, >0 in address order. */
int sbdf_compare(struct sbdf a, struct sbdf b);

static inline bool sbdf_equal(struct sbdf a, struct sbdf b)
{
    return a.segment == b.segment && a.bus == b.bus && a.devfn == b.devfn;
}

/* segment << 16 | bus << 8 | devfn: the form of Xen's domctls. */
static inline uint32_t sbdf_machine(struct sbdf s)
{
    return (uint32_t)s.segment << 16 | (uint32_t)s.bus << 8 | s.devfn;
}

#endif
