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

/* Whatever else holds for the byte, this much is the guest's. */
static void open_bits(struct model *m, unsigned int at, uint8_t bits)
{
    m->may[at] |= bits;
    m->never[at] &= (uint8_t)~bits;
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
 * MSI (PCI 3.0 6.8.1) and MSI-X (6.8.2) belong to the host. Interrupt control
 * gives away the enable bits, and mask-all.
 */
static void learn_msi(struct model *m, unsigned int at, const uint8_t *bytes,
                      const struct cfg_knobs *knobs)
{
    const bool wide = (bytes[at + 2] & 0x80) != 0;
    const bool masks = (bytes[at + 3] & 0x01) != 0;

    never(m, at + 2, (wide ? 12u : 8u) + (masks ? 10u : 0u));
    if (knobs->interrupt_control)
        open_bits(m, at + 2, 0x01);
}

static void learn_msix(struct model *m, unsigned int at,
                       const struct cfg_knobs *knobs)
{
    never(m, at + 2, 10);
    if (knobs->interrupt_control)
        open_bits(m, at + 3, 0xc0);
}

static void learn_pm(struct model *m, struct fake_hw *hw, unsigned int at,
                     const struct cfg_knobs *knobs)
{
    may16(m, at + 4, (uint16_t)(0x8000 | 0x1e00 | (knobs->no_power ? 0 : 3)));
    m->never[at + 4] = knobs->no_power ? 0x03 : 0;
    clear16(hw, at + 4, 0x8000);
}

static void learn_cap(struct model *m, struct fake_hw *hw, unsigned int at,
                      const struct cfg_knobs *knobs)
{
    const unsigned int room = PCI_CONFIG_SIZE - at;

    never(m, at, 2);
    switch (hw->bytes[at]) {
    case PCI_CAP_ID_PM:
        if (room >= 8)
            learn_pm(m, hw, at, knobs);
        break;
    case PCI_CAP_ID_VPD:
        may16(m, at + 2, 0xffff);
        break;
    case PCI_CAP_ID_MSI:
        if (room >= 24)
            learn_msi(m, at, hw->bytes, knobs);
        break;
    case PCI_CAP_ID_MSIX:
        if (room >= 12)
            learn_msix(m, at, knobs);
        break;
    case PCI_CAP_ID_EXP: /* never a function level reset (PCIe 6.0 7.5.3.4) */
        if (room >= 20)
            m->never[at + 9] = 0x80;
        clear16(hw, at + 10, 0x000f);
        break;
    case PCI_CAP_ID_AF: /* nor this way (PCI ECN Advanced Features) */
        if (room >= 6)
            m->never[at + 4] = 0x01;
        break;
    default:
        break;
    }
}

/*
 * Isolation: virtual functions, ACS, ATS, and the sizes of BARs (PCIe 6.0 9.3.3,
 * 7.7.11, 10.5.1, 7.8.6).
 */
static void learn_extcap(struct model *m, unsigned int at, uint16_t id)
{
    never(m, at, 4);
    if (id == 0x10)
        never(m, at, 0x40);
    else if (id == 0x0d || id == 0x0f)
        never(m, at, 8);
    else if (id == 0x15)
        never(m, at, 12);
}

static void learn_caps(struct model *m, struct fake_hw *hw,
                       const struct cfg_knobs *knobs)
{
    unsigned int at = hw->bytes[PCI_CAPABILITY_LIST] & 0xfcu;

    if ((hw->bytes[PCI_STATUS] & PCI_STATUS_CAP_LIST) == 0)
        return;
    for (unsigned int i = 0; i < CHAIN_MAX && at >= PCI_CONFIG_HEADER; i++) {
        learn_cap(m, hw, at, knobs);
        at = hw->bytes[at + 1] & 0xfcu;
    }
    at = m->size > PCI_CONFIG_SIZE ? PCI_EXT_CAP_START : 0;
    for (unsigned int i = 0; i < CHAIN_MAX && at >= PCI_EXT_CAP_START; i++) {
        const uint32_t header = le32_load(&hw->bytes[at]);

        if (header == 0 || header == UINT32_MAX)
            return;
        learn_extcap(m, at, PCI_EXT_CAP_ID(header));
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

/* What an administrator adds; never what the host needs. */
static void learn_knobs(struct model *m, const struct cfg_knobs *knobs)
{
    if (knobs->permissive)
        memset(m->may, 0xff, m->size);
    for (unsigned int i = 0; i < knobs->nquirks; i++) {
        const struct quirk *q = &knobs->quirks[i];
        uint8_t *may = &m->may[q->offset];

        le_store(may, q->size, le_load(may, q->size) | q->mask);
    }
    if (knobs->interrupt_control)
        m->may[PCI_COMMAND + 1] |= PCI_COMMAND_INTX_DISABLE >> 8;
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
    if (params->bars[CFG_BARS - 1].size != 0)
        m->never[PCI_ROM_ADDRESS] = 0xfe; /* its enable bit */
    never(m, PCI_INTERRUPT_PIN, 1);
    m->never[PCI_COMMAND] = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
    m->may[PCI_COMMAND] = PCI_COMMAND_MASTER | PCI_COMMAND_INVALIDATE;
    m->may[PCI_CACHE_LINE_SIZE] = 0xff;
    m->may[PCI_BIST] = 0xff;
    fake_hw_set_clear1(hw, PCI_STATUS, 0xf900);
    learn_caps(m, hw, &params->knobs);
    learn_knobs(m, &params->knobs);
}

/* Of a byte: the bits that hold an address or say what kind of one. */
static unsigned int bar_bits(unsigned int at)
{
    if (at >= PCI_BAR0 && at < PCI_CARDBUS_CIS)
        return 0xff;
    if (at < PCI_ROM_ADDRESS || at >= PCI_ROM_ADDRESS + 4)
        return 0;
    return at == PCI_ROM_ADDRESS ? 0xfe : 0xff;
}

bool model_bars_ok(const struct model *m, const uint8_t *now,
                   const uint8_t *before)
{
    for (unsigned int i = PCI_BAR0; i < PCI_CONFIG_HEADER; i++)
        if (((now[i] ^ before[i]) & (now[i] ^ m->bars[i]) & bar_bits(i)) != 0)
            return false;
    return true;
}

void model_judge(const struct model *m, const struct fake_hw *hw,
                 const uint8_t *before)
{
    if (memcmp(hw->bytes, before, m->size) == 0)
        return;
    if (!model_bars_ok(m, hw->bytes, before))
        fuzz_fail("a BAR was moved");
    for (unsigned int i = 0; i < m->size; i++) {
        const unsigned int changed =
            (hw->bytes[i] ^ before[i]) & ~bar_bits(i) & 0xff;

        if ((changed & (m->never[i] | ~(unsigned int)m->may[i])) != 0)
            fuzz_fail("byte %03x of the device went from %02x to %02x", i,
                      before[i], hw->bytes[i]);
    }
}
