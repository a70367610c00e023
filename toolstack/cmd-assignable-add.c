/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci assignable-add: take a device from dom0 and park it with xen-pciback,
 * in Xen's quarantine. Every check comes before the first change, and a change
 * that fails half-way is undone.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "assignable.h"
#include "describe.h"
#include "driver.h"
#include "inuse.h"

static bool name_ok(const char *name)
{
    size_t len = strlen(name);
    struct sbdf ignored;

    for (const char *c = name; *c != '\0'; c++) {
        if (*c < 0x20 || *c > 0x7e)
            return false;
    }
    /* A name that looks like an address would hide a device. */
    return len > 0 && len < HOST_NAME_TEXT && !sbdf_parse(name, &ignored);
}

static enum exit_code check_args(const struct args *args, struct outcome *out)
{
    if (args->name == NULL)
        return EXIT_DONE;
    if (args->noperands != 1)
        return trouble(out, EXIT_USAGE, "Nothing was done.",
                       "Name devices one by one.",
                       "--name names one device, not %u", args->noperands);
    if (!name_ok(args->name))
        return trouble(out, EXIT_USAGE, "Nothing was done.", "",
                       "a name is 1 to 64 printable ASCII characters and no "
                       "address");
    return EXIT_DONE;
}

static enum exit_code check_bridge(struct sbdf dev, struct outcome *out)
{
    char address[SBDF_TEXT];
    bool bridge = false;
    int ret = sysfs_is_bridge(dev, &bridge);

    sbdf_format(dev, address);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "Nothing was done to it.", "",
                       "cannot read %s: %s", address, strerror(-ret));
    if (bridge)
        return trouble(out, EXIT_REFUSED, "Nothing was done to it.",
                       "Give the guest the devices behind it instead.",
                       "%s is a bridge; a guest cannot have it", address);
    return EXIT_DONE;
}

static enum exit_code check_in_use(struct sbdf dev, const struct args *args,
                                   struct outcome *out)
{
    char address[SBDF_TEXT];
    char list[400] = "";
    struct inuse inuse;
    int ret = inuse_scan(dev, &inuse);

    sbdf_format(dev, address);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "Nothing was done to it.", "",
                       "cannot tell whether dom0 uses %s: %s", address,
                       strerror(-ret));
    for (unsigned int i = 0; i < inuse.count; i++) {
        size_t used = strlen(list);

        if (args->force)
            note("%s: taken away although %s", address, inuse.what[i]);
        (void)snprintf(list + used, sizeof(list) - used, "%s%s",
                       i != 0 ? "; " : "", inuse.what[i]);
    }
    if (inuse.count == 0 || args->force)
        return EXIT_DONE;
    return trouble(out, EXIT_REFUSED,
                   "Taking it away would pull it from under dom0.",
                   "Unmount it, take the interface down, or, if you are sure, "
                   "--force.",
                   "dom0 is using %s: %s", address, list);
}

static enum exit_code check(struct host *host, struct sbdf dev,
                            const struct args *args, struct outcome *out)
{
    char driver[SYSFS_DRIVER];
    enum exit_code code = assignable_check_exists(dev, out);

    if (code == EXIT_DONE)
        code = check_bridge(dev, out);
    if (code == EXIT_DONE)
        code = assignable_check_owner(host, dev, out);
    if (code != EXIT_DONE)
        return code;
    if (!sysfs_pciback_loaded())
        return trouble(out, EXIT_UNSUPPORTED, "Nothing was done.",
                       "`modprobe xen-pciback`, then again.",
                       "xen-pciback, which holds assignable devices, is not "
                       "loaded");
    if (sysfs_driver(dev, driver) == 0 && strcmp(driver, SYSFS_PCIBACK) == 0)
        return EXIT_DONE;
    return check_in_use(dev, args, out);
}

/* A device is given away as a whole slot, or its functions meet in dom0. */
static void warn_of_siblings(struct sbdf dev)
{
    char address[SBDF_TEXT];
    char other[SBDF_TEXT];

    for (uint8_t function = 0; function < 8; function++) {
        struct sbdf sibling = dev;
        char driver[SYSFS_DRIVER];
        bool bridge = true;

        sibling.devfn = (uint8_t)((dev.devfn & 0xf8) | function);
        if (sbdf_equal(sibling, dev) || !sysfs_device_exists(sibling) ||
            sysfs_driver(sibling, driver) != 0 ||
            strcmp(driver, SYSFS_PCIBACK) == 0 ||
            sysfs_is_bridge(sibling, &bridge) != 0 || bridge)
            continue;
        note("%s: its sibling %s stays with dom0 (%s); functions of one "
             "device are often not isolated from each other",
             sbdf_format(dev, address), sbdf_format(sibling, other),
             driver[0] != '\0' ? driver : "no driver");
    }
}

static void undo(struct host *host, struct sbdf dev)
{
    char address[SBDF_TEXT];
    char driver[SYSFS_DRIVER] = "";
    int ret = sysfs_pciback_drop(dev);

    if (ret == 0)
        ret = driver_put_back(host->store, dev, driver);
    if (ret == 0)
        ret = driver_forget(host->store, dev);
    if (ret != 0)
        note("%s: could not give it back to its driver: %s",
             sbdf_format(dev, address), strerror(-ret));
}

