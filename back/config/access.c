/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading: cuts an access into rows and puts together what the guest sees of
 * each byte. It knows no register by name.
 */
#include <errno.h>

#include "bytes.h"
#include "table.h"

/*
 * Host errno to wire, total. The guest learns only whether the device is gone:
 * stock fronts turn the one into DEVICE_NOT_FOUND and the other into
 * BAD_REGISTER_NUMBER, and no raw errno may leak into this error space.
 */
static enum pci_wire_err wire_from_errno(int ret)
{
    switch (ret) {
    case 0:
        return PCI_ERR_SUCCESS;
    case -ENODEV:
        return PCI_ERR_DEV_NOT_FOUND;
    default:
        return PCI_ERR_OP_FAILED;
    }
}

enum pci_wire_err cfg_device_read(const struct cfgspace *cs, uint16_t offset,
                                  uint8_t size, uint32_t *value)
{
    return wire_from_errno(cs->hw.read(cs->hw.ctx, offset, size, value));
}

bool cfg_access_ok(const struct cfgspace *cs, int32_t offset, int32_t size)
{
    if (size != 1 && size != 2 && size != 4)
        return false;
    return offset >= 0 && offset % size == 0 &&
           bytes_inside((uint32_t)offset, (uint32_t)size, cs->params.size);
}

/* Of one byte: the bits that come from our copy and from the device. */
static void byte_sources(const struct cfgspace *cs, uint16_t offset,
                         uint8_t *copied, uint8_t *device)
{
    struct cfg_spot spot = cfg_find(cs, offset);
    unsigned int shift = 8u * (unsigned int)(offset - spot.offset);

    *copied = 0;
    *device = spot.hidden ? 0 : 0xff;
    if (spot.field == NULL)
        return;
    *copied = (uint8_t)(cfg_field_copied(spot.field) >> shift);
    *device = (uint8_t)(cfg_field_device(spot.field) >> shift);
}

enum pci_wire_err cfgspace_read(struct cfgspace *cs, int32_t offset,
                                int32_t size, uint32_t *value)
{
    uint32_t copy = 0, mask = 0, raw = 0;
    enum pci_wire_err err;

    *value = 0;
    if (!cfg_access_ok(cs, offset, size))
        return PCI_ERR_INVALID_OFFSET;
    for (int32_t i = 0; i < size; i++) {
        uint16_t at = (uint16_t)(offset + i);
        uint8_t copied, device;

        byte_sources(cs, at, &copied, &device);
        copy |= (uint32_t)(cs->shadow->bytes[at] & copied) << (8 * i);
        mask |= (uint32_t)device << (8 * i);
    }
    if (mask != 0) {
        err = cfg_device_read(cs, (uint16_t)offset, (uint8_t)size, &raw);
        if (err != PCI_ERR_SUCCESS)
            return err;
    }
    *value = copy | (raw & mask);
    return PCI_ERR_SUCCESS;
}
