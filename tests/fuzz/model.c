/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See model.h. */
#include "model.h"

#include <string.h>

#include "bytes.h"
#include "fuzz.h"
#include "pciregs.h"

#define CHAIN_MAX 48u

static void never(struct model *m, unsigned int at, unsigned int len)
{
    for (unsigned int i = at; i < at + len && i < m->size; i++)
        m->never[i] = 0xff;
}

static void may16(struct model *m, unsigned int at, uint16_t bits)
{
    if (at + 2 <= PCI_CONFIG_SIZE)
        le16_store(&m->may[at], bits);
}

static void clear16(struct fake_hw *hw, unsigned int at, uint16_t bits)
{
    if (at + 2 <= PCI_CONFIG_SIZE)
        fake_hw_set_clear1(hw, (uint16_t)at, bits);
}

/*
 * MSI (PCI 3.0 6.8.1): all of it belongs to the host. The enable bit and, of
 * MSI-X (6.8.2), enable and mask-all may be allowed with a knob.
 */
static void learn_msi(struct model *m, unsigned int at, const uint8_t *bytes)
{
    const uint8_t control = bytes[at + 2];
    const bool wide = (control & 0x80) != 0;
    const bool masks = (bytes[at + 3] & 0x01) != 0;

    never(m, at + 2, (wide ? 12u : 8u) + (masks ? 10u : 0u));
    m->never[at + 2] = 0xfe;
}

static void learn_msix(struct model *m, unsigned int at)
{
    never(m, at + 2, 10);
    m->never[at + 3] = 0x3f;
}

static void learn_cap(struct model *m, struct fake_hw *hw, unsigned int at)
{
    never(m, at, 2);
    switch (hw->bytes[at]) {
    case PCI_CAP_ID_PM:
        may16(m, at + 4, 0x8000 | 0x1e00 | 0x0003);
        clear16(hw, at + 4, 0x8000);
        break;
    case PCI_CAP_ID_VPD:
        may16(m, at + 2, 0xffff);
        break;
    case PCI_CAP_ID_MSI:
        if (at + 24 <= PCI_CONFIG_SIZE)
            learn_msi(m, at, hw->bytes);
        break;
    case PCI_CAP_ID_MSIX:
        if (at + 12 <= PCI_CONFIG_SIZE)
            learn_msix(m, at);
        break;
    case PCI_CAP_ID_EXP:
        clear16(hw, at + 10, 0x000f);
        break;
    default:
        break;
    }
}

static void learn_caps(struct model *m, struct fake_hw *hw)
{
    unsigned int at = hw->bytes[PCI_CAPABILITY_LIST] & 0xfcu;

    if ((hw->bytes[PCI_STATUS] & PCI_STATUS_CAP_LIST) == 0)
        return;
    for (unsigned int i = 0; i < CHAIN_MAX && at >= PCI_CONFIG_HEADER; i++) {
        learn_cap(m, hw, at);
        at = hw->bytes[at + 1] & 0xfcu;
    }
    at = m->size > PCI_CONFIG_SIZE ? PCI_EXT_CAP_START : 0;
    for (unsigned int i = 0; i < CHAIN_MAX && at >= PCI_EXT_CAP_START; i++) {
        const uint32_t header = le32_load(&hw->bytes[at]);

        if (header == 0 || header == UINT32_MAX)
            return;
        never(m, at, 4);
        at = PCI_EXT_CAP_NEXT(header);
    }
}

/* A BAR that has lost its address may get it back, from anybody. */
static void learn_bars(struct model *m, const struct cfg_bar *bars)
{
    for (unsigned int i = 0; i < CFG_BARS - 1; i++) {
        le32_store(&m->bars[PCI_BAR0 + 4 * i], (uint32_t)bars[i].base);
        if (bars[i].kind != CFG_BAR_MEM64 || i == CFG_BARS - 2)
            continue;
        i++;
        le32_store(&m->bars[PCI_BAR0 + 4 * i],
                   (uint32_t)(bars[i - 1].base >> 32));
    }
    le32_store(&m->bars[PCI_ROM_ADDRESS], (uint32_t)bars[CFG_BARS - 1].base);
}

static bool is_bar(unsigned int at)
{
    return (at >= PCI_BAR0 && at < PCI_CARDBUS_CIS) ||
           (at >= PCI_ROM_ADDRESS && at < PCI_ROM_ADDRESS + 4);
}

bool model_bars_ok(const struct model *m, const uint8_t *now,
                   const uint8_t *before)
{
    for (unsigned int i = PCI_BAR0; i < PCI_CONFIG_HEADER; i++)
        if (is_bar(i) && ((now[i] ^ before[i]) & (now[i] ^ m->bars[i])) != 0)
            return false;
    return true;
}

void model_learn(struct model *m, struct fake_hw *hw,
                 const struct cfg_params *params)
{
    memset(m, 0, sizeof(*m));
    learn_bars(m, params->bars);
    memset(hw->clear1, 0, sizeof(hw->clear1));
    m->size = hw->size;
    /* Ids, class, BARs, ROM, where the capabilities are, the interrupt's line
     * and pin; and the decode bits (XSA-120). */
    never(m, PCI_VENDOR_ID, 4);
    never(m, PCI_REVISION_ID, 4);
    never(m, PCI_HEADER_TYPE, 1);
    never(m, PCI_BAR0, PCI_CARDBUS_CIS - PCI_BAR0);
    never(m, PCI_SUBSYSTEM_VENDOR_ID, 4);
    never(m, PCI_ROM_ADDRESS, 5);
    never(m, PCI_INTERRUPT_PIN, 1);
    m->never[PCI_COMMAND] = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
    m->may[PCI_COMMAND] = PCI_COMMAND_MASTER | PCI_COMMAND_INVALIDATE;
    m->may[PCI_CACHE_LINE_SIZE] = 0xff;
    m->may[PCI_BIST] = 0xff;
    fake_hw_set_clear1(hw, PCI_STATUS, 0xf900);
    learn_caps(m, hw);
}

void model_judge(const struct model *m, const struct fake_hw *hw,
                 const uint8_t *before, const uint8_t *allowed)
{
    if (memcmp(hw->bytes, before, m->size) == 0)
        return;
    if (!model_bars_ok(m, hw->bytes, before))
        fuzz_fail("a BAR was moved");
    for (unsigned int i = 0; i < m->size; i++) {
        const unsigned int changed = hw->bytes[i] ^ before[i];

        if (!is_bar(i) && ((changed & m->never[i]) != 0 ||
                           (changed & ~(unsigned int)m->may[i] &
                            ~(unsigned int)(allowed ? allowed[i] : 0)) != 0))
            fuzz_fail("byte %03x of the device went from %02x to %02x", i,
                      before[i], hw->bytes[i]);
    }
}
