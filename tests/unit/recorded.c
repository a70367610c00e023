/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See recorded.h. */
#include "recorded.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pciregs.h"

/* Flags of Linux's resources (include/linux/ioport.h, facts of its ABI). */
#define RES_IO         0x00000100u
#define RES_MEM        0x00000200u
#define RES_PREFETCH   0x00002000u
#define RES_MEM_64     0x00100000u
#define RES_ROM_SHADOW 0x00000002u

#define ROM_INDEX (CFG_BARS - 1)

static enum cfg_bar_kind kind_of(unsigned int index, uint64_t flags)
{
    if (index == ROM_INDEX && (flags & RES_ROM_SHADOW) != 0)
        return CFG_BAR_NONE; /* a copy in low memory, not the device's */
    if (index == ROM_INDEX)
        return CFG_BAR_ROM;
    if ((flags & RES_IO) != 0)
        return CFG_BAR_IO;
    return (flags & RES_MEM_64) != 0 ? CFG_BAR_MEM64 : CFG_BAR_MEM32;
}

/* Device memory and ports are decoded for a guest from the start. */
static void decode(struct recorded *r, const struct cfg_bar *bar)
{
    if (bar->kind == CFG_BAR_IO)
        r->hw.bytes[PCI_COMMAND] |= PCI_COMMAND_IO;
    else if (bar->kind == CFG_BAR_MEM32 || bar->kind == CFG_BAR_MEM64)
        r->hw.bytes[PCI_COMMAND] |= PCI_COMMAND_MEMORY;
}

static void load_line(struct recorded *r, const char *line)
{
    uint64_t start, end, flags;
    unsigned int index;
    struct cfg_bar *bar;

    if (sscanf(line, "ids %" SCNx16 " %" SCNx16, &r->params.vendor,
               &r->params.device) == 2)
        return;
    if (sscanf(line, "resource %u %" SCNx64 " %" SCNx64 " %" SCNx64, &index,
               &start, &end, &flags) != 4 ||
        index >= CFG_BARS || (flags & (RES_IO | RES_MEM)) == 0)
        return;
    bar = &r->params.bars[index];
    bar->kind = kind_of(index, flags);
    if (bar->kind == CFG_BAR_NONE)
        return;
    bar->prefetch = (flags & RES_PREFETCH) != 0;
    bar->base = start;
    bar->size = end - start + 1;
    decode(r, bar);
}

bool recorded_load(struct recorded *r, const char *name)
{
    char path[512], line[512];
    FILE *file;

    memset(r, 0, sizeof(*r));
    if (!fake_hw_load(&r->hw, name))
        return false;
    snprintf(path, sizeof(path), "%s/devices/%s.dump", TEST_DATA_DIR, name);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    r->params.size = r->hw.size;
    while (fgets(line, sizeof(line), file) != NULL)
        load_line(r, line);
    fclose(file);
    /* Virtual functions, which answer no ids, have no line. */
    if (r->hw.bytes[PCI_INTERRUPT_PIN] != 0 && r->hw.bytes[0] != 0xff)
        r->params.irq_line = 10;
    return r->params.vendor != 0;
}

static int is_dump(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".dump") == 0 &&
           strlen(entry->d_name) < RECORDED_NAME;
}

unsigned int recorded_names(char names[RECORDED_MAX][RECORDED_NAME])
{
    struct dirent **list;
    unsigned int count = 0;
    /* Sorted by bytes: the same order in every locale. */
    int n = scandir(TEST_DATA_DIR "/devices", &list, is_dump, alphasort);

    for (int i = 0; i < n; i++) {
        size_t len = strlen(list[i]->d_name) - strlen(".dump");

        if (count < RECORDED_MAX) {
            memcpy(names[count], list[i]->d_name, len);
            names[count++][len] = '\0';
        }
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return count;
}

unsigned int recorded_all(const struct recorded **devices)
{
    static struct recorded all[RECORDED_MAX];
    static char names[RECORDED_MAX][RECORDED_NAME];
    static unsigned int loaded;
    unsigned int count = loaded != 0 ? loaded : recorded_names(names);

    while (loaded < count)
        if (!recorded_load(&all[loaded], names[loaded]))
            return 0;
        else
            loaded++;
    *devices = all;
    return loaded;
}
