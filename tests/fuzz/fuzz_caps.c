/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hostile hardware: a recorded device whose registers the input changes, mostly
 * its capability chains, before a guest gets it. The map that is made of it is
 * in range; a guest that walks the chains comes to an end; whatever is read and
 * written, the rules hold that hold for every device.
 */
#include <string.h>

#include "bytes.h"
#include "fuzz.h"
#include "model.h"
#include "pciregs.h"
#include "recorded.h"
#include "table.h"

#define WRITES  32u
#define CAPS    ((PCI_CONFIG_SIZE - PCI_CONFIG_HEADER) / 4u)
#define EXTCAPS ((PCI_CONFIG_SIZE_EXT - PCI_CONFIG_SIZE) / 4u)

static struct recorded device;
static struct model model;
static struct cfg_shadow shadow, broker_shadow;
static struct cfgspace cs, broker;

/* ---- the hardware ---- */

/* A header that leads somewhere: to a multiple of four, as in life. */
static void forge_cap(void)
{
    const uint8_t at = input_byte() & 0xfcu;

    device.hw.bytes[at] = input_byte() % 0x18;
    device.hw.bytes[at + 1] = input_byte();
    if (at >= PCI_CONFIG_HEADER && (input_peek() & 1) != 0)
        device.hw.bytes[PCI_CAPABILITY_LIST] = at;
}

static void forge_extcap(void)
{
    const uint16_t at = input_half() & 0xffcu;
    const uint32_t id = input_byte() % 0x30u;

    if (at >= PCI_CONFIG_SIZE)
        le32_store(&device.hw.bytes[at],
                   id | 1u << 16 | (uint32_t)(input_half() & 0xfff) << 20);
}

