/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that is reset while its guest keeps it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aer-enable.h"
#include "device.h"
#include "log.h"
#include "pciregs.h"
#include "restore.h"
#include "verify.h"

struct in_use {
    device_in_use_fn *done;
    void *arg;
};

static void on_reset(void *arg, const struct reset_outcome *outcome)
{
    struct in_use call = *(struct in_use *)arg;

    free(arg);
    call.done(call.arg, outcome->err);
}

int device_reset_in_use(const struct device *dev, device_in_use_fn *done,
                        void *arg)
{
    const struct reset_order wish = device_reset_wish(dev);
    struct in_use *call;
    struct reset_request request = {
        .sbdf = dev->sbdf,
        .config_fd = dev->config_fd,
        .cs = &dev->cs,
        .wish = &wish,
        .done = on_reset,
    };
    char methods[128];
    int ret = sysfs_reset_methods(dev->sbdf, methods, sizeof(methods));

    if (ret < 0 || methods[0] == '\0')
        return ret < 0 ? ret : -ENOTSUP;
    call = malloc(sizeof(*call));
    if (!call)
        return -ENOMEM;
    call->done = done;
    call->arg = arg;
    request.arg = call;
    reset_start(&request);
    return 0;
}

int device_after_reset(struct device *dev)
{
    char name[SBDF_TEXT];
    const char *what;
    int ret = verify_present(dev->config_fd, dev->cs.snapshot, 0, &what);

    if (ret == 0)
        ret = restore_write(dev->config_fd, &dev->cs);
    if (ret == 0)
        ret = device_irq_restore(dev);
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
