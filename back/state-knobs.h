/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The knobs of a device's owner as members of its state record. */
#ifndef BACK_STATE_KNOBS_H
#define BACK_STATE_KNOBS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "cfgspace.h"
#include "compiler.h"

void state_knobs_put(struct json_object *o, const struct cfg_knobs *knobs);

/*
 * False if a member is malformed. Only "permissive" must be there: records of
 * version 0.1 have no other.
 */
MUST_USE bool state_knobs_get(struct json_object *o, struct cfg_knobs *knobs);

#endif
