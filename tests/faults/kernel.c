/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See kernel.h. */
#include "kernel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libs.h"
#include "temp-tree.h"

#define DRIVERS "bus/pci/drivers/"
#define SLOTS   DRIVERS "pciback/slots"

static const char *root;

static void link_path(const char *address, char path[256])
{
    (void)snprintf(path, 256, "%s/bus/pci/devices/%s/driver", root, address);
}

/* "": none. */
static void driver_of(const char *address, char name[64])
{
    char path[256], target[256];
    ssize_t len;

    link_path(address, path);
    len = readlink(path, target, sizeof(target) - 1);
    target[len > 0 ? len : 0] = '\0';
    (void)snprintf(name, 64, "%.63s",
                   len > 0 ? strrchr(target, '/') + 1 : target);
}

static int unbind(const char *address)
{
    char path[256];

    link_path(address, path);
    return unlink(path) == 0 ? 0 : ENODEV;
}

static int bind_to(const char *address, const char *driver)
{
    char path[256], target[64], now[64];

    driver_of(address, now);
    if (now[0] != '\0')
        return EBUSY;
    if (strcmp(driver, "pciback") == 0 &&
        !strstr(temp_tree_text(SLOTS), address))
        return ENODEV;
    link_path(address, path);
    (void)snprintf(target, sizeof(target), "../../drivers/%s", driver);
    return symlink(target, path) == 0 ? 0 : errno;
}

static int hear(const char *file, const char *address)
{
    char driver[64] = "";

    /* Linux, bus_rescan_devices_helper(): one that is bound is fine. */
    if (strcmp(file, "bus/pci/drivers_probe") == 0) {
        int err = bind_to(address, "nvme");

        return err == EBUSY ? 0 : err;
    }
    if (strncmp(file, DRIVERS, strlen(DRIVERS)) != 0)
        return 0;
    (void)sscanf(file + strlen(DRIVERS), "%63[^/]", driver);
    file = strrchr(file, '/');
    if (strcmp(file, "/bind") == 0)
        return bind_to(address, driver);
    if (strcmp(file, "/unbind") == 0)
        return unbind(address);
    if (strcmp(file, "/new_slot") == 0)
        temp_tree_file(SLOTS, address);
    else if (strcmp(file, "/remove_slot") == 0)
        temp_tree_file(SLOTS, "");
    return 0;
}

static int on_write(int fd, const char *text, size_t len)
{
    char path[64], file[256], address[64];
    ssize_t got;

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    got = readlink(path, file, sizeof(file) - 1);
    file[got > 0 ? got : 0] = '\0';
    if (strncmp(file, root, strlen(root)) != 0)
        return 0;
    (void)snprintf(address, sizeof(address), "%.*s", (int)len, text);
    return hear(file + strlen(root) + 1, address);
}

void fault_kernel_up(const char *sys)
{
    root = sys;
    libs_on_write = on_write;
    temp_tree_file(DRIVERS "nvme/bind", "");
    temp_tree_file(DRIVERS "nvme/unbind", "");
    temp_tree_file(DRIVERS "pciback/bind", "");
    temp_tree_file(DRIVERS "pciback/unbind", "");
    temp_tree_file(DRIVERS "pciback/new_slot", "");
    temp_tree_file(DRIVERS "pciback/remove_slot", "");
    temp_tree_file(SLOTS, "");
    temp_tree_file("bus/pci/drivers_probe", "");
}

void fault_kernel_bind(const char *address, const char *driver)
{
    (void)bind_to(address, driver);
}

bool fault_kernel_has(const char *address, const char *driver)
{
    char now[64];

    driver_of(address, now);
    return strcmp(now, driver) == 0;
}
