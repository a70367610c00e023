/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that is reset while its guest keeps it. */
#include <errno.h>
#include <string.h>

#include "aer-enable.h"
#include "device.h"
#include "log.h"
#include "pciregs.h"
#include "restore.h"

/* PCIe 6.0 6.6.2: 100 ms after an FLR; a bus reset takes over a second. */
#define RESET_DEADLINE_MS 10000u

int device_reset_in_use(struct device *dev, job_done_fn *done, void *arg)
{
    char methods[64], path[256];
    int ret = sysfs_reset_methods(dev->sbdf, methods, sizeof(methods));

    if (ret < 0 || methods[0] == '\0')
        return ret < 0 ? ret : -ENOTSUP;
    sysfs_device_path(dev->sbdf, "reset", path, sizeof(path));
    return job_start(path, "1", RESET_DEADLINE_MS, done, arg);
}

/* Xen has what the guest's MSI was; INTx stays off beside it. */
static int put_interrupts(struct device *dev)
{
    uint32_t command;
    int ret;

    if (dev->irq.mode == IRQ_INTX)
        return 0;
    ret = hyp_restore_msi(dev->hyp, dev->sbdf);
    if (ret == 0)
        ret = sysfs_config_read(dev->config_fd, PCI_COMMAND, 2, &command);
    if (ret == 0)
        ret = sysfs_config_write(dev->config_fd, PCI_COMMAND, 2,
                                 command | PCI_COMMAND_INTX_DISABLE);
    return ret;
}

int device_after_reset(struct device *dev)
{
    char name[SBDF_TEXT];
    int ret = restore_verify(dev->config_fd, dev->cs.snapshot);

    if (ret == 0)
        ret = restore_write(dev->config_fd, &dev->cs);
    if (ret == 0)
        ret = put_interrupts(dev);
    if (ret == 0)
        ret = aer_enable(dev->sbdf, dev->config_fd, &dev->cs);
    if (ret < 0)
        log_warnx("d%u %s: not what it was before its reset: %s", dev->domid,
                  sbdf_format(dev->sbdf, name), strerror(-ret));
    return ret;
}

void device_mend(struct device *dev)
{
    uint32_t decodes = restore_decodes(&dev->cs.params), command;

    /* They are on while a guest has the device, whatever the guest writes, and
     * a reset turns them off. */
    if (sysfs_config_read(dev->config_fd, PCI_COMMAND, 2, &command) == 0 &&
        (command & decodes) != decodes)
        (void)!device_after_reset(dev);
}
