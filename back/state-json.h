/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text form of a state record; only state.c uses it. */
#ifndef BACK_STATE_JSON_H
#define BACK_STATE_JSON_H

#include "state.h"

/* malloc'd text, NULL when out of memory. */
char *state_json_format(const struct state_record *record);

/* 0, -EPROTO or -ENOTSUP as for state_load(); then *record is undefined. */
MUST_USE int state_json_parse(const char *path, struct state_record *record);

/* What alone must be understood of a record of any version. */
MUST_USE int state_json_owner(const char *path, uint16_t *domid);

#endif
