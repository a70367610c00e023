/* SPDX-License-Identifier: MIT */
/*
 * Config space through sysfs. Linux turns an aligned pread or pwrite of 1, 2
 * or 4 bytes into exactly one access of that width, which the MSI control
 * words and write-1-to-clear registers depend on.
 */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* PCI 3.0 6.1, 6.2.1. */
#define HEADER_TYPE       0x0e
#define HEADER_TYPE_MASK  0x7fu
#define CLASS_BASE_BRIDGE 0x06u

#define CONFIG_CONVENTIONAL 256
#define CONFIG_EXTENDED     4096

int sysfs_config_open(struct sbdf dev, bool writable)
{
    char path[512];
    int fd;

    sysfs_device_path(dev, "config", path, sizeof(path));
    fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    if (errno == ENOENT)
        return -ENODEV;
    return -errno;
}

int sysfs_config_size(int fd, uint16_t *size)
{
    struct stat st;
    uint32_t ignored;

    if (fstat(fd, &st) != 0)
        return -errno;
    /* The file may promise more than this process is allowed to read. */
    if (st.st_size >= CONFIG_EXTENDED &&
        sysfs_config_read(fd, CONFIG_CONVENTIONAL, 4, &ignored) == 0)
        *size = CONFIG_EXTENDED;
    else
        *size = CONFIG_CONVENTIONAL;
    return 0;
}

static bool access_ok(uint16_t offset, uint8_t size)
{
    return (size == 1 || size == 2 || size == 4) && offset % size == 0;
}

int sysfs_config_read(int fd, uint16_t offset, uint8_t size, uint32_t *value)
{
    uint8_t bytes[4] = { 0 };
    ssize_t got;

    if (!access_ok(offset, size))
        return -EINVAL;
    got = pread(fd, bytes, size, offset);
    if (got < 0)
        return -errno;
    if (got != size)
        return -EIO;
    *value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
             (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return 0;
}

int sysfs_config_write(int fd, uint16_t offset, uint8_t size, uint32_t value)
{
    const uint8_t bytes[4] = {
        (uint8_t)value,
        (uint8_t)(value >> 8),
        (uint8_t)(value >> 16),
        (uint8_t)(value >> 24),
    };
    ssize_t put;

    if (!access_ok(offset, size))
        return -EINVAL;
    put = pwrite(fd, bytes, size, offset);
    if (put < 0)
        return -errno;
    return put == size ? 0 : -EIO;
}

/* The kernel links it to its physical function. */
bool sysfs_is_virtfn(struct sbdf dev)
{
    char path[512], target[2];

    sysfs_device_path(dev, "physfn", path, sizeof(path));
    return readlink(path, target, sizeof(target)) > 0;
}

int sysfs_is_bridge(struct sbdf dev, bool *bridge)
{
    uint32_t class_code;
    uint32_t header = 0;
    int ret = sysfs_class(dev, &class_code);
    int fd;

    if (ret != 0)
        return ret;
    *bridge = class_code >> 16 == CLASS_BASE_BRIDGE;
    if (*bridge)
        return 0;
    fd = sysfs_config_open(dev, false);
    if (fd < 0)
        return fd;
    ret = sysfs_config_read(fd, HEADER_TYPE, 1, &header);
    (void)close(fd);
    if (ret != 0)
        return ret;
    /* All ones: nothing answers at this address any more. */
    if (header == 0xff)
        return -ENODEV;
    *bridge = (header & HEADER_TYPE_MASK) != 0;
    return 0;
}
