/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file the configuration comes from, and reading it again. */
#ifndef BACK_POLICY_SOURCE_H
#define BACK_POLICY_SOURCE_H

#include "policy.h"

enum policy_source {
    POLICY_SOURCE_DEFAULT, /* may be absent */
    POLICY_SOURCE_NAMED
};

/* At start. The path is kept, not copied. False with a sentence in why. */
MUST_USE bool policy_source_open(const char *path, enum policy_source source,
                                 char why[POLICY_WHY]);

/* Read it again and log what came of it; a loop_fn. */
void policy_source_again(void *arg);

#endif
