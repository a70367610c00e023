/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xenpci assignable-remove: out of quarantine, away from xen-pciback, back to
 * the driver it came from. A device that was never quarantined (hidden at
 * boot, no IOMMU) is given back just the same.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "assignable.h"
#include "claim.h"
#include "describe.h"
#include "driver.h"

static enum exit_code release(struct host *host, struct sbdf dev,
                              struct outcome *out)
{
    char address[SBDF_TEXT];
    int ret = hyp_deassign(host->hyp, HYP_DOMID_IO, dev);

    sbdf_format(dev, address);
    switch (ret) {
    case 0:
    case -ENODEV:     /* dom0 has it, or Xen does not know it */
    case -EINVAL:     /* likewise, in other releases */
    case -EOPNOTSUPP: /* no IOMMU, no quarantine */
    case -ENOSYS:
        break;
    default:
        return trouble(
            out, EXIT_FAILED, "It stays with xen-pciback, in quarantine.",
            "`xl dmesg` may say why.", "Xen does not give %s back: %s", address,
            strerror(-ret));
    }
    ret = sysfs_pciback_drop(dev);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "It stays with xen-pciback.",
                       "`dmesg` may say why.",
                       "xen-pciback does not let go of %s: %s", address,
                       strerror(-ret));
    return EXIT_DONE;
}

static enum exit_code put_back(struct host *host, struct sbdf dev,
                               struct outcome *out)
{
    char address[SBDF_TEXT];
    char driver[SYSFS_DRIVER] = "";
    int ret = driver_put_back(host->store, dev, driver);

    sbdf_format(dev, address);
    if (ret == 0)
        ret = driver_forget(host->store, dev);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "dom0 has it, without a driver.",
                       "`dmesg` may say why.", "cannot bind %s to a driver: %s",
                       address, strerror(-ret));
    if (driver[0] == '\0')
        note("%s: no loaded driver of dom0 wants it", address);
    return EXIT_DONE;
}

static enum exit_code remove_one(struct host *host, struct sbdf dev,
                                 const struct args *args, struct outcome *out)
{
    char address[SBDF_TEXT];
    char driver[SYSFS_DRIVER] = "";
    enum exit_code code = assignable_check_exists(dev, out);
    int ret;

    if (code == EXIT_DONE)
        code = assignable_check_owner(host, dev, out);
    if (code != EXIT_DONE)
        return code;
    sbdf_format(dev, address);
    ret = sysfs_driver(dev, driver);
    if (ret == 0 && driver[0] != '\0' && strcmp(driver, SYSFS_PCIBACK) != 0)
        note("%s: not assignable; its driver is %s", address, driver);
    else
        code = release(host, dev, out);
    if (code == EXIT_DONE && !args->no_rebind)
        code = put_back(host, dev, out);
    if (code != EXIT_DONE)
        return code;
    /* Nor does a guest that reboots get back what dom0 has now. */
    ret = claim_drop(host->store, dev, CLAIM_NOBODY);
    if (ret == 0)
        ret = assignable_set_name(host->store, dev, NULL);
    if (ret != 0)
        return trouble(out, EXIT_FAILED, "The device is back in dom0.", "",
                       "cannot remove its nodes: %s", strerror(-ret));
    return EXIT_DONE;
}

static void show(struct sbdf dev)
{
    char address[SBDF_TEXT];
    char driver[SYSFS_DRIVER];

    if (sysfs_driver(dev, driver) != 0 || driver[0] == '\0')
        printf("%s is back in dom0, without a driver\n",
               sbdf_format(dev, address));
    else
        printf("%s is back in dom0, with its driver %s\n",
               sbdf_format(dev, address), driver);
}

enum exit_code cmd_assignable_remove(const struct args *args,
                                     struct outcome *out)
{
    struct sbdf devs[ARGS_MAX];
    struct describe *names;
    struct json_object *list;
    struct host host;
    enum exit_code code = host_open(&host, out);

    if (code != EXIT_DONE)
        return code;
    for (unsigned int i = 0; i < args->noperands && code == EXIT_DONE; i++)
        code = host_find_device(host.store, args->operands[i], &devs[i], out);
    names = describe_open();
    list = json_object_new_array();
    for (unsigned int i = 0; i < args->noperands && code == EXIT_DONE; i++) {
        code = remove_one(&host, devs[i], args, out);
        if (code != EXIT_DONE)
            break;
        (void)json_object_array_add(list,
                                    describe_json(names, host.store, devs[i]));
        if (!args->json)
            show(devs[i]);
    }
    out->json = json_object_new_object();
    (void)json_object_object_add(out->json, "devices", list);
    describe_close(names);
    host_close(&host);
    return code;
}
