/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Error recovery of one device, as a table: what to do after what the guest's
 * front said. The order of steps and the values are those of Linux's recovery
 * (Documentation/PCI/pci-error-recovery.rst), which is what fronts implement;
 * pciif.h has the steps only. Pure.
 */
#ifndef BACK_AER_H
#define BACK_AER_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/* What an error did to the device's channel; travels in aer_op.err. */
enum aer_channel {
    AER_CHANNEL_UNHARMED = 0, /* ours: there is no error */
    AER_CHANNEL_NORMAL = 1,   /* it still transfers: a non-fatal error */
    AER_CHANNEL_FROZEN = 2    /* it does not until its link was reset: fatal */
};

/* What a front answers; anything else counts as AER_RESULT_NONE. */
enum aer_result {
    AER_RESULT_NONE = 1,
    AER_RESULT_CAN_RECOVER = 2,
    AER_RESULT_NEED_RESET = 3,
    AER_RESULT_DISCONNECT = 4,
    AER_RESULT_RECOVERED = 5,
    AER_RESULT_NO_DRIVER = 6
};

enum aer_phase {
    AER_IDLE,
    AER_DETECTED,   /* the front is told of the error */
    AER_MMIO,       /* ... that it may look at registers */
    AER_RESET,      /* we reset the function */
    AER_HOST,       /* we wait for the host, which has reset the link */
    AER_SLOT_RESET, /* the front is told that the device was reset */
    AER_RESUME,     /* ... that it may go on */
    AER_RECOVERED,  /* over, well */
    AER_FAILED,     /* over; what happens now is the administrator's choice */
    AER_PHASES
};

/* The phase after the front's answer. result is the guest's, any value. */
enum aer_phase aer_after(enum aer_phase phase, enum aer_channel channel,
                         int32_t result);

/* The request to the front in this phase; false if it is not one with such. */
MUST_USE bool aer_request(enum aer_phase phase, uint32_t *cmd);

const char *aer_result_name(int32_t result);
const char *aer_phase_name(enum aer_phase phase);

#endif
