/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file form of a ledger; only ledger.c uses it. */
#ifndef BACK_LEDGER_JSON_H
#define BACK_LEDGER_JSON_H

#include "compiler.h"

struct cfg_ledger;
struct device;

enum ledger_owner {
    LEDGER_HAS_IT,
    LEDGER_HAD_IT
};

/* Replace the device's file. 0 or a negative errno: the old one stays. */
MUST_USE int ledger_json_write(const struct device *dev,
                               const struct cfg_ledger *ledger,
                               enum ledger_owner owner);

#endif
