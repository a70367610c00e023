/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From bytes to JSON, and the names of devices; for policy-file.c. */
#ifndef BACK_POLICY_TEXT_H
#define BACK_POLICY_TEXT_H

#include "policy-private.h"

struct json_object;

/* The file as JSON; NULL with a sentence, with the line, in why. */
struct json_object *policy_text_parse(const char *path, char why[POLICY_WHY]);

/* "0000:03:00.0" or "8086:10d3": fills the entry's address or ids. */
MUST_USE bool policy_text_device(const char *name, struct policy_entry *entry);

/* Are both about the same device, or the same kind? */
bool policy_text_same(const struct policy_entry *a,
                      const struct policy_entry *b);

/* Is it a method that the kernel may offer? */
bool policy_text_reset(const char *name);

#endif
