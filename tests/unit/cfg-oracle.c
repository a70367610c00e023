/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest may do to hardware, in words that owe nothing to the tables:
 * wire-level facts of the specifications, capability by capability, and what
 * each knob adds to them.
 */
#include <string.h>

#include "bytes.h"
#include "cfg-device.h"
#include "pciregs.h"

/* With permissive: everything but this much of a capability, and its bits. */
static unsigned int cap_size(const struct cfg_device *d, unsigned int at)
{
    uint16_t flags = le16_load(&d->hw.bytes[at + 2]);

    switch (d->hw.bytes[at]) {
    case PCI_CAP_ID_PM:
    case PCI_CAP_ID_VPD:
        return 8;
    case PCI_CAP_ID_MSI:
        return (flags & 0x0100 ? 20u : 12u) + (flags & 0x0080 ? 4u : 0u);
    case PCI_CAP_ID_MSIX:
        return 12;
    case PCI_CAP_ID_EXP:
        return (flags & 0xf) >= 2 ? 0x3c : 0x14;
    case PCI_CAP_ID_VENDOR:
        return 3;
    case PCI_CAP_ID_PCIX:
        return flags & 0x3000 ? 0x18 : 8;
    case PCI_CAP_ID_AF:
        return 6;
    case PCI_CAP_ID_SATA:
        return 8;
    default:
        return 2;
    }
}

static unsigned int extcap_size(const struct cfg_device *d, unsigned int at)
{
    switch (le16_load(&d->hw.bytes[at])) {
    case PCI_EXT_CAP_ID_AER:
        return 0x2c;
    case PCI_EXT_CAP_ID_DSN:
        return 0x0c;
    default:
        return 4;
    }
}

/* Advanced error reporting: status bits and both masks. */
static void learn_aer(uint8_t *may, unsigned int at)
{
    le32_store(&may[at + 0x04], 0x07fff030);
    le32_store(&may[at + 0x08], 0x07fff030);
    le32_store(&may[at + 0x10], 0x0000f1c1);
    le32_store(&may[at + 0x14], 0x0000f1c1);
}

/* Bits that the tables open in a capability, whoever asks. */
static void learn_express(uint8_t *may, unsigned int at, unsigned int size)
{
    le16_store(&may[at + 0x08], 0x79ff);
    le16_store(&may[at + 0x0a], 0x000f);
    le16_store(&may[at + 0x10], 0x03cb);
    if (size < 0x3c)
        return;
    le16_store(&may[at + 0x28], 0x675f);
    le16_store(&may[at + 0x30], 0x002f);
}

static void loosen_caps(struct cfg_device *d, uint8_t *may)
{
    unsigned int at = d->hw.bytes[PCI_CAPABILITY_LIST];

    memset(&may[0x40], 0xff, d->hw.size - 0x40u);
    for (; at != 0; at = d->hw.bytes[at + 1]) {
        unsigned int size = cap_size(d, at);

        memset(&may[at], 0, size);
        if (d->hw.bytes[at] == PCI_CAP_ID_EXP)
            learn_express(may, at, size);
        if (d->hw.bytes[at] == PCI_CAP_ID_PCIX) {
            le16_store(&may[at + 2], 0x007f);
            le32_store(&may[at + 4], 0x200c0000);
        }
    }
    at = d->hw.size > 0x100 && d->hw.bytes[0x100] != 0 ? 0x100 : 0;
    for (; at != 0; at = le32_load(&d->hw.bytes[at]) >> 20) {
        memset(&may[at], 0, extcap_size(d, at));
        if (le16_load(&d->hw.bytes[at]) == PCI_EXT_CAP_ID_AER)
            learn_aer(may, at);
    }
}

/* The bits that permissive would add; a quirk may name any of them. */
static void learn_loose(struct cfg_device *d, uint8_t *may)
{
    memset(may, 0, CFG_SIZE_MAX);
    le16_store(&may[PCI_COMMAND], 0x02a8);
    le16_store(&may[PCI_STATUS], 0xf900);
    if (d->params.bars[6].size != 0)
        may[PCI_ROM_ADDRESS] = 0x01;
    loosen_caps(d, may);
}

static void learn_knobs(struct cfg_device *d)
{
    const struct cfg_knobs *k = &d->params.knobs;
    uint8_t loose[CFG_SIZE_MAX], named[CFG_SIZE_MAX] = { 0 };

    learn_loose(d, loose);
    for (unsigned int i = 0; i < k->nquirks; i++)
        le_store(&named[k->quirks[i].offset], k->quirks[i].size,
                 le_load(&named[k->quirks[i].offset], k->quirks[i].size) |
                     k->quirks[i].mask);
    for (unsigned int i = 0; i < d->hw.size; i++)
        d->may[i] |= loose[i] & (k->permissive ? 0xff : named[i]);
    if (k->interrupt_control)
        d->may[PCI_COMMAND + 1] |= PCI_COMMAND_INTX_DISABLE >> 8;
}

static void learn_cap(struct cfg_device *d, unsigned int at)
{
    const struct cfg_knobs *k = &d->params.knobs;
    uint8_t *may = d->may;

    switch (d->hw.bytes[at]) {
    case PCI_CAP_ID_PM:
        le16_store(&may[at + 4], 0x8000 | 0x1e00 | (k->no_power ? 0 : 3));
        fake_hw_set_clear1(&d->hw, (uint16_t)(at + 4), 0x8000);
        break;
    case PCI_CAP_ID_VPD:
        le16_store(&may[at + 2], 0xffff);
        break;
    case PCI_CAP_ID_EXP:
        fake_hw_set_clear1(&d->hw, (uint16_t)(at + 10), 0x000f);
        break;
    case PCI_CAP_ID_MSI:
        may[at + 2] |= k->interrupt_control ? 0x01 : 0;
        break;
    case PCI_CAP_ID_MSIX:
        may[at + 3] |= k->interrupt_control ? 0xc0 : 0;
        break;
    default:
        break;
    }
}

static void learn_errors(struct cfg_device *d)
{
    unsigned int at = d->hw.size > 0x100 && d->hw.bytes[0x100] != 0 ? 0x100 : 0;

    fake_hw_set_clear1(&d->hw, PCI_STATUS, 0xf900);
    for (; at != 0; at = le32_load(&d->hw.bytes[at]) >> 20) {
        if (le16_load(&d->hw.bytes[at]) != PCI_EXT_CAP_ID_AER)
            continue;
        fake_hw_set_clear1(&d->hw, (uint16_t)(at + 0x04), 0xf030);
        fake_hw_set_clear1(&d->hw, (uint16_t)(at + 0x06), 0x07ff);
        fake_hw_set_clear1(&d->hw, (uint16_t)(at + 0x10), 0xf1c1);
    }
}

void oracle_learn(struct cfg_device *d)
{
    unsigned int at = d->hw.bytes[PCI_CAPABILITY_LIST];

    memset(d->may, 0, sizeof(d->may));
    memset(d->hw.clear1, 0, sizeof(d->hw.clear1));
    d->may[PCI_COMMAND] = PCI_COMMAND_MASTER | PCI_COMMAND_INVALIDATE;
    d->may[PCI_CACHE_LINE_SIZE] = 0xff;
    d->may[PCI_BIST] = 0xff;
    learn_errors(d);
    learn_knobs(d);
    for (; at != 0; at = d->hw.bytes[at + 1])
        learn_cap(d, at);
}