/* Linux probes no virtual function at all while its host says so. */
static const char *hold_advice(int ret)
{
    return ret != -ENODEV ? "`dmesg` may say why."
                          : "Of a virtual function's host, "
                            "sriov_drivers_autoprobe must be 1; else `dmesg` "
                            "may say why.";
}

static enum exit_code hold(struct host *host, struct sbdf dev,
                           struct outcome *out)
{
    char address[SBDF_TEXT];
    char driver[SYSFS_DRIVER] = "";
    int ret = driver_take_off(host->store, dev, driver);

    sbdf_format(dev, address);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "It stays with dom0.", "",
                       "cannot unbind %s from %s: %s", address,
                       driver[0] != '\0' ? driver : "its driver",
                       strerror(-ret));
    ret = sysfs_pciback_hold(dev);
    if (ret == 0)
        return EXIT_DONE;
    undo(host, dev);
    return trouble(out, EXIT_FAILED, "It was given back to its driver.",
                   hold_advice(ret), "xen-pciback does not take %s: %s",
                   address, strerror(-ret));
}

static enum exit_code quarantine(struct host *host, struct sbdf dev,
                                 struct outcome *out)
{
    char address[SBDF_TEXT];
    int ret = hyp_assign(host->hyp, HYP_DOMID_IO, dev, true);

    sbdf_format(dev, address);
    switch (ret) {
    case 0:
        return EXIT_DONE;
    case -EOPNOTSUPP:
    case -ENOSYS:
        return trouble(out, EXIT_UNSUPPORTED,
                       "It was given back to its driver.",
                       "Switch the IOMMU (VT-d, AMD-Vi) on in the firmware "
                       "and boot Xen without iommu=off; `xl info` then lists "
                       "hvm_directio or pv_directio.",
                       "Xen has no IOMMU on this machine, so %s cannot be "
                       "isolated",
                       address);
    case -EBUSY:
        return trouble(out, EXIT_BUSY, "It was given back to its driver.",
                       "Reset it or power-cycle the machine; `xl dmesg` says "
                       "which it was.",
                       "Xen says %s is busy: a guest still owns it, or its "
                       "MSI-X is stuck masked",
                       address);
    case -ENODEV:
        return trouble(out, EXIT_FAILED, "It was given back to its driver.",
                       "`xl dmesg` may say why.", "Xen does not know %s",
                       address);
    default:
        return trouble(out, EXIT_FAILED, "It was given back to its driver.",
                       "`xl dmesg` may say why.",
                       "Xen does not quarantine %s: %s", address,
                       strerror(-ret));
    }
}

static enum exit_code add(struct host *host, struct sbdf dev,
                          const struct args *args, struct outcome *out)
{
    char driver[SYSFS_DRIVER];
    enum exit_code code = EXIT_DONE;
    bool held;
    int ret = sysfs_driver(dev, driver);

    held = ret == 0 && strcmp(driver, SYSFS_PCIBACK) == 0;
    if (!held)
        code = hold(host, dev, out);
    if (code != EXIT_DONE)
        return code;
    code = quarantine(host, dev, out);
    if (code != EXIT_DONE) {
        if (held)
            (void)snprintf(out->effect, sizeof(out->effect),
                           "It stays with xen-pciback, as it was.");
        else
            undo(host, dev);
        return code;
    }
    /* As with xl, adding again without a name takes an old one away. */
    ret = assignable_set_name(host->store, dev, args->name);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "The device is assignable.", "",
                       "cannot write its name: %s", strerror(-ret));
    warn_of_siblings(dev);
    return EXIT_DONE;
}

static void show(struct host *host, const struct sbdf *devs, unsigned int count,
                 const struct args *args, struct outcome *out)
{
    struct describe *names = describe_open();
    struct json_object *list = json_object_new_array();

    for (unsigned int i = 0; i < count; i++) {
        char address[SBDF_TEXT];
        char text[DESCRIBE_TEXT];

        if (args->json) {
            (void)json_object_array_add(
                list, describe_json(names, host->store, devs[i]));
            continue;
        }
        printf("%s is assignable: %s\n", sbdf_format(devs[i], address),
               describe_device(names, devs[i], text));
    }
    out->json = json_object_new_object();
    (void)json_object_object_add(out->json, "devices", list);
    describe_close(names);
}

enum exit_code cmd_assignable_add(const struct args *args, struct outcome *out)
{
    struct sbdf devs[ARGS_MAX];
    struct host host;
    enum exit_code code = check_args(args, out);
    unsigned int done = 0;

    if (code == EXIT_DONE)
        code = host_open(&host, out);
    if (code != EXIT_DONE)
        return code;
    for (unsigned int i = 0; i < args->noperands && code == EXIT_DONE; i++) {
        code = host_find_device(host.store, args->operands[i], &devs[i], out);
        if (code == EXIT_DONE)
            code = check(&host, devs[i], args, out);
    }
    while (code == EXIT_DONE && done < args->noperands) {
        code = add(&host, devs[done], args, out);
        if (code == EXIT_DONE)
            done++;
    }
    show(&host, devs, done, args, out);
    host_close(&host);
    return code;
}
