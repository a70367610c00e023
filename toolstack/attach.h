/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One `xenpci attach` under way; shared by its two files. */
#ifndef TOOLSTACK_ATTACH_H
#define TOOLSTACK_ATTACH_H

#include "pair.h"

enum attach_phase {
    ATTACH_LIST,    /* a change under way must end before ours can start */
    ATTACH_EXPORT,  /* xenpcid takes the device */
    ATTACH_CONNECT, /* the guest takes it */
    ATTACH_OVER
};

struct attach {
    struct host host;
    struct outcome *out;
    struct sbdf dev;
    uint16_t domid;
    enum attach_phase phase;
    enum exit_code code;
    char options[OPTIONS_TEXT];
    char name[HOST_NAME_TEXT];
    char address[SBDF_TEXT];
    char domain[HOST_DOMAIN_TEXT];
    char guest_address[PUBLISH_VDEV];
};

/* May this guest have this device, and can it? Changes nothing. */
MUST_USE enum exit_code attach_check_domain(struct attach *a,
                                            struct hyp_domain *domain);
MUST_USE enum exit_code attach_check_device(struct attach *a);

/* Record that the guest has it. */
MUST_USE enum exit_code attach_claim(struct attach *a,
                                     const struct hyp_domain *domain);

#endif
