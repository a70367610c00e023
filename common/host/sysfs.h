/* SPDX-License-Identifier: MIT */
/*
 * A PCI function as Linux's sysfs shows it in dom0, and the drivers it can be
 * bound to. int results: 0 or a negative errno; -ENODEV when there is no such
 * device (or it vanished). Every path starts at sysfs_root, "/sys" but for
 * tests.
 */
#ifndef COMMON_HOST_SYSFS_H
#define COMMON_HOST_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "sbdf.h"

extern const char *sysfs_root;

#define SYSFS_PCIBACK "pciback" /* the holder's name on the PCI bus */
#define SYSFS_DRIVER  64

/* Resources 0-5 are the BARs, 6 the expansion ROM. */
#define SYSFS_RESOURCES 7

enum sysfs_kind {
    SYSFS_NONE,
    SYSFS_MEM,
    SYSFS_IO
};

struct sysfs_resource {
    enum sysfs_kind kind;
    bool is_64bit;
    bool prefetch;
    uint64_t start; /* machine address or port */
    uint64_t size;  /* bytes; 0 when kind is SYSFS_NONE */
};

MUST_USE bool sysfs_device_exists(struct sbdf dev);

/* Absolute path of the device's directory plus "/leaf" (leaf may be ""). */
void sysfs_device_path(struct sbdf dev, const char *leaf, char *buf,
                       size_t len);

/* Driver's name, or "" when unbound. */
MUST_USE int sysfs_driver(struct sbdf dev, char name[SYSFS_DRIVER]);

MUST_USE int sysfs_resources(struct sbdf dev,
                             struct sysfs_resource res[SYSFS_RESOURCES]);

/* The device's Linux irq (the GSI on a PV dom0); 0 when it has none. */
MUST_USE int sysfs_irq(struct sbdf dev, uint32_t *irq);

/* 24-bit class code; vendor and device as the kernel knows them (VFs too). */
MUST_USE int sysfs_class(struct sbdf dev, uint32_t *class_code);
MUST_USE int sysfs_ids(struct sbdf dev, uint16_t *vendor, uint16_t *device);

/* Is it a bridge of any kind (header type 1 or 2, or base class 06)? */
MUST_USE int sysfs_is_bridge(struct sbdf dev, bool *bridge);

/* Is it a virtual function (SR-IOV)? */
MUST_USE bool sysfs_is_virtfn(struct sbdf dev);

/* Space-separated methods, "" when the kernel has none. */
MUST_USE int sysfs_reset_methods(struct sbdf dev, char *buf, size_t len);

/* Config space: an fd (O_CLOEXEC), read-only or read-write. -errno. */
MUST_USE int sysfs_config_open(struct sbdf dev, bool writable);

/* 256 or 4096: what the opened file really gives. */
MUST_USE int sysfs_config_size(int fd, uint16_t *size);

/*
 * One access of 1, 2 or 4 aligned bytes, little endian. -EIO on a short read
 * (the device vanished or the offset is beyond its space).
 */
MUST_USE int sysfs_config_read(int fd, uint16_t offset, uint8_t size,
                               uint32_t *value);
MUST_USE int sysfs_config_write(int fd, uint16_t offset, uint8_t size,
                                uint32_t value);

/* Write text to a file below sysfs_root; the kernel's own errno comes back. */
MUST_USE int sysfs_write(const char *path_below_root, const char *text);
/* Read a short text file below sysfs_root, newline stripped. */
MUST_USE int sysfs_read(const char *path_below_root, char *buf, size_t len);

/* Binding. All are idempotent where the kernel is not. */
MUST_USE int sysfs_bind(struct sbdf dev, const char *driver);
MUST_USE int sysfs_unbind(struct sbdf dev);
MUST_USE bool sysfs_pciback_loaded(void);
/* Register the address with pciback's slot list and bind it. */
MUST_USE int sysfs_pciback_hold(struct sbdf dev);
/* Unbind from pciback and forget the slot. */
MUST_USE int sysfs_pciback_drop(struct sbdf dev);

/* Every function of the machine, or every one bound to `driver` (NULL: all). */
MUST_USE int sysfs_devices(const char *driver, struct sbdf **list,
                           size_t *count);

#endif
