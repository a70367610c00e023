/* SPDX-License-Identifier: MIT */
/*
 * Interrupts into a domain's pirq space. MSI goes through libxencall with the
 * hypercall's own structure: libxenctrl's wrapper drops the PCI segment in
 * every release before 4.20.2.
 */
#include "hyp.h"

#include <limits.h>
#include <string.h>

/* First: it turns on the part of Xen's headers that is for tools. */
#include <xenctrl.h>

#include <xen/physdev.h>

#include "hyp-private.h"

int hyp_map_gsi(struct hyp *hyp, uint16_t domid, uint32_t gsi, uint32_t *pirq)
{
    /* Asking for the GSI's own number makes a repeat find the same mapping. */
    int wanted = (int)gsi;
    int ret;

    if (gsi > INT_MAX)
        return -EINVAL;
    errno = 0;
    ret = hyp_result(xc_physdev_map_pirq(hyp->xc, domid, (int)gsi, &wanted));
    if (ret == 0)
        *pirq = (uint32_t)wanted;
    return ret;
}

/* The parts of a request that all MSI mappings share; a new irq, any pirq. */
static struct physdev_map_pirq *map_new(struct hyp *hyp, uint16_t domid,
                                        struct sbdf dev)
{
    struct physdev_map_pirq *map =
        xencall_alloc_buffer(hyp->call, sizeof(*map));

    if (map == NULL)
        return NULL;
    memset(map, 0, sizeof(*map));
    map->domid = domid;
    map->index = -1;
    map->pirq = -1;
    map->bus = (int)((uint32_t)dev.segment << 16 | dev.bus);
    map->devfn = dev.devfn;
    return map;
}

static int map_call(struct hyp *hyp, struct physdev_map_pirq *map)
{
    errno = 0;
    return hyp_result(xencall2(hyp->call, __HYPERVISOR_physdev_op,
                               PHYSDEVOP_map_pirq, (uint64_t)(uintptr_t)map));
}

int hyp_map_msi(struct hyp *hyp, uint16_t domid, struct sbdf dev,
                uint16_t entry, uint64_t table_base, uint32_t *pirq)
{
    struct physdev_map_pirq *map = map_new(hyp, domid, dev);
    int ret;

    if (map == NULL)
        return -ENOMEM;
    map->type = MAP_PIRQ_TYPE_MSI_SEG;
    map->entry_nr = entry;
    map->table_base = table_base;
    ret = map_call(hyp, map);
    if (ret == 0)
        *pirq = (uint32_t)map->pirq;
    xencall_free_buffer(hyp->call, map);
    return ret;
}

int hyp_map_multi_msi(struct hyp *hyp, uint16_t domid, struct sbdf dev,
                      unsigned int *count, uint32_t *pirq)
{
    struct physdev_map_pirq *map = map_new(hyp, domid, dev);
    unsigned int wanted = *count;
    int ret;

    *count = 0;
    if (map == NULL)
        return -ENOMEM;
    map->type = MAP_PIRQ_TYPE_MULTI_MSI;
    map->entry_nr = (int)wanted;
    ret = map_call(hyp, map);
    /* Xen leaves what it was asked for where it has no better number. */
    if (ret == 0)
        *pirq = (uint32_t)map->pirq;
    if (map->entry_nr > 0 && (ret == 0 || (unsigned int)map->entry_nr < wanted))
        *count = (unsigned int)map->entry_nr;
    else if (ret == -EOPNOTSUPP)
        *count = 1;
    xencall_free_buffer(hyp->call, map);
    return ret;
}

int hyp_unmap_pirq(struct hyp *hyp, uint16_t domid, uint32_t pirq)
{
    if (pirq > INT_MAX)
        return -EINVAL;
    errno = 0;
    return hyp_result(xc_physdev_unmap_pirq(hyp->xc, domid, (int)pirq));
}

int hyp_restore_msi(struct hyp *hyp, struct sbdf dev)
{
    struct physdev_pci_device *device;
    int ret;

    device = xencall_alloc_buffer(hyp->call, sizeof(*device));
    if (device == NULL)
        return -ENOMEM;
    device->seg = dev.segment;
    device->bus = dev.bus;
    device->devfn = dev.devfn;
    errno = 0;
    ret = hyp_result(xencall2(hyp->call, __HYPERVISOR_physdev_op,
                              PHYSDEVOP_restore_msi_ext,
                              (uint64_t)(uintptr_t)device));
    xencall_free_buffer(hyp->call, device);
    return ret;
}
