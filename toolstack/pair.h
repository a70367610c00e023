/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What attach and detach both ask about a guest's pair. */
#ifndef TOOLSTACK_PAIR_H
#define TOOLSTACK_PAIR_H

#include "cmd.h"
#include "host.h"
#include "publish.h"

/* The pair and one device of it, as last seen. */
struct pair_view {
    enum xb_state back;
    enum xb_state front; /* XB_UNKNOWN: absent or no state */
    struct publish_device device;
    int listed; /* 0, or publish_find()'s errno */
    struct hyp_domain domain;
};

void pair_look(struct host *host, uint16_t domid, struct sbdf dev,
               struct pair_view *view);

/* xenpcid runs, and the kernel does not own the guest's bus. */
MUST_USE enum exit_code pair_check_server(struct host *host, uint16_t domid,
                                          const char *instead,
                                          struct outcome *out);

/* Why xenpcid could not serve the device, or "". */
#define PAIR_ERROR 256
const char *pair_error(struct host *host, uint16_t domid, struct sbdf dev,
                       char buf[PAIR_ERROR]);

/* What xenpcid says about a device that it serves all the same; "": nothing. */
const char *pair_note(struct host *host, struct sbdf dev, char buf[PAIR_ERROR]);

/* "0000:00:01.3" from vdev-N's "0000:00:01.03"; other text as it is. */
const char *pair_guest_address(const char *vdev, char buf[PUBLISH_VDEV]);

#endif
