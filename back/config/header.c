/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The type 0 header, row by row, and the few values in it that come from the
 * host and not from the device.
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* Virtual functions answer all ones here (PCIe 6.0 9.3.4.1.1). */
static uint32_t vendor_fresh(const struct cfgspace *cs, uint16_t offset UNUSED)
{
    return cs->params.vendor;
}

static uint32_t device_fresh(const struct cfgspace *cs, uint16_t offset UNUSED)
{
    return cs->params.device;
}

static uint32_t irq_line_fresh(const struct cfgspace *cs,
                               uint16_t offset UNUSED)
{
    return cs->params.irq_line;
}

/* No pirq, no pin: a guest that saw one would bind whatever irq 0 is. */
static uint32_t irq_pin_fresh(const struct cfgspace *cs, uint16_t offset)
{
    return cs->params.irq_line != 0 ? cs->snapshot[offset] : 0;
}

/* Start a self-test, with or without writing back what was read. */
static uint32_t bist_allow(const struct cfgspace *cs UNUSED,
                           const struct cfg_edit *edit)
{
    uint32_t changed = edit->value ^ edit->now;

    return edit->value == PCI_BIST_START || (changed & ~PCI_BIST_START) == 0
               ? 0xff
               : 0;
}

/* A device model in a stub domain drives the interrupts of its guest itself. */
static uint32_t command_allow(const struct cfgspace *cs,
                              const struct cfg_edit *edit)
{
    return edit->open |
           (cs->params.knobs.interrupt_control ? PCI_COMMAND_INTX_DISABLE : 0);
}

#define BAR_ROW(nr)                                                          \
    {                                                                        \
        .name = "Base Address " #nr, .offset = PCI_BAR0 + 4 * (nr),          \
        .width = 4, .shadow = 0xffffffff, .allow = cfg_bar_allow,            \
        .view = cfg_bar_view, .lost = cfg_bar_lost, .fresh = cfg_bar_fresh,  \
        .reason = "sizing is answered from the host's resource; the device " \
                  "gets only its own address back, after a reset",           \
        .spec = "PCI 3.0 6.2.5.1",                                           \
    }

static const struct cfg_field fields[] = {
    {
        .name = "Vendor ID",
        .offset = PCI_VENDOR_ID,
        .width = 2,
        .frozen = 0xffff,
        .fresh = vendor_fresh,
        .reason = "as the host knows it; a virtual function reads all ones",
        .spec = "PCI 3.0 6.2.1",
    },
    {
        .name = "Device ID",
        .offset = PCI_DEVICE_ID,
        .width = 2,
        .frozen = 0xffff,
        .fresh = device_fresh,
        .reason = "as the host knows it; a virtual function reads all ones",
        .spec = "PCI 3.0 6.2.1",
    },
    {
        .name = "Command",
        .offset = PCI_COMMAND,
        .width = 2,
        .direct = PCI_COMMAND_MASTER | PCI_COMMAND_INVALIDATE,
        .shadow = PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_PARITY |
                  PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE,
        .loose = PCI_COMMAND_SPECIAL | PCI_COMMAND_VGA_PALETTE |
                 PCI_COMMAND_WAIT | PCI_COMMAND_FAST_BACK,
        .allow = command_allow,
        .reason = "a device that stops decoding turns guest accesses into "
                  "host errors (XSA-120), so decode, error reporting and INTx "
                  "are the host's; bus mastering is the guest's",
        .spec = "PCI 3.0 6.2.2",
    },
    {
        .name = "Status",
        .offset = PCI_STATUS,
        .width = 2,
        .evidence = PCI_STATUS_ERRORS,
        .loose = PCI_STATUS_ERRORS,
        .reason = "its error bits are evidence for the host",
        .spec = "PCI 3.0 6.2.3",
    },
    {
        .name = "Revision ID and Class Code",
        .offset = PCI_REVISION_ID,
        .width = 4,
        .frozen = 0xffffffff,
        .spec = "PCI 3.0 6.2.1",
    },
    {
        .name = "Cacheline Size",
        .offset = PCI_CACHE_LINE_SIZE,
        .width = 1,
        .direct = 0xff,
        .reason = "Memory Write and Invalidate needs it; harmless otherwise",
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Latency Timer",
        .offset = PCI_LATENCY_TIMER,
        .width = 1,
        .frozen = 0xff,
        .reason = "how long a device may hold the bus is the host's decision",
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Header Type",
        .offset = PCI_HEADER_TYPE,
        .width = 1,
        .frozen = 0xff,
        .spec = "PCI 3.0 6.2.1",
    },
    {
        .name = "BIST",
        .offset = PCI_BIST,
        .width = 1,
        .allow = bist_allow,
        .reason = "a guest may start its device's self-test, nothing else",
        .spec = "PCI 3.0 6.2.4",
    },
    BAR_ROW(0),
    BAR_ROW(1),
    BAR_ROW(2),
    BAR_ROW(3),
    BAR_ROW(4),
    BAR_ROW(5),
    {
        .name = "Cardbus CIS Pointer",
        .offset = PCI_CARDBUS_CIS,
        .width = 4,
        .frozen = 0xffffffff,
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Subsystem Vendor ID",
        .offset = PCI_SUBSYSTEM_VENDOR_ID,
        .width = 2,
        .frozen = 0xffff,
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Subsystem ID",
        .offset = PCI_SUBSYSTEM_ID,
        .width = 2,
        .frozen = 0xffff,
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Expansion ROM Base Address",
        .offset = PCI_ROM_ADDRESS,
        .width = 4,
        .shadow = 0xffffffff & ~PCI_ROM_ENABLE,
        .loose = PCI_ROM_ENABLE,
        .allow = cfg_rom_allow,
        .view = cfg_bar_view,
        .lost = cfg_bar_lost,
        .fresh = cfg_bar_fresh,
        .have = cfg_rom_have,
        .reason = "as a base address; its enable bit is the administrator's to "
                  "open, since ROM and BARs may share one decoder and BARs "
                  "that do not answer are host errors (XSA-120)",
        .spec = "PCI 3.0 6.2.5.2",
    },
    {
        .name = "Capabilities Pointer",
        .offset = PCI_CAPABILITY_LIST,
        .width = 1,
        .frozen = 0xff,
        .fresh = cfg_chain_head,
        .reason = "the chain walked at attach is the chain (XSA-337)",
        .spec = "PCI 3.0 6.7",
    },
    {
        .name = "Interrupt Line",
        .offset = PCI_INTERRUPT_LINE,
        .width = 1,
        .frozen = 0xff,
        .fresh = irq_line_fresh,
        .reason = "the guest's pirq; the host's routing is not its business",
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Interrupt Pin",
        .offset = PCI_INTERRUPT_PIN,
        .width = 1,
        .frozen = 0xff,
        .fresh = irq_pin_fresh,
        .reason = "0 for a guest that has no pirq for the line",
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Min_Gnt",
        .offset = PCI_MIN_GNT,
        .width = 1,
        .frozen = 0xff,
        .spec = "PCI 3.0 6.2.4",
    },
    {
        .name = "Max_Lat",
        .offset = PCI_MAX_LAT,
        .width = 1,
        .frozen = 0xff,
        .spec = "PCI 3.0 6.2.4",
    },
};

const struct cfg_block cfg_block_header = {
    .name = "Type 0 Header",
    .where = CFG_IN_HEADER,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .bytes = PCI_CONFIG_HEADER,
    .spec = "PCI 3.0 6.1",
};
