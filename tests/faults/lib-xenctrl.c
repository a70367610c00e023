/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxenctrl and libxencall for the walk: each function may fail, or asks the
 * fake Xen. */
#include "beneath.h"

#include <stdlib.h>
#include <string.h>

#include "fake-xen.h"
#include "fault.h"
#include "hyp.h"
#include "libs.h"

/* First: it turns on the part of Xen's headers that is for tools. */
#include <xenctrl.h>

#include <xen/physdev.h>
#include <xencall.h>

static struct hyp *xen;
static unsigned int handles, buffers;

unsigned int libs_xen_open(void)
{
    return handles + buffers;
}

static struct sbdf sbdf_of(uint32_t machine)
{
    return (struct sbdf){ .segment = (uint16_t)(machine >> 16),
                          .bus = (uint8_t)(machine >> 8),
                          .devfn = (uint8_t)machine };
}

/* 0 or -errno of ours in their convention. */
static int done(int ret)
{
    fault_go_on();
    errno = ret < 0 ? -ret : 0;
    return ret < 0 ? -1 : 0;
}

xc_interface *__wrap_xc_interface_open(xentoollog_logger *logger UNUSED,
                                       xentoollog_logger *dombuild UNUSED,
                                       unsigned int flags UNUSED)
{
    if (fault_here(CALL_xc_interface_open))
        return NULL;
    xen = hyp_open();
    handles++;
    return (xc_interface *)(void *)xen;
}

int xc_interface_close(xc_interface *xch UNUSED)
{
    handles--;
    return 0;
}

xencall_handle *__wrap_xencall_open(xentoollog_logger *logger UNUSED,
                                    unsigned int flags UNUSED)
{
    if (fault_here(CALL_xencall_open))
        return NULL;
    handles++;
    return (xencall_handle *)(void *)&handles;
}

int xencall_close(xencall_handle *handle UNUSED)
{
    handles--;
    return 0;
}

void *__wrap_xencall_alloc_buffer(xencall_handle *handle UNUSED, size_t size)
{
    if (fault_here(CALL_xencall_alloc_buffer))
        return NULL;
    buffers++;
    return malloc(size);
}

void xencall_free_buffer(xencall_handle *handle UNUSED, void *buffer)
{
    buffers--;
    free(buffer);
}

static int map_pirq(struct physdev_map_pirq *map)
{
    const struct sbdf dev = { .segment = (uint16_t)((uint32_t)map->bus >> 16),
                              .bus = (uint8_t)map->bus,
                              .devfn = (uint8_t)map->devfn };
    unsigned int count = (unsigned int)map->entry_nr;
    uint32_t pirq = 0;
    int ret;

    if (map->type == MAP_PIRQ_TYPE_MULTI_MSI) {
        ret = hyp_map_multi_msi(xen, map->domid, dev, &count, &pirq);
        map->entry_nr = (int)count;
    } else {
        ret = hyp_map_msi(xen, map->domid, dev, (uint16_t)map->entry_nr,
                          map->table_base, &pirq);
    }
    map->pirq = (int)pirq;
    return ret;
}

int __wrap_xencall2(xencall_handle *handle UNUSED, unsigned int op UNUSED,
                    uint64_t cmd, uint64_t arg)
{
    const struct physdev_pci_device *restored = (void *)(uintptr_t)arg;
    int ret;

    if (fault_here(CALL_xencall2))
        return -1;
    fault_hold();
    if (cmd == PHYSDEVOP_restore_msi_ext)
        ret = hyp_restore_msi(xen, (struct sbdf){ .segment = restored->seg,
                                                  .bus = restored->bus,
                                                  .devfn = restored->devfn });
    else
        ret = map_pirq((void *)(uintptr_t)arg);
    return done(ret);
}

int __wrap_xc_domain_getinfolist(xc_interface *xch UNUSED, uint32_t first,
                                 unsigned int max UNUSED, xc_domaininfo_t *info)
{
    struct hyp_domain d;

    if (fault_here(CALL_xc_domain_getinfolist))
        return -1;
    (void)!hyp_domain(xen, (uint16_t)first, &d);
    memset(info, 0, sizeof(*info));
    info->domain = (domid_t)first;
    memcpy(info->handle, d.uuid, sizeof(info->handle));
    if (d.dying)
        info->flags |= XEN_DOMINF_dying;
    if (d.shutdown)
        info->flags |= XEN_DOMINF_shutdown;
    if (d.paused)
        info->flags |= XEN_DOMINF_paused;
    if (d.hvm)
        info->flags |= XEN_DOMINF_hvm_guest;
    if (d.crashed)
        info->flags |= (uint32_t)SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    return d.exists ? 1 : 0;
}

#define FORWARD(name, params, call)  \
    int __wrap_##name params         \
    {                                \
        if (fault_here(CALL_##name)) \
            return -1;               \
        fault_hold();                \
        return done(call);           \
    }

FORWARD(xc_test_assign_device,
        (xc_interface * xch UNUSED, uint32_t domid, uint32_t machine),
        hyp_assign_test(xen, (uint16_t)domid, sbdf_of(machine)))
/* Of dom_io, the tools ask in both directions; the fake knows only guests. */
static int assign(uint32_t domid, uint32_t machine, bool relaxed)
{
    if (domid != HYP_DOMID_IO)
        return hyp_assign(xen, (uint16_t)domid, sbdf_of(machine), relaxed);
    fake_xen_set_owner(sbdf_of(machine), HYP_DOMID_IO);
    return 0;
}

static int deassign(uint32_t domid, uint32_t machine)
{
    if (domid != HYP_DOMID_IO)
        return hyp_deassign(xen, (uint16_t)domid, sbdf_of(machine));
    fake_xen_set_owner(sbdf_of(machine), 0);
    return 0;
}

FORWARD(xc_assign_device,
        (xc_interface * xch UNUSED, uint32_t domid, uint32_t machine,
         uint32_t flags),
        assign(domid, machine, flags != 0))
FORWARD(xc_deassign_device,
        (xc_interface * xch UNUSED, uint32_t domid, uint32_t machine),
        deassign(domid, machine))
FORWARD(xc_domain_iomem_permission,
        (xc_interface * xch UNUSED, uint32_t domid, unsigned long first,
         unsigned long count, uint8_t allow),
        hyp_iomem(xen, (uint16_t)domid, first, count, allow != 0))
FORWARD(xc_domain_ioport_permission,
        (xc_interface * xch UNUSED, uint32_t domid, uint32_t first,
         uint32_t count, uint32_t allow),
        hyp_ioport(xen, (uint16_t)domid, first, count, allow != 0))
FORWARD(xc_domain_irq_permission,
        (xc_interface * xch UNUSED, uint32_t domid, uint32_t pirq, bool allow),
        hyp_irq(xen, (uint16_t)domid, pirq, allow))
FORWARD(xc_domain_pause, (xc_interface * xch UNUSED, uint32_t domid),
        hyp_pause(xen, (uint16_t)domid))
FORWARD(xc_domain_shutdown,
        (xc_interface * xch UNUSED, uint32_t domid, int reason UNUSED),
        hyp_crash(xen, (uint16_t)domid))
FORWARD(xc_physdev_unmap_pirq,
        (xc_interface * xch UNUSED, uint32_t domid, int pirq),
        hyp_unmap_pirq(xen, (uint16_t)domid, (uint32_t)pirq))
FORWARD(xc_physdev_map_pirq,
        (xc_interface * xch UNUSED, uint32_t domid, int index, int *pirq),
        hyp_map_gsi(xen, (uint16_t)domid, (uint32_t)index, (uint32_t *)pirq))
