/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a front publishes to be connected to: the guest's words, parsed once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "link.h"
#include "nodes.h"

static int front_uint(struct link *link, const char *fmt_path, uint32_t *value)
{
    return store_read_uint(link->store, NULL, fmt_path, value);
}

int link_read_front(struct link *link, struct msg_connect *c,
                    char why[DEVICE_WHY])
{
    char path[STORE_PATH], magic[8];
    int ret;

    c->domid = link->domid;
    (void)snprintf(path, sizeof(path), XS_FRONT_PCI_OP_REF, link->domid);
    ret = front_uint(link, path, &c->gref);
    if (ret == 0) {
        (void)snprintf(path, sizeof(path), XS_FRONT_EVENT_CHANNEL, link->domid);
        ret = front_uint(link, path, &c->port);
    }
    if (link_is_trouble(ret)) {
        device_say(why, "the front's node %s cannot be read: %s", path,
                   strerror(-ret));
        return ret;
    }
    if (ret < 0) {
        device_say(why, "the front's node %s is %s", path,
                   ret == -ENOENT ? "missing" : "no number");
        return ret;
    }
    (void)snprintf(path, sizeof(path), XS_FRONT_MAGIC, link->domid);
    ret = store_read_buf(link->store, NULL, path, magic, sizeof(magic));
    if (ret == 0 && strcmp(magic, PCI_WIRE_MAGIC) == 0)
        return 0;
    if (link_is_trouble(ret)) {
        device_say(why, "the front's node %s cannot be read: %s", path,
                   strerror(-ret));
        return ret;
    }
    device_say(
        why,
        "version mismatch: the front's protocol magic is not \"" PCI_WIRE_MAGIC
        "\"");
    return -EPROTO;
}
