/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device's registers, as a hand handles them. */
#include "regs.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "aer-enable.h"
#include "pciregs.h"
#include "restore.h"
#include "sysfs.h"
#include "verify.h"

/* PM 1.2 5.4: 10 ms from D3hot to D0. */
#define WAKE_MS 10

/* Change bits of one 16-bit register; other bits keep the device's value. */
static int update16(int fd, uint16_t offset, uint16_t clear, uint16_t set)
{
    uint32_t value;
    int ret = sysfs_config_read(fd, offset, 2, &value);

    if (ret < 0)
        return ret;
    value = (value & ~(uint32_t)clear) | set;
    return sysfs_config_write(fd, offset, 2, value);
}

static int line_hold(int fd)
{
    return update16(fd, PCI_COMMAND, 0, PCI_COMMAND_INTX_DISABLE);
}

static int line_free(int fd)
{
    return update16(fd, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 0);
}

/* Clear an enable bit, if there is one; was it set? A device that vanished
 * cannot be told. */
static bool control_off(int fd, uint16_t control, uint16_t enable)
{
    uint32_t value;

    if (control == 0 || sysfs_config_read(fd, control, 2, &value) < 0 ||
        !(value & enable))
        return false;
    (void)!sysfs_config_write(fd, control, 2, value & ~(uint32_t)enable);
    return true;
}

/* The registers decide, too: QEMU in a stub domain enables MSI and MSI-X through
 * them, and nobody recorded that. */
static void irq_off(int fd, const struct cfgspace *cs, bool on)
{
    on = control_off(fd, cs->msi.msix_control, PCI_MSIX_FLAGS_ENABLE) || on;
    on = control_off(fd, cs->msi.msi_control, PCI_MSI_FLAGS_ENABLE) || on;
    if (on)
        (void)!line_free(fd);
}

/* PCI 3.0 6.8.1.3: Multiple Message Enable is a logarithm. */
static uint16_t msi_flags(unsigned int messages)
{
    uint16_t flags = PCI_MSI_FLAGS_ENABLE;

    while (messages /= 2)
        flags = (uint16_t)(flags + 0x10);
    return flags;
}

static int msi_on(int fd, const struct cfgspace *cs, unsigned int messages)
{
    int ret = line_hold(fd);

    return ret == 0 ? update16(fd, cs->msi.msi_control, PCI_MSI_FLAGS_QSIZE,
                               msi_flags(messages))
                    : ret;
}

static int msix_on(int fd, const struct cfgspace *cs)
{
    int ret = line_hold(fd);

    return ret == 0 ? update16(fd, cs->msi.msix_control, PCI_MSIX_FLAGS_MASKALL,
                               PCI_MSIX_FLAGS_ENABLE)
                    : ret;
}

static bool is_asleep(int fd, const struct cfgspace *cs)
{
    uint32_t now;

    return cs->pm_control != 0 &&
           sysfs_config_read(fd, cs->pm_control, 2, &now) == 0 &&
           (now & PCI_PM_CTRL_STATE) != 0;
}

static bool is_waking(int fd, const struct cfgspace *cs,
                      const struct cfg_write *w)
{
    return cs->pm_control != 0 && w->offset == cs->pm_control &&
           (w->value & PCI_PM_CTRL_STATE) == 0 && is_asleep(fd, cs);
}

static enum pci_wire_err write_plan(int fd, struct cfgspace *cs,
                                    const struct cfg_plan *plan, bool *wakes)
{
    unsigned int i;

    if (plan->count > CFG_PLAN_MAX)
        return PCI_ERR_INVALID_OFFSET;
    for (i = 0; i < plan->count; i++) {
        const struct cfg_write *w = &plan->writes[i];

        if (!cfgspace_permits(cs, w))
            return PCI_ERR_ACCESS_DENIED;
        *wakes = *wakes || is_waking(fd, cs, w);
        if (sysfs_config_write(fd, w->offset, w->size, w->value) < 0)
            return PCI_ERR_OP_FAILED;
    }
    return PCI_ERR_SUCCESS;
}

/* D3hot may have cost the device its BARs and decodes, and a guest is not let
 * at the decodes (XSA-120): put them back when it can be used. */
static enum pci_wire_err serve_write(int fd, struct cfgspace *cs,
                                     const struct cfg_plan *plan)
{
    const struct timespec wait = { .tv_nsec = WAKE_MS * 1000000L };
    bool wakes = false;
    enum pci_wire_err err = write_plan(fd, cs, plan, &wakes);

    if (!wakes)
        return err;
    (void)nanosleep(&wait, NULL);
    if (restore_awake(fd, cs) < 0)
        return PCI_ERR_OP_FAILED;
    return err;
}

/* Decodes are on while a guest has the device, whatever the guest writes, and a
 * reset turns them off. */
static bool is_lost(int fd, const struct cfgspace *cs)
{
    uint32_t decodes = restore_decodes(&cs->params), command;

    return sysfs_config_read(fd, PCI_COMMAND, 2, &command) == 0 &&
           (command & decodes) != decodes;
}

static int mend(int fd, const struct cfgspace *cs, const struct regs_mend *how)
{
    const char *what;
    int ret = verify_present(fd, cs->snapshot, 0, &what);

    if (ret == 0)
        ret = restore_write(fd, cs);
    if (ret == 0 && how->hold_line)
        ret = line_hold(fd);
    if (ret == 0 && how->report_errors)
        ret = aer_enable(fd, cs);
    return ret;
}

void regs_do(int fd, struct cfgspace *cs, const struct regs_request *request,
             struct regs_reply *reply)
{
    memset(reply, 0, sizeof(*reply));
    switch (request->op) {
    case REGS_WRITE:
        reply->answer = serve_write(fd, cs, &request->u.plan);
        break;
    case REGS_QUIET:
        reply->err = restore_quiet(fd);
        irq_off(fd, cs, request->u.irq_on);
        break;
    case REGS_IRQ_OFF:
        irq_off(fd, cs, request->u.irq_on);
        reply->asleep = is_asleep(fd, cs);
        break;
    case REGS_MSI_ON:
        reply->err = msi_on(fd, cs, request->u.messages);
        break;
    case REGS_MSIX_ON:
        reply->err = msix_on(fd, cs);
        break;
    case REGS_STOP_DMA:
        reply->err = restore_quiet(fd);
        break;
    case REGS_MEND:
        reply->mended = !request->u.mend.if_lost || is_lost(fd, cs);
        if (reply->mended)
            reply->err = mend(fd, cs, &request->u.mend);
        break;
    }
}
