/* SPDX-License-Identifier: MIT */
/* See space.h: reading and printing; capabilities are in caps.c. */
#include "space.h"

#include <string.h>

#include "pciregs.h"
#include "session.h"

static bool over(int err)
{
    return err == PCIFRONT_ERR_OFFLINE || err == PCIFRONT_ERR_TIMEOUT ||
           err == PCIFRONT_ERR_STALLED || err == PCIFRONT_ERR_OS ||
           err == PCIFRONT_ERR_NODEV;
}

static int read_range(struct pcifront *pf, struct pcifront_addr addr,
                      struct space *space, unsigned int end)
{
    for (; space->size < end; space->size += 4) {
        uint32_t value;
        int err =
            pcifront_config_read(pf, addr, (uint16_t)space->size, 4, &value);

        if (over(err))
            return err;
        if (session_interrupted())
            return PCIFRONT_ERR_OFFLINE;
        if (err != PCIFRONT_OK)
            value = UINT32_MAX;
        for (unsigned int i = 0; i < 4; i++)
            space->bytes[space->size + i] = (uint8_t)(value >> (8 * i));
    }
    return PCIFRONT_OK;
}

/* As Linux decides it: PCI Express, and 0x100 answers with something. */
static bool has_extended(struct pcifront *pf, struct pcifront_addr addr)
{
    uint32_t header;
    uint16_t offset;

    return pcifront_cap_find(pf, addr, PCI_CAP_ID_EXP, &offset) ==
               PCIFRONT_OK &&
           pcifront_config_read(pf, addr, PCI_EXT_CAP_START, 4, &header) ==
               PCIFRONT_OK &&
           header != UINT32_MAX;
}

int space_read(struct pcifront *pf, struct pcifront_addr addr,
               struct space *space)
{
    int err;

    memset(space, 0, sizeof(*space));
    err = read_range(pf, addr, space, PCI_CONFIG_SIZE);
    if (err == PCIFRONT_OK && has_extended(pf, addr))
        err = read_range(pf, addr, space, PCI_CONFIG_SIZE_EXT);
    return err;
}

uint32_t space_get(const struct space *space, unsigned int offset,
                   unsigned int bytes)
{
    uint32_t value = 0;

    if (offset > space->size || bytes > space->size - offset)
        return UINT32_MAX;
    for (unsigned int i = 0; i < bytes; i++)
        value |= (uint32_t)space->bytes[offset + i] << (8 * i);
    return value;
}

void space_print(const struct space *space, FILE *to)
{
    for (unsigned int i = 0; i < space->size; i++) {
        if (i % 16 == 0)
            (void)fprintf(to, "%02x:", i);
        (void)fprintf(to, " %02x%s", space->bytes[i], i % 16 == 15 ? "\n" : "");
    }
}
