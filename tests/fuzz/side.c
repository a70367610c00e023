/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See side.h. */
#include "side.h"

#include <string.h>

#include "bytes.h"
#include "fuzz.h"

static void note_identity(struct side *s)
{
    for (int32_t at = 0; at < (int32_t)PCI_CONFIG_HEADER; at++) {
        uint32_t value = 0;

        if (cfgspace_read(&s->dev.cs, at, 1, &value) != PCI_ERR_SUCCESS)
            fuzz_fail("byte %02x cannot be read", (unsigned int)at);
        s->identity[at] = (uint8_t)value;
    }
}

void side_begin(struct side *s, const struct recorded *r,
                const struct cfg_knobs *knobs, uint32_t handle)
{
    struct cfg_hw hw = fake_hw_ops(&s->r.hw);

    s->r = *r;
    s->r.params.irq_line = 17;
    s->r.params.knobs = *knobs;
    s->scribbled = false;
    model_learn(&s->model, &s->r.hw, &s->r.params);
    cfgspace_init(&s->broker, &s->r.params, s->r.hw.bytes, &s->shadow, hw,
                  CFG_FRESH);
    memset(&s->dev, 0, sizeof(s->dev));
    s->dev.handle = handle;
    s->dev.virt.devfn = (uint8_t)(handle << 3);
    cfgspace_init(&s->dev.cs, &s->r.params, s->r.hw.bytes, &s->shadow, hw,
                  CFG_CONTINUE);
    side_accept(s);
    note_identity(s);
}

void side_write(struct side *s, const struct cfg_write *w, bool honest)
{
    if (cfgspace_permits(&s->broker, w))
        fake_hw_write(&s->r.hw, w);
    else if (honest && s->r.hw.error == 0)
        fuzz_fail("the broker refuses what the worker planned: %03x/%u = %x",
                  w->offset, w->size, w->value);
}

void side_judge(struct side *s)
{
    model_judge(&s->model, &s->r.hw, s->before);
    side_accept(s);
}

void side_accept(struct side *s)
{
    memcpy(s->before, s->r.hw.bytes, sizeof(s->before));
}

void side_same_identity(struct side *s)
{
    static const uint8_t constant[] = { 0x00, 0x02, 0x08, 0x0a, 0x0e,
                                        0x2c, 0x2e, 0x34, 0x3c, 0x3d };

    for (unsigned int i = 0; i < sizeof(constant) && !s->scribbled; i++) {
        uint32_t value = 0;

        if (cfgspace_read(&s->dev.cs, constant[i], 1, &value) !=
                PCI_ERR_SUCCESS ||
            value != s->identity[constant[i]])
            fuzz_fail("byte %02x was %02x, is %02x", constant[i],
                      s->identity[constant[i]], value);
    }
}

void side_reads_agree(struct side *s, int32_t offset, int32_t size)
{
    uint32_t whole = 0, parts = 0;

    if (cfgspace_read(&s->dev.cs, offset, size, &whole) != PCI_ERR_SUCCESS) {
        if (whole != 0)
            fuzz_fail("a read that fails gives %x", whole);
        return;
    }
    for (int32_t i = 0; i < size; i++) {
        uint32_t byte = 0;

        if (cfgspace_read(&s->dev.cs, offset + i, 1, &byte) != PCI_ERR_SUCCESS)
            fuzz_fail("byte %03x of a register fails", (unsigned int)offset);
        parts |= byte << (8 * i);
    }
    if (whole != parts)
        fuzz_fail("%03x/%u reads %x, by bytes %x", (unsigned int)offset,
                  (unsigned int)size, whole, parts);
}

static void check_row(struct side *s, const struct cfg_denied *row)
{
    struct cfg_explained words;
    const char *why = "";

    if ((row->size != 1 && row->size != 2 && row->size != 4) ||
        row->offset % row->size != 0 || row->count == 0 || row->bits == 0 ||
        !bytes_inside(row->offset, row->size, s->r.hw.size) ||
        ((row->bits | row->value) & ~bytes_mask(row->size)) != 0)
        fuzz_fail("the ledger has %03x/%u: %x, %u times", row->offset,
                  row->size, row->bits, row->count);
    cfgspace_explain(&s->broker, row, &words);
    if (memchr(words.name, '\0', sizeof(words.name)) == NULL ||
        words.name[0] == '\0' || words.reason == NULL)
        fuzz_fail("%03x has no name or no reason", row->offset);
    if (words.quirk.size != 0 &&
        !cfgspace_quirk_ok(&s->broker, &words.quirk, &why))
        fuzz_fail("%03x:%u:%x is suggested, but %s", words.quirk.offset,
                  words.quirk.size, words.quirk.mask, why);
}

void side_check_ledger(struct side *s)
{
    struct cfg_ledger ledger;

    cfgspace_ledger(&s->broker, &ledger);
    if (ledger.used > CFG_LEDGER_MAX)
        fuzz_fail("the ledger has %u rows", ledger.used);
    for (uint32_t i = 0; i < ledger.used; i++) {
        check_row(s, &ledger.rows[i]);
        for (uint32_t j = 0; j < i && !s->scribbled; j++)
            if (ledger.rows[i].offset == ledger.rows[j].offset &&
                ledger.rows[i].size == ledger.rows[j].size)
                fuzz_fail("the ledger has %03x twice", ledger.rows[i].offset);
    }
}
