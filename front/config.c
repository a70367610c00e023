/* SPDX-License-Identifier: MIT */
/* Configuration space, a register at a time, and the command register. */
#include "bytes.h"
#include "pciregs.h"
#include "private.h"

#define COMMAND_BITS (PCIFRONT_IO | PCIFRONT_MEMORY | PCIFRONT_MASTER)

static bool access_ok(uint32_t offset, uint8_t size)
{
    return (size == 1 || size == 2 || size == 4) && offset % size == 0 &&
           bytes_inside(offset, size, PCI_CONFIG_SIZE_EXT);
}

static struct pci_op *config_op(struct pcifront *pf, enum pci_wire_cmd cmd,
                                struct pcifront_addr addr, uint32_t offset,
                                uint8_t size)
{
    struct pci_op *op = front_op(pf, cmd, addr);

    op->offset = (int32_t)offset;
    op->size = size;
    return op;
}

int front_read(struct pcifront *pf, struct pcifront_addr addr, uint32_t offset,
               uint8_t size, uint32_t *value)
{
    int err;

    *value = UINT32_MAX;
    if (!access_ok(offset, size))
        return PCIFRONT_ERR_INVALID;
    (void)config_op(pf, PCI_OP_CONF_READ, addr, offset, size);
    err = front_call(pf);
    if (err < 0)
        return err;
    if ((pf->op.value & ~bytes_mask(size)) != 0)
        return PCIFRONT_ERR_PROTOCOL;
    *value = pf->op.value;
    return 0;
}

int front_write(struct pcifront *pf, struct pcifront_addr addr, uint32_t offset,
                uint8_t size, uint32_t value)
{
    if (!access_ok(offset, size))
        return PCIFRONT_ERR_INVALID;
    config_op(pf, PCI_OP_CONF_WRITE, addr, offset, size)->value =
        value & bytes_mask(size);
    return front_call(pf);
}

int front_command(struct pcifront *pf, struct pcifront_addr addr, uint16_t set,
                  uint16_t clear)
{
    uint32_t command;
    int err = front_read(pf, addr, PCI_COMMAND, 2, &command);

    if (err < 0)
        return err;
    /* Two bytes: the status register beside it is cleared by writing ones. */
    return front_write(pf, addr, PCI_COMMAND, 2,
                       (command & ~(uint32_t)clear) | set);
}

int pcifront_config_read(struct pcifront *pf, struct pcifront_addr addr,
                         uint16_t offset, uint8_t size, uint32_t *value)
{
    int err;

    front_lock(pf);
    err = front_read(pf, addr, offset, size, value);
    front_unlock(pf);
    return err;
}

int pcifront_config_write(struct pcifront *pf, struct pcifront_addr addr,
                          uint16_t offset, uint8_t size, uint32_t value)
{
    int err;

    front_lock(pf);
    err = front_write(pf, addr, offset, size, value);
    front_unlock(pf);
    return err;
}

int pcifront_command(struct pcifront *pf, struct pcifront_addr addr,
                     uint16_t set, uint16_t clear)
{
    int err;

    if (((set | clear) & ~COMMAND_BITS) != 0 || (set & clear) != 0)
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    err = front_command(pf, addr, set, clear);
    front_unlock(pf);
    return err;
}
