/* SPDX-License-Identifier: MIT */
/* Capability lists, which the backend or the device may have got wrong. */
#include "pciregs.h"
#include "private.h"

/* As many as there is room for; a longer list goes round in circles. */
#define CAPS_MAX ((PCI_CONFIG_SIZE - PCI_CONFIG_HEADER) / sizeof(uint32_t))
#define EXT_CAPS_MAX \
    ((PCI_CONFIG_SIZE_EXT - PCI_EXT_CAP_START) / sizeof(uint32_t))
#define LINK_MASK  0xfcu /* PCI 3.0 6.7: the two lowest bits are reserved */
#define RAW_EINVAL (-22) /* of backends that let the kernel's error through */

int front_cap(struct pcifront *pf, struct pcifront_addr addr, uint8_t id,
              uint16_t *offset)
{
    uint32_t value, at;
    int err = front_read(pf, addr, PCI_STATUS, 2, &value);

    if (err < 0)
        return err;
    if ((value & PCI_STATUS_CAP_LIST) == 0)
        return PCIFRONT_ERR_NOENT;
    err = front_read(pf, addr, PCI_CAPABILITY_LIST, 1, &at);
    for (size_t i = 0; err == 0 && i < CAPS_MAX; i++) {
        at &= LINK_MASK;
        if (at == 0)
            return PCIFRONT_ERR_NOENT;
        if (at < PCI_CONFIG_HEADER)
            return PCIFRONT_ERR_PROTOCOL;
        err = front_read(pf, addr, at, 2, &value);
        if (err == 0 && (value & 0xff) == id) {
            *offset = (uint16_t)at;
            return 0;
        }
        at = value >> 8;
    }
    return err < 0 ? err : PCIFRONT_ERR_PROTOCOL;
}

/* Conventional devices end at 256 bytes; backends say so in two ways. */
static bool is_beyond_end(struct pcifront *pf, int err)
{
    return err == PCIFRONT_ERR_OFFSET ||
           (err == PCIFRONT_ERR_FAILED && pf->op.err == RAW_EINVAL);
}

static int ext_cap(struct pcifront *pf, struct pcifront_addr addr, uint16_t id,
                   uint16_t *offset)
{
    uint32_t at = PCI_EXT_CAP_START;
    uint32_t header;
    int err;

    for (size_t i = 0; i < EXT_CAPS_MAX; i++) {
        err = front_read(pf, addr, at, 4, &header);
        if (at == PCI_EXT_CAP_START && is_beyond_end(pf, err))
            return PCIFRONT_ERR_NOENT;
        if (err < 0)
            return err;
        if (at == PCI_EXT_CAP_START && (header == 0 || header == UINT32_MAX))
            return PCIFRONT_ERR_NOENT;
        if (PCI_EXT_CAP_ID(header) == id) {
            *offset = (uint16_t)at;
            return 0;
        }
        at = PCI_EXT_CAP_NEXT(header);
        if (at == 0)
            return PCIFRONT_ERR_NOENT;
        if (at < PCI_EXT_CAP_START)
            return PCIFRONT_ERR_PROTOCOL;
    }
    return PCIFRONT_ERR_PROTOCOL;
}

int pcifront_cap_find(struct pcifront *pf, struct pcifront_addr addr,
                      uint8_t id, uint16_t *offset)
{
    int err;

    front_lock(pf);
    err = front_cap(pf, addr, id, offset);
    front_unlock(pf);
    return err;
}

int pcifront_ext_cap_find(struct pcifront *pf, struct pcifront_addr addr,
                          uint16_t id, uint16_t *offset)
{
    int err;

    front_lock(pf);
    err = ext_cap(pf, addr, id, offset);
    front_unlock(pf);
    return err;
}
