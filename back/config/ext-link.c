/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended capabilities about the link and the platform. A link has two ends,
 * and the host owns the other one: a guest may look.
 */
#include "pciregs.h"
#include "table.h"

static const struct cfg_field null_fields[] = { CFG_EXTCAP_HEADER };

static const struct cfg_field channel_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("Port VC Capability 1", 0x04, 4, "PCIe 6.0 7.9.1.2"),
    CFG_FROZEN("Port VC Capability 2", 0x08, 4, "PCIe 6.0 7.9.1.3"),
    CFG_READ_ONLY("Port VC Control", 0x0c, 2, "PCIe 6.0 7.9.1.4"),
    CFG_READ_ONLY("Port VC Status", 0x0e, 2, "PCIe 6.0 7.9.1.5"),
};

/* What may be drawn is looked up by index; a guest may be lent the index. */
static const struct cfg_field budget_fields[] = {
    CFG_EXTCAP_HEADER,
    {
        .name = "Power Budgeting Data Select",
        .offset = 0x04,
        .width = 1,
        .loose = 0xff,
        .reason = "the host may be reading it at the same time",
        .spec = "PCIe 6.0 7.8.1.2",
    },
    CFG_READ_ONLY("Power Budgeting Data", 0x08, 4, "PCIe 6.0 7.8.1.3"),
    CFG_FROZEN("Power Budget Capability", 0x0c, 1, "PCIe 6.0 7.8.1.4"),
};

static const struct cfg_field ltr_fields[] = {
    CFG_EXTCAP_HEADER,
    {
        .name = "Max Snoop Latency",
        .offset = 0x04,
        .width = 2,
        .loose = PCI_LTR_LATENCY,
        .reason = "how long the platform may sleep is the host's to say",
        .spec = "PCIe 6.0 7.8.2.2",
    },
    {
        .name = "Max No-Snoop Latency",
        .offset = 0x06,
        .width = 2,
        .loose = PCI_LTR_LATENCY,
        .reason = "how long the platform may sleep is the host's to say",
        .spec = "PCIe 6.0 7.8.2.3",
    },
};

static const struct cfg_field l1_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("L1 PM Substates Capabilities", 0x04, 4, "PCIe 6.0 7.8.3.2"),
    CFG_READ_ONLY("L1 PM Substates Control 1", 0x08, 4, "PCIe 6.0 7.8.3.3"),
    CFG_READ_ONLY("L1 PM Substates Control 2", 0x0c, 4, "PCIe 6.0 7.8.3.4"),
};

static const struct cfg_field secondary_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_READ_ONLY("Link Control 3", 0x04, 4, "PCIe 6.0 7.7.3.2"),
    {
        .name = "Lane Error Status",
        .offset = 0x08,
        .width = 4,
        .evidence = 0xffffffff,
        .loose = 0xffffffff,
        .reason = "evidence for the host",
        .spec = "PCIe 6.0 7.7.3.3",
    },
};

static const struct cfg_field feature_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_READ_ONLY("Data Link Feature Capabilities", 0x04, 4,
                  "PCIe 6.0 7.7.4.2"),
    CFG_READ_ONLY("Data Link Feature Status", 0x08, 4, "PCIe 6.0 7.7.4.3"),
};

#define SPEED_ROWS(gt, section)                                        \
    CFG_EXTCAP_HEADER,                                                 \
        CFG_READ_ONLY(gt " GT/s Capabilities", 0x04, 4, section ".2"), \
        CFG_READ_ONLY(gt " GT/s Control", 0x08, 4, section ".3"),      \
        CFG_READ_ONLY(gt " GT/s Status", 0x0c, 4, section ".4")

static const struct cfg_field gt16_fields[] = {
    SPEED_ROWS("16.0", "PCIe 6.0 7.7.5"),
};

static const struct cfg_field gt32_fields[] = {
    SPEED_ROWS("32.0", "PCIe 6.0 7.7.6"),
};

static const struct cfg_field gt64_fields[] = {
    SPEED_ROWS("64.0", "PCIe 6.0 7.7.7"),
};

static const struct cfg_field readiness_fields[] = {
    CFG_EXTCAP_HEADER,
    CFG_FROZEN("Readiness Time Reporting 1", 0x04, 4, "PCIe 6.0 7.9.16.2"),
    CFG_FROZEN("Readiness Time Reporting 2", 0x08, 4, "PCIe 6.0 7.9.16.3"),
};