static void forge(void)
{
    const uint8_t edits = input_byte();

    device.hw.bytes[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
    for (unsigned int i = 0; i < edits && input_left() > 0; i++) {
        const uint8_t what = input_byte();

        if (what < 0x70) {
            forge_cap();
        } else if (what < 0xb0) {
            forge_extcap();
        } else {
            const uint16_t at = input_half() % CFG_SIZE_MAX;

            device.hw.bytes[at] = input_byte();
        }
    }
    if (device.hw.size == PCI_CONFIG_SIZE)
        memset(&device.hw.bytes[PCI_CONFIG_SIZE], 0,
               CFG_SIZE_MAX - PCI_CONFIG_SIZE);
}

/* ---- what must hold ---- */

static void check_map(void)
{
    if (cs.ncaps > CFG_CAPS_MAX)
        fuzz_fail("%u capabilities", cs.ncaps);
    for (unsigned int i = 0; i < cs.ncaps; i++) {
        const struct cfg_cap *a = &cs.caps[i];

        if (a->offset < PCI_CONFIG_HEADER ||
            a->offset + a->length >
                (a->extended ? CFG_SIZE_MAX : PCI_CONFIG_SIZE))
            fuzz_fail("capability %x is at %03x and has %u bytes", a->id,
                      a->offset, a->length);
        for (unsigned int j = 0; j < i; j++)
            if (bytes_overlap(a->offset, a->length, cs.caps[j].offset,
                              cs.caps[j].length))
                fuzz_fail("%03x and %03x overlap", a->offset,
                          cs.caps[j].offset);
    }
}

static void check_facts(void)
{
    const struct cfg_msi *m = &cs.msi;

    if (m->msi_control + 2u > PCI_CONFIG_SIZE ||
        m->msix_control + 2u > PCI_CONFIG_SIZE ||
        cs.pm_control + 2u > PCI_CONFIG_SIZE)
        fuzz_fail("a control word lies outside");
    if (m->msix_control != 0 &&
        (m->msix_entries == 0 || m->msix_entries > 2048 || m->msix_bir > 5))
        fuzz_fail("MSI-X: %u entries in BAR %u", m->msix_entries, m->msix_bir);
}

static uint32_t see(uint32_t offset, uint8_t size)
{
    uint32_t value = 0;

    if (cfgspace_read(&cs, (int32_t)offset, size, &value) != PCI_ERR_SUCCESS)
        fuzz_fail("%03x/%u cannot be read", offset, size);
    return value;
}

/* As a guest does that trusts its hardware: no count, no memory. */
static void walk(void)
{
    uint32_t at = see(PCI_CAPABILITY_LIST, 1), steps = 0;

    while (at != 0) {
        if (at < PCI_CONFIG_HEADER || at % 4 != 0 || ++steps > CAPS)
            fuzz_fail("step %u of the chain leads to %02x", steps, at);
        at = see(at + 1, 1);
    }
    if (device.hw.size == PCI_CONFIG_SIZE)
        return;
    at = PCI_EXT_CAP_START;
    for (steps = 0; at != 0; steps++) {
        const uint32_t header = see(at, 4);

        if (header == 0 || header == UINT32_MAX)
            return;
        at = PCI_EXT_CAP_NEXT(header);
        if ((at != 0 && at < PCI_EXT_CAP_START) || at % 4 != 0 ||
            steps > EXTCAPS)
            fuzz_fail("step %u of the extended chain leads to %03x", steps, at);
    }
}

static void read_all(void)
{
    for (uint32_t at = 0; at < device.hw.size; at += 4) {
        const uint32_t whole = see(at, 4);
        uint32_t parts = see(at, 2) | see(at + 2, 2) << 16;

        if (whole != parts)
            fuzz_fail("%03x reads %x, by halves %x", at, whole, parts);
        parts = 0;
        for (uint32_t i = 0; i < 4; i++) {
            parts |= see(at + i, 1) << (8 * i);
            if (cfg_find(&cs, (uint16_t)(at + i)).hidden && see(at + i, 1) != 0)
                fuzz_fail("hidden byte %03x shows", at + i);
        }
        if (whole != parts)
            fuzz_fail("%03x reads %x, by bytes %x", at, whole, parts);
    }
}

/* Ids, BARs, decodes, and what the chains are made of. */
static void judge(const uint8_t *before)
{
    const uint8_t *now = device.hw.bytes;

    if (memcmp(now, before, PCI_COMMAND) != 0 ||
        memcmp(&now[PCI_REVISION_ID], &before[PCI_REVISION_ID], 4) != 0 ||
        memcmp(&now[PCI_CARDBUS_CIS], &before[PCI_CARDBUS_CIS],
               PCI_ROM_ADDRESS - PCI_CARDBUS_CIS) != 0 ||
        !model_bars_ok(&model, now, before) ||
        ((now[PCI_COMMAND] ^ before[PCI_COMMAND]) &
         (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)) != 0)
        fuzz_fail("the header of the device has changed");
    for (unsigned int i = 0; i < cs.ncaps; i++) {
        const struct cfg_cap *cap = &cs.caps[i];

        if (memcmp(&now[cap->offset], &before[cap->offset],
                   cap->extended ? 4 : 2) != 0)
            fuzz_fail("the link at %03x has changed", cap->offset);
    }
    if (cs.msi.msi_control != 0 &&
        memcmp(&now[cs.msi.msi_control], &before[cs.msi.msi_control], 12) != 0)
        fuzz_fail("MSI has changed");
    if (cs.msi.msix_control != 0 &&
        memcmp(&now[cs.msi.msix_control], &before[cs.msi.msix_control], 10) !=
            0)
        fuzz_fail("MSI-X has changed");
}

static void put(uint16_t offset, uint8_t size, uint32_t value)
{
    uint8_t before[CFG_SIZE_MAX];
    struct cfg_plan plan;

    memcpy(before, device.hw.bytes, sizeof(before));
    if (cfgspace_write(&cs, offset, size, value, &plan) != PCI_ERR_SUCCESS) {
        if (plan.count != 0)
            fuzz_fail("%03x/%u is refused and planned", offset, size);
        return;
    }
    if (plan.count > CFG_PLAN_MAX)
        fuzz_fail("a plan of %u writes", plan.count);
    for (unsigned int i = 0; i < plan.count; i++) {
        const struct cfg_write *w = &plan.writes[i];

        if (!cfgspace_permits(&broker, w))
            fuzz_fail("the broker refuses %03x/%u = %x", w->offset, w->size,
                      w->value);
        fake_hw_write(&device.hw, w);
    }
    judge(before);
}

/* Every register there is, with all ones and none; then what the input says. */
static void write_all(void)
{
    for (uint16_t at = 0; at < device.hw.size; at++) {
        struct cfg_spot spot = cfg_find(&cs, at);

        if (spot.field == NULL || spot.offset != at)
            continue;
        put(at, spot.field->width, UINT32_MAX);
        put(at, spot.field->width, 0);
    }
    for (unsigned int i = 0; i < WRITES && input_left() > 0; i++) {
        const uint8_t size = (uint8_t)(1u << input_byte() % 3);

        put((uint16_t)((input_half() % device.hw.size) & ~(size - 1u)), size,
            input_word());
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct recorded *devices;
    const unsigned int count = recorded_all(&devices);
    const char *why = "";
    struct cfg_hw hw = fake_hw_ops(&device.hw);

    if (count == 0)
        fuzz_fail("cannot load the recorded devices");
    input_begin(data, size);
    device = devices[input_byte() % count];
    forge();
    model_learn(&model, &device.hw, &device.params);
    if (cfgspace_check_device(device.hw.bytes, device.hw.size, &why) != 0)
        return 0;
    cfgspace_init(&cs, &device.params, device.hw.bytes, &shadow, hw, CFG_FRESH);
    cfgspace_init(&broker, &device.params, device.hw.bytes, &broker_shadow, hw,
                  CFG_FRESH);
    check_map();
    check_facts();
    walk();
    read_all();
    write_all();
    walk();
    return 0;
}
