/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error reporting enables of one device. */
#include "aer-enable.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pciregs.h"
#include "sysfs.h"

#define AER_DRIVER "bus/pci_express/drivers/aer"

/* PCIe 6.0 7.8.4. */
#define EXT_CAP_AER 0x0001u

static uint16_t cap_of(const struct cfgspace *cs, uint16_t id, bool extended)
{
    unsigned int i;

    for (i = 0; i < cs->ncaps; i++)
        if (cs->caps[i].id == id && cs->caps[i].extended == extended)
            return cs->caps[i].offset;
    return 0;
}

/*
 * The first function below the host bridge on the way to the device, which is
 * the device itself when there is no port: "0000:00:1c.0" in
 * .../devices/pci0000:00/0000:00:1c.0/0000:01:00.0.
 */
static bool root_of(struct sbdf sbdf, char root[SBDF_TEXT])
{
    char link[256], path[PATH_MAX];
    struct sbdf parsed;
    char *part;

    sysfs_device_path(sbdf, "", link, sizeof(link));
    if (!realpath(link, path))
        return false;
    part = strstr(path, "/pci");
    part = part ? strchr(part + 1, '/') : NULL;
    if (!part || strlen(part + 1) < SBDF_TEXT - 1)
        return false;
    memcpy(root, part + 1, SBDF_TEXT - 1);
    root[SBDF_TEXT - 1] = '\0';
    return sbdf_parse(root, &parsed);
}

/* The port's service is called like the port: "0000:00:1c.0:pcie002". */
static bool kernel_listens(const char *root)
{
    char path[512];
    struct dirent *entry;
    bool found = false;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "%s/" AER_DRIVER, sysfs_root);
    dir = opendir(path);
    if (!dir)
        return false;
    while (!found && (entry = readdir(dir)))
        found = strncmp(entry->d_name, root, strlen(root)) == 0;
    (void)closedir(dir);
    return found;
}

bool aer_is_heard(struct sbdf sbdf)
{
    char root[SBDF_TEXT];

    return root_of(sbdf, root) && kernel_listens(root);
}

int aer_enable(int config_fd, const struct cfgspace *cs)
{
    uint16_t express = cap_of(cs, PCI_CAP_ID_EXP, false);
    uint32_t control;
    uint16_t where;
    int ret;

    if (express == 0 || cap_of(cs, EXT_CAP_AER, true) == 0)
        return 0;
    where = (uint16_t)(express + PCI_EXP_DEVCTL);
    ret = sysfs_config_read(config_fd, where, 2, &control);
    if (ret < 0 || (control & PCI_EXP_DEVCTL_ERRORS) == PCI_EXP_DEVCTL_ERRORS)
        return ret;
    return sysfs_config_write(config_fd, where, 2,
                              control | PCI_EXP_DEVCTL_ERRORS);
}