/* PCIe 6.0 7.9.1.2: so many channels beside the first one. */
static uint16_t channel_length(const uint8_t *snapshot, uint16_t base)
{
    return (uint16_t)(0x1c + 0x0c * (cfg_snap(snapshot, base + 4u, 1) & 7));
}

/*
 * Lanes that the link can have at most (PCIe 6.0 7.5.3.6), 32 if it does not
 * say. The chain is walked once more, since no capability knows another.
 */
static uint16_t lanes(const uint8_t *snapshot)
{
    uint32_t at = snapshot[PCI_CAPABILITY_LIST] & 0xfcu;
    uint32_t n = 0;

    for (unsigned int i = 0; i < CFG_CAPS_MAX && at != 0; i++) {
        if (snapshot[at] == PCI_CAP_ID_EXP)
            n = cfg_snap(snapshot, at + PCI_EXP_LNKCAP, 4) >> 4 & 0x3f;
        at = snapshot[at + PCI_CAP_NEXT] & 0xfcu;
    }
    return (uint16_t)(n == 0 || n > 32 ? 32 : n);
}

/* Two bytes of equalization a lane. */
static uint16_t secondary_length(const uint8_t *snapshot, uint16_t base UNUSED)
{
    return (uint16_t)(0x0c + (lanes(snapshot) + 1) / 2 * 4);
}

/* One byte a lane, at 16 and 32 GT/s. */
static uint16_t speed_length(const uint8_t *snapshot, uint16_t base UNUSED)
{
    return (uint16_t)(0x20 + (lanes(snapshot) + 3) / 4 * 4);
}

static uint16_t speed64_length(const uint8_t *snapshot, uint16_t base UNUSED)
{
    return (uint16_t)(0x10 + (lanes(snapshot) + 3) / 4 * 4);
}

#define SHOWN(nr, what, rows, section, ...)                                 \
    {                                                                       \
        .name = (what), .id = (nr), .where = CFG_IN_EXTCAP, CFG_ROWS(rows), \
        .spec = (section), __VA_ARGS__                                      \
    }

const struct cfg_block cfg_blocks_link[] = {
    SHOWN(PCI_EXT_CAP_ID_NULL, "Null Extended", null_fields, "PCIe 6.0 7.9.28",
          .bytes = 4, .many = true),
    SHOWN(PCI_EXT_CAP_ID_VC, "Virtual Channel", channel_fields,
          "PCIe 6.0 7.9.1", .length = channel_length, .least = 0x10),
    SHOWN(PCI_EXT_CAP_ID_POWER, "Power Budgeting", budget_fields,
          "PCIe 6.0 7.8.1", .bytes = 0x10),
    SHOWN(PCI_EXT_CAP_ID_VC9, "Virtual Channel (9)", channel_fields,
          "PCIe 6.0 7.9.1", .length = channel_length, .least = 0x10),
    SHOWN(PCI_EXT_CAP_ID_LTR, "Latency Tolerance Reporting", ltr_fields,
          "PCIe 6.0 7.8.2", .bytes = 0x08),
    SHOWN(PCI_EXT_CAP_ID_SECONDARY, "Secondary PCI Express", secondary_fields,
          "PCIe 6.0 7.7.3", .length = secondary_length, .least = 0x0c),
    SHOWN(PCI_EXT_CAP_ID_L1SS, "L1 PM Substates", l1_fields, "PCIe 6.0 7.8.3",
          .bytes = 0x10),
    SHOWN(PCI_EXT_CAP_ID_RTR, "Readiness Time Reporting", readiness_fields,
          "PCIe 6.0 7.9.16", .bytes = 0x0c),
    SHOWN(PCI_EXT_CAP_ID_DLF, "Data Link Feature", feature_fields,
          "PCIe 6.0 7.7.4", .bytes = 0x0c),
    SHOWN(PCI_EXT_CAP_ID_PL16, "Physical Layer 16.0 GT/s", gt16_fields,
          "PCIe 6.0 7.7.5", .length = speed_length, .least = 0x20),
    SHOWN(PCI_EXT_CAP_ID_PL32, "Physical Layer 32.0 GT/s", gt32_fields,
          "PCIe 6.0 7.7.6", .length = speed_length, .least = 0x20),
    SHOWN(PCI_EXT_CAP_ID_PL64, "Physical Layer 64.0 GT/s", gt64_fields,
          "PCIe 6.0 7.7.7", .length = speed64_length, .least = 0x10),
    { .name = NULL },
};
