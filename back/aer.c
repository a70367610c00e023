/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of error recovery. */
#include "aer.h"

#include "ring.h"

#define RESULTS 7u

/* What a front may answer, and what follows. The rest is failure. */
static const uint8_t after[AER_PHASES][RESULTS] = {
    [AER_DETECTED] = {
        [AER_RESULT_CAN_RECOVER] = AER_MMIO,
        [AER_RESULT_NEED_RESET] = AER_RESET,
        [AER_RESULT_RECOVERED] = AER_RESUME,
    },
    [AER_MMIO] = {
        [AER_RESULT_NEED_RESET] = AER_RESET,
        [AER_RESULT_RECOVERED] = AER_RESUME,
    },
    [AER_SLOT_RESET] = {
        [AER_RESULT_RECOVERED] = AER_RESUME,
    },
};

enum aer_phase aer_after(enum aer_phase phase, enum aer_channel channel,
                         int32_t result)
{
    enum aer_phase next;

    /* The last step informs; Linux's front answers it with "none". */
    if (phase == AER_RESUME)
        return AER_RECOVERED;
    if (result < 0 || result >= (int32_t)RESULTS)
        return AER_FAILED;
    next = (enum aer_phase)after[phase][result];
    if (next == AER_IDLE)
        return AER_FAILED;
    /* The host resets a frozen device's link whatever the front thinks. */
    if (phase == AER_DETECTED && channel == AER_CHANNEL_FROZEN)
        return AER_HOST;
    return next;
}

struct phase_row {
    const char *name;
    bool asks;
    enum pci_wire_cmd cmd;
};

static const struct phase_row phases[AER_PHASES] = {
    [AER_IDLE] = { .name = "idle" },
    [AER_DETECTED] = { "error detected", true, PCI_OP_AER_DETECTED },
    [AER_MMIO] = { "registers enabled", true, PCI_OP_AER_MMIO },
    [AER_RESET] = { .name = "reset" },
    [AER_HOST] = { .name = "link reset" },
    [AER_SLOT_RESET] = { "device was reset", true, PCI_OP_AER_SLOTRESET },
    [AER_RESUME] = { "resume", true, PCI_OP_AER_RESUME },
    [AER_RECOVERED] = { .name = "recovered" },
    [AER_FAILED] = { .name = "failed" },
};

bool aer_request(enum aer_phase phase, uint32_t *cmd)
{
    *cmd = phases[phase].cmd;
    return phases[phase].asks;
}

const char *aer_phase_name(enum aer_phase phase)
{
    return phases[phase].name;
}

const char *aer_result_name(int32_t result)
{
    static const char *const names[RESULTS] = {
        [AER_RESULT_NONE] = "none",
        [AER_RESULT_CAN_RECOVER] = "can recover",
        [AER_RESULT_NEED_RESET] = "needs a reset",
        [AER_RESULT_DISCONNECT] = "disconnect",
        [AER_RESULT_RECOVERED] = "recovered",
        [AER_RESULT_NO_DRIVER] = "no driver",
    };

    if (result <= 0 || result >= (int32_t)RESULTS)
        return "no result there is";
    return names[result];
}
