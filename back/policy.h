/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the administrator allows a guest to do with a device, and what happens
 * when the device fails: built in, then the configuration file, then opts-N of
 * the guest's directory. Asked at each claim, so nothing sticks to a device
 * when its guest is gone.
 *
 * policy.c        the file in force, and the answer for one device
 * policy-file.c   the file's text, checked as a whole
 * policy-words.c  opts-N
 *
 * Broker only; single-threaded.
 */
#ifndef BACK_POLICY_H
#define BACK_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "cfgspace.h"
#include "compiler.h"
#include "sbdf.h"
#include "vbus.h"

/* When a device has reported an error that its guest did not recover from. */
enum policy_aer {
    POLICY_AER_NOTIFY, /* tell the administrator, nothing else */
    POLICY_AER_PAUSE,
    POLICY_AER_DETACH,
    POLICY_AER_DESTROY
};

/* The kernel knows eight reset methods at most, with names of 15 letters. */
#define POLICY_RESETS     8
#define POLICY_RESET_TEXT 16

struct policy {
    struct cfg_knobs knobs;
    enum policy_aer aer;
    /* Methods in order of preference; none: the kernel's own order. */
    char reset[POLICY_RESETS][POLICY_RESET_TEXT];
    unsigned int nreset;
    bool allow_dirty; /* even if its last reset failed */
    bool rdm_relaxed; /* even if it shares reserved memory */
};

#define POLICY_WHY 320
/* opts-N and its NUL may be this long: less than what may have been cut. */
#define POLICY_WORDS 511

/*
 * Put the file in force. NULL: what is built in. False when it cannot be used,
 * with a sentence that names file, place and what is expected; what was in
 * force stays. A file that does not exist is an error here.
 */
MUST_USE bool policy_load(const char *path, char why[POLICY_WHY]);

/*
 * The policy of one device: the file's top level, its entry "vendor:device",
 * its entry for the address, then options (the text of opts-N, NULL for none).
 * Quirks of all places add up; otherwise the later place wins. False when that
 * makes no sense, with a sentence in why. True: why is "", or one sentence
 * about words that nobody understands.
 */
MUST_USE bool policy_for(struct sbdf dev, uint16_t vendor, uint16_t device,
                         const char *options, struct policy *out,
                         char why[POLICY_WHY]);

/* Which addresses guests see that start from now on. */
enum vbus_topology policy_topology(void);

/* "notify", ...; and back, false for anything else. */
const char *policy_aer_name(enum policy_aer aer);
MUST_USE bool policy_aer_parse(const char *name, enum policy_aer *out);

#endif
