/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See driver.h. */
#include "driver.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"

static void memory_path(struct sbdf dev, char path[STORE_PATH])
{
    char address[SBDF_TEXT];

    (void)snprintf(path, STORE_PATH, XS_LIBXL_DRIVER_PATH,
                   sbdf_format_dashed(dev, address));
}

static int remember(struct store *st, struct sbdf dev)
{
    char link[512];
    char path[STORE_PATH];
    char *target;
    int ret;

    sysfs_device_path(dev, "driver", link, sizeof(link));
    target = realpath(link, NULL);
    if (target == NULL)
        return -errno;
    memory_path(dev, path);
    ret = store_write(st, NULL, path, target);
    free(target);
    return ret;
}

int driver_take_off(struct store *st, struct sbdf dev, char name[SYSFS_DRIVER])
{
    int ret = sysfs_driver(dev, name);

    if (ret != 0 || name[0] == '\0')
        return ret;
    ret = remember(st, dev);
    return ret != 0 ? ret : sysfs_unbind(dev);
}

int driver_forget(struct store *st, struct sbdf dev)
{
    char path[STORE_PATH];

    memory_path(dev, path);
    return store_remove(st, NULL, path);
}

/* libxl writes to the remembered path; only its last part is trusted here. */
static int bind_remembered(struct store *st, struct sbdf dev)
{
    char path[STORE_PATH];
    char driver[PATH_MAX];
    const char *slash;
    int ret;

    memory_path(dev, path);
    ret = store_read_buf(st, NULL, path, driver, sizeof(driver));
    if (ret != 0)
        return ret;
    slash = strrchr(driver, '/');
    if (slash == NULL || slash[1] == '\0' || slash[1] == '.' ||
        strcmp(slash + 1, SYSFS_PCIBACK) == 0)
        return -EINVAL;
    return sysfs_bind(dev, slash + 1);
}

int driver_put_back(struct store *st, struct sbdf dev, char name[SYSFS_DRIVER])
{
    char address[SBDF_TEXT];
    int ret = bind_remembered(st, dev);

    if (ret == -ENODEV && !sysfs_device_exists(dev))
        return ret;
    if (ret != 0) {
        ret = sysfs_write("bus/pci/drivers_probe", sbdf_format(dev, address));
        /* No driver wants it: an unbound device, not a failure. */
        if (ret != 0 && ret != -EINVAL && ret != -ENODEV)
            return ret;
    }
    return sysfs_driver(dev, name);
}
