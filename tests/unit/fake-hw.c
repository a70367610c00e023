/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-hw.h. */
#include "fake-hw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pciregs.h"

/* One line of a dump; anything that is not one is none of our business. */
static void load_line(struct fake_hw *hw, const char *line)
{
    char *p;
    unsigned long at = strtoul(line, &p, 16);

    if (p == line || p[0] != ':' || p[1] != ' ')
        return;
    p++;
    while (at < CFG_SIZE_MAX) {
        char *end;
        unsigned long byte = strtoul(p, &end, 16);

        if (end == p)
            return;
        p = end;
        hw->bytes[at++] = (uint8_t)byte;
        if (at > hw->size)
            hw->size =
                at > PCI_CONFIG_SIZE ? PCI_CONFIG_SIZE_EXT : PCI_CONFIG_SIZE;
    }
}

bool fake_hw_load(struct fake_hw *hw, const char *name)
{
    char path[512], line[256];
    FILE *file;

    memset(hw, 0, sizeof(*hw));
    snprintf(path, sizeof(path), "%s/devices/%s.dump", TEST_DATA_DIR, name);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    while (fgets(line, sizeof(line), file) != NULL)
        load_line(hw, line);
    fclose(file);
    return hw->size != 0;
}

static int hw_read(void *ctx, uint16_t offset, uint8_t size, uint32_t *value)
{
    struct fake_hw *hw = ctx;

    hw->reads++;
    if (hw->error != 0)
        return hw->error;
    if (!bytes_inside(offset, size, hw->size))
        return -EINVAL;
    *value = le_load(&hw->bytes[offset], size);
    return 0;
}

struct cfg_hw fake_hw_ops(struct fake_hw *hw)
{
    return (struct cfg_hw){ .read = hw_read, .ctx = hw };
}

void fake_hw_write(struct fake_hw *hw, const struct cfg_write *w)
{
    uint32_t now = le_load(&hw->bytes[w->offset], w->size);
    uint32_t clear1 = le_load(&hw->clear1[w->offset], w->size);

    le_store(&hw->bytes[w->offset], w->size,
             bits_merge(w->value, now & ~w->value, clear1));
}

uint32_t fake_hw_get(const struct fake_hw *hw, uint16_t offset, uint8_t size)
{
    return le_load(&hw->bytes[offset], size);
}

void fake_hw_set(struct fake_hw *hw, uint16_t offset, uint8_t size,
                 uint32_t value)
{
    le_store(&hw->bytes[offset], size, value);
}

void fake_hw_set_clear1(struct fake_hw *hw, uint16_t offset, uint16_t bits)
{
    le16_store(&hw->clear1[offset], bits);
}
