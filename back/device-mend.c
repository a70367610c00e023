/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that is reset while its guest keeps it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aer-enable.h"
#include "device-ops.h"
#include "log.h"

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

/* Xen knows what its MSI was; the line is held off already. */
static int restore_irq(struct device *dev)
{
    const struct irq_device irq = { .hyp = dev->hyp, .sbdf = dev->sbdf };

    return irq_restore(&dev->irq, &irq);
}

static void is_mended(void *arg, const struct regs_reply *reply)
{
    struct device_op *op = arg;
    struct device *dev = op->dev;
    char name[SBDF_TEXT];
    int ret = reply->err;

    if (ret == 0 && reply->mended)
        ret = restore_irq(dev);
    if (ret < 0)
        log_warnx("d%u %s: not what it was before its reset: %s", dev->domid,
                  sbdf_format(dev->sbdf, name), strerror(-ret));
    op->result.err = ret;
    device_op_end(op);
}

static void run_mend(struct device_op *op)
{
    struct regs_request request = { .op = REGS_MEND, .u.mend = op->u.mend };

    request.u.mend.hold_line = op->dev->irq.mode != IRQ_INTX;
    request.u.mend.report_errors = aer_is_heard(op->dev->sbdf);
    device_op_ask(op, &request, is_mended, op);
}

void device_after_reset(struct device *dev, device_result_fn *done, void *arg)
{
    struct device_op *op = device_op_new(dev, false, done, arg);

    if (!op) {
        device_op_refuse(dev, -ENODEV, done, arg);
        return;
    }
    op->run = run_mend;
    device_op_start(op);
}

void device_mend(struct device *dev)
{
    struct device_op *op = device_op_new(dev, false, NULL, NULL);

    if (!op)
        return;
    op->u.mend.if_lost = true;
    op->run = run_mend;
    device_op_start(op);
}
