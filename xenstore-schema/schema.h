/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The schema as data: one row per node that pci.schema describes, in the order
 * of enum schema_id. Rows and enumerators are generated (see GRAMMAR). Pure.
 */
#ifndef XENSTORE_SCHEMA_SCHEMA_H
#define XENSTORE_SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "nodes.h"
#include "sbdf.h"

#define SCHEMA_PARAMS_MAX 2

/* What a placeholder of a path stands for; %u, %u and %s in the pattern. */
enum schema_param {
    SCHEMA_PARAM_NONE = 0,
    SCHEMA_PARAM_DOMID,
    SCHEMA_PARAM_INDEX,
    SCHEMA_PARAM_BDF,
};

/* Bits of writers and readers. */
enum schema_party {
    SCHEMA_BY_TOOLSTACK = 1 << 0,
    SCHEMA_BY_BACK = 1 << 1,
    SCHEMA_BY_FRONT = 1 << 2,
    SCHEMA_BY_XENPCID = 1 << 3,
    SCHEMA_BY_XENPCI = 1 << 4,
    SCHEMA_BY_LIBXL = 1 << 5,
    SCHEMA_BY_XENSTORED = 1 << 6,
};

struct schema_type {
    const char *name;
    const char *form; /* see GRAMMAR */
    const char *meaning;
};

struct schema_node {
    const char *name; /* as in pci.schema: XS_<name> */
    const char *path; /* printf pattern */
    const char *leaf; /* its last component */
    enum schema_param params[SCHEMA_PARAMS_MAX];
    enum schema_type_id type;
    enum schema_id parent;
    uint8_t writers; /* enum schema_party */
    uint8_t readers;
    enum schema_id life; /* the state node that valid and required speak of */
    uint16_t valid;      /* bit n: may exist in state n */
    uint16_t required;   /* bit n: must exist in state n */
    const char *meaning;
};

extern const struct schema_type schema_types[SCHEMA_TYPE_COUNT];
extern const struct schema_node schema_nodes[SCHEMA_COUNT];

/* Which row a path belongs to, and what its placeholders stand for. */
struct schema_match {
    enum schema_id id;
    uint32_t domid;
    uint32_t index;
    struct sbdf device;
};

/* False, and *out undefined, for a path the schema does not know. */
MUST_USE bool schema_match(const char *path, struct schema_match *out);

#define SCHEMA_PATH 128 /* bytes that hold any path of the schema and its NUL */

/* The path of a row; placeholders it does not have are ignored. Returns buf. */
const char *schema_path(const struct schema_match *what, char buf[SCHEMA_PATH]);

/* Does the value look as the type's form says? */
bool schema_value_ok(enum schema_type_id type, const char *value);

#endif
