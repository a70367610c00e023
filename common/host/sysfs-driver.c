/* SPDX-License-Identifier: MIT */
/*
 * Binding a PCI function to drivers, and xen-pciback's slot list in
 * particular. The kernel's files are not idempotent (a second new_slot, an
 * unbind of the unbound fail); these functions look first and are.
 */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 512

int sysfs_write(const char *path_below_root, const char *text)
{
    char path[PATH_BYTES];
    size_t len = strlen(text);
    ssize_t put;
    int ret = 0;
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", sysfs_root, path_below_root);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    put = write(fd, text, len);
    if (put < 0)
        ret = -errno;
    else if ((size_t)put != len)
        ret = -EIO;
    (void)close(fd);
    return ret;
}

static int write_driver_file(const char *driver, const char *file,
                             struct sbdf dev)
{
    char path[PATH_BYTES];
    char address[SBDF_TEXT];
    int ret;

    (void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/%s", driver, file);
    ret = sysfs_write(path, sbdf_format(dev, address));
    return ret != 0 && !sysfs_device_exists(dev) ? -ENODEV : ret;
}

int sysfs_bind(struct sbdf dev, const char *driver)
{
    char now[SYSFS_DRIVER];
    int ret = sysfs_driver(dev, now);

    if (ret != 0)
        return ret;
    if (strcmp(now, driver) == 0)
        return 0;
    if (now[0] != '\0')
        return -EBUSY;
    return write_driver_file(driver, "bind", dev);
}

int sysfs_unbind(struct sbdf dev)
{
    char now[SYSFS_DRIVER];
    int ret = sysfs_driver(dev, now);

    if (ret != 0 || now[0] == '\0')
        return ret;
    return write_driver_file(now, "unbind", dev);
}

bool sysfs_pciback_loaded(void)
{
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "%s/bus/pci/drivers/%s", sysfs_root,
                   SYSFS_PCIBACK);
    return access(path, F_OK) == 0;
}

/* slots: one address a line, in the kernel's own spelling. */
static int slot_listed(struct sbdf dev, bool *listed)
{
    char text[65536];
    char address[SBDF_TEXT];
    char *rest = text;
    const char *line;
    int ret = sysfs_read("bus/pci/drivers/" SYSFS_PCIBACK "/slots", text,
                         sizeof(text));

    *listed = false;
    if (ret != 0)
        return ret;
    sbdf_format(dev, address);
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (strncmp(line, address, strlen(address)) == 0)
            *listed = true;
    }
    return 0;
}

int sysfs_pciback_hold(struct sbdf dev)
{
    char now[SYSFS_DRIVER];
    bool listed;
    int ret = sysfs_driver(dev, now);

    if (ret != 0 || strcmp(now, SYSFS_PCIBACK) == 0)
        return ret;
    if (now[0] != '\0')
        return -EBUSY;
    ret = slot_listed(dev, &listed);
    if (ret != 0)
        return ret;
    if (!listed) {
        ret = write_driver_file(SYSFS_PCIBACK, "new_slot", dev);
        if (ret != 0)
            return ret;
    }
    ret = write_driver_file(SYSFS_PCIBACK, "bind", dev);
    if (ret != 0 && !listed)
        (void)write_driver_file(SYSFS_PCIBACK, "remove_slot", dev);
    return ret;
}

/* An override left on pciback would keep every other driver off for good. */
static int clear_override(struct sbdf dev)
{
    char path[PATH_BYTES];
    char address[SBDF_TEXT];
    char text[SYSFS_DRIVER];

    (void)snprintf(path, sizeof(path), "bus/pci/devices/%s/driver_override",
                   sbdf_format(dev, address));
    if (sysfs_read(path, text, sizeof(text)) != 0 ||
        strcmp(text, SYSFS_PCIBACK) != 0)
        return 0;
    return sysfs_write(path, "\n");
}

int sysfs_pciback_drop(struct sbdf dev)
{
    char now[SYSFS_DRIVER];
    bool listed;
    int ret = sysfs_driver(dev, now);

    if (ret != 0)
        return ret;
    if (strcmp(now, SYSFS_PCIBACK) == 0) {
        ret = sysfs_unbind(dev);
        if (ret != 0)
            return ret;
    }
    ret = clear_override(dev);
    if (ret != 0)
        return ret;
    ret = slot_listed(dev, &listed);
    if (ret != 0)
        return ret == -ENOENT ? 0 : ret;
    return listed ? write_driver_file(SYSFS_PCIBACK, "remove_slot", dev) : 0;
}
