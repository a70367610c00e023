/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What netbsd.c and netbsd-device.c share. */
#ifndef ROGUE_FRONT_NETBSD_H
#define ROGUE_FRONT_NETBSD_H

#include "front.h"

#define NETBSD_FUNCTIONS_MAX 8u
#define NETBSD_WORDS         64u /* of the configuration space it knows */

struct netbsd_function {
    uint32_t bus;
    uint32_t devfn;
    uint32_t words[NETBSD_WORDS]; /* as read when its driver had attached */
};

struct netbsd {
    struct front *front;
    struct netbsd_function functions[NETBSD_FUNCTIONS_MAX];
    unsigned int found;
    uint64_t longest_ms; /* the slowest answer so far */
    bool crash;          /* a panic takes the guest down */
};

/* What its kernel calls panic(): the process ends, or the guest. */
void netbsd_panic(const struct netbsd *netbsd, const char *fmt, ...)
    PRINTF(2, 3) __attribute__((noreturn));

/*
 * Four bytes, always; it spins on the flag for as long as it takes. The return
 * value is the operation's err.
 */
int32_t netbsd_conf_read(struct netbsd *netbsd, uint32_t bus, uint32_t devfn,
                         uint32_t reg, uint32_t *value);
int32_t netbsd_conf_write(struct netbsd *netbsd, uint32_t bus, uint32_t devfn,
                          uint32_t reg, uint32_t value);

/* What the bus code and a driver do with one function. */
void netbsd_attach(struct netbsd *netbsd, struct netbsd_function *f);
/* Four bytes at each place of the first 256. */
void netbsd_snapshot(struct netbsd *netbsd, struct netbsd_function *f,
                     uint32_t words[NETBSD_WORDS]);

#endif
