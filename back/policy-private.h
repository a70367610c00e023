/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the policy files: what one place says, and the file as a whole. */
#ifndef BACK_POLICY_PRIVATE_H
#define BACK_POLICY_PRIVATE_H

#include "policy.h"

enum policy_key {
    POLICY_PERMISSIVE = 1 << 0,
    POLICY_INTERRUPT_CONTROL = 1 << 1,
    POLICY_POWER = 1 << 2,
    POLICY_QUIRKS = 1 << 3,
    POLICY_RESET = 1 << 4,
    POLICY_AER = 1 << 5,
    POLICY_DIRTY = 1 << 6,
    POLICY_RDM = 1 << 7
};

/* What one place says; of value only the keys in set mean something. */
struct policy_part {
    unsigned int set;
    struct policy value;
};

struct policy_entry {
    struct policy_entry *next;
    bool by_address;
    struct sbdf sbdf;
    uint16_t vendor;
    uint16_t device;
    struct policy_part part;
};

struct policy_file {
    enum vbus_topology topology;
    struct policy_part top;
    struct policy_entry *entries;
};

/* Read and check the whole file. NULL with a sentence in why. */
struct policy_file *policy_file_read(const char *path, char why[POLICY_WHY]);
void policy_file_free(struct policy_file *file);

/*
 * Parse the text of opts-N. Words that libxl writes whether or not somebody
 * asked for them ("permissive=0", "power_mgmt=0", "rdm_policy=strict") say
 * nothing. False with a sentence in why; true with "", or with one about words
 * that are not ours.
 */
MUST_USE bool policy_words(const char *options, struct policy_part *out,
                           char why[POLICY_WHY]);

void policy_say(char why[POLICY_WHY], const char *fmt, ...) PRINTF(2, 3);

/* Parse one quirk and append it. False with a sentence in *wrong. */
MUST_USE bool policy_add_quirk(struct cfg_knobs *knobs, const char *text,
                               size_t len, const char **wrong);

#endif
