/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device in words: the names of libpci, and the JSON every command shares. */
#ifndef TOOLSTACK_DESCRIBE_H
#define TOOLSTACK_DESCRIBE_H

#include "sbdf.h"
#include "store.h"

struct json_object;
struct describe; /* libpci's name list */

struct describe *describe_open(void);
void describe_close(struct describe *d);

#define DESCRIBE_TEXT 256

/* "Non-Volatile memory controller: Red Hat QEMU NVMe [1b36:0010]". */
const char *describe_device(struct describe *d, struct sbdf dev,
                            char buf[DESCRIBE_TEXT]);

/* address, name, vendor, device, class, driver; absent ones are left out. */
struct json_object *describe_json(struct describe *d, struct store *st,
                                  struct sbdf dev);

#endif
