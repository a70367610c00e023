/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The xen-backend bus. Uevents come straight from the kernel, so that this
 * works before, without and beside udev; the shipped udev rule does the same
 * for the time in which no daemon runs.
 *
 * A driver that loads after its device appeared does not look for it while
 * automatic binding is off; its own "drivers" uevent is our sign to look.
 */
#include "kernel-half.h"

#include <dirent.h>
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "sysfs.h"

#define BUS       "bus/xen-backend"
#define AUTOPROBE BUS "/drivers_autoprobe"
#define PROBE     BUS "/drivers_probe"
#define DEVICES   BUS "/devices"
#define PCI_KIND  "pci-"

static struct udev *udev;
static struct udev_monitor *monitor;
static struct loop_watch *watch;
static bool held;

static bool has_driver(const char *device)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/" DEVICES "/%s/driver", sysfs_root,
                   device);
    return access(path, F_OK) == 0;
}

bool kernel_half_owns(uint16_t domid)
{
    char device[32];

    (void)snprintf(device, sizeof(device), PCI_KIND "%u-0", domid);
    return has_driver(device);
}

static void probe_others(void)
{
    char path[512];
    struct dirent *entry;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%s/" DEVICES, sysfs_root);
    dir = opendir(path);
    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.' ||
            strncmp(entry->d_name, PCI_KIND, strlen(PCI_KIND)) == 0 ||
            has_driver(entry->d_name))
            continue;
        /* No driver yet is no error: its own uevent brings us back here. */
        (void)!sysfs_write(PROBE, entry->d_name);
        log_debug("offered %s to its kernel driver", entry->d_name);
    }
    (void)closedir(dir);
}

static void on_uevent(void *arg UNUSED)
{
    struct udev_device *dev = udev_monitor_receive_device(monitor);
    bool added = false;

    while (dev) {
        const char *action = udev_device_get_action(dev);

        added = added || (action && strcmp(action, "add") == 0);
        (void)udev_device_unref(dev);
        dev = udev_monitor_receive_device(monitor);
    }
    if (added)
        probe_others();
}

static int listen(void)
{
    udev = udev_new();
    monitor = udev ? udev_monitor_new_from_netlink(udev, "kernel") : NULL;
    if (!monitor)
        return -ENOMEM;
    if (udev_monitor_filter_add_match_subsystem_devtype(monitor, "xen-backend",
                                                        NULL) < 0 ||
        udev_monitor_filter_add_match_subsystem_devtype(monitor, "drivers",
                                                        NULL) < 0 ||
        udev_monitor_enable_receiving(monitor) < 0)
        return -EIO;
    watch = loop_on_read(udev_monitor_get_fd(monitor), on_uevent, NULL);
    return 0;
}

static void stop_listening(void)
{
    loop_cancel(watch);
    watch = NULL;
    (void)udev_monitor_unref(monitor);
    monitor = NULL;
    (void)udev_unref(udev);
    udev = NULL;
}

int kernel_half_hold(void)
{
    int ret = sysfs_write(AUTOPROBE, "0");

    held = ret == 0;
    return ret;
}

int kernel_half_hand_out(void)
{
    int ret = held ? listen() : 0;

    if (ret < 0)
        stop_listening();
    else if (held)
        probe_others();
    return ret;
}

void kernel_half_let_go(void)
{
    if (!held)
        return;
    held = false;
    stop_listening();
    if (sysfs_write(AUTOPROBE, "1") < 0)
        log_warn("the xen-backend bus stays without automatic binding");
}
