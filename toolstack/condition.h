/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The condition a device is in between two guests: how the kernel can reset it,
 * and what came of its last reset under xenpcid. Reads only.
 */
#ifndef TOOLSTACK_CONDITION_H
#define TOOLSTACK_CONDITION_H

#include "sbdf.h"

struct json_object;

/* Where xenpcid keeps its records; another directory in tests. */
extern const char *condition_dir;

#define CONDITION_TEXT 400

/* "reset: flr pm; last flr, clean", "reset: none", "reset: flr; DIRTY: ...". */
const char *condition_text(struct sbdf dev, char buf[CONDITION_TEXT]);

/* Add "reset_methods", "last_reset" and "dirty" to the device's object. */
void condition_json(struct sbdf dev, struct json_object *json);

#endif
