/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-driver.h. */
#include "fake-driver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysfs.h"

struct fake_driver fake_driver;

static void driver_dir(const char *driver, char buf[256])
{
    (void)snprintf(buf, 256, "%.100s/bus/pci/drivers/%.60s", sysfs_root,
                   driver);
}

static int link_driver(struct sbdf dev, const char *driver)
{
    char link[256];
    char target[256];

    sysfs_device_path(dev, "driver", link, sizeof(link));
    driver_dir(driver, target);
    if (access(target, F_OK) != 0)
        return -errno;
    if (unlink(link) != 0 && errno != ENOENT)
        return -errno;
    return symlink(target, link) == 0 ? 0 : -errno;
}

int sysfs_bind(struct sbdf dev, const char *driver)
{
    if (fake_driver.bind_ret != 0)
        return fake_driver.bind_ret;
    return link_driver(dev, driver);
}

int sysfs_unbind(struct sbdf dev)
{
    char link[256];

    if (fake_driver.unbind_ret != 0)
        return fake_driver.unbind_ret;
    sysfs_device_path(dev, "driver", link, sizeof(link));
    return unlink(link) == 0 || errno == ENOENT ? 0 : -errno;
}

bool sysfs_pciback_loaded(void)
{
    char dir[256];

    driver_dir(SYSFS_PCIBACK, dir);
    return access(dir, F_OK) == 0;
}

int sysfs_pciback_hold(struct sbdf dev)
{
    if (fake_driver.hold_ret != 0)
        return fake_driver.hold_ret;
    return link_driver(dev, SYSFS_PCIBACK);
}

int sysfs_pciback_drop(struct sbdf dev)
{
    char driver[SYSFS_DRIVER];

    if (fake_driver.drop_ret != 0)
        return fake_driver.drop_ret;
    if (sysfs_driver(dev, driver) == 0 && strcmp(driver, SYSFS_PCIBACK) == 0)
        return sysfs_unbind(dev);
    return 0;
}

/* Only drivers_probe is written in these tests. */
int sysfs_write(const char *path_below_root, const char *text)
{
    struct sbdf dev;

    if (strcmp(path_below_root, "bus/pci/drivers_probe") != 0 ||
        !sbdf_parse(text, &dev))
        return -ENOENT;
    fake_driver.probes++;
    if (fake_driver.probe == NULL)
        return -EINVAL;
    return link_driver(dev, fake_driver.probe);
}
