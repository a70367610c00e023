/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sandbox-calls.c as a filter in the kernel, by libseccomp. */
#include <errno.h>
#include <seccomp.h>

#include "sandbox-calls.h"
#include "sandbox.h"

static int add_row(scmp_filter_ctx filter, const struct sandbox_call *row,
                   int port_fd)
{
    struct scmp_arg_cmp cmp[SANDBOX_CONDITIONS] = { { 0 } };
    unsigned int n = 0;

    while (n < SANDBOX_CONDITIONS && row->when[n].text) {
        const struct sandbox_condition *c = &row->when[n];

        cmp[n].arg = c->arg;
        cmp[n].op = SCMP_CMP_MASKED_EQ;
        cmp[n].datum_a = c->mask;
        cmp[n].datum_b =
            c->kind == SANDBOX_PORT_FD ? (uint64_t)port_fd : c->value;
        n++;
    }
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW,
                                  seccomp_syscall_resolve_name(row->name), n,
                                  cmp);
}

int sandbox_filter(int port_fd)
{
    scmp_filter_ctx filter;
    size_t i;
    int ret;

    if (port_fd < 0)
        return -EBADF;
    filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -ENOMEM;
    /* Calls by another door, such as int 0x80, are no better. */
    ret = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
                           SCMP_ACT_KILL_PROCESS);
    for (i = 0; ret == 0 && i < sandbox_ncalls; i++)
        ret = add_row(filter, &sandbox_calls[i], port_fd);
    if (ret == 0)
        ret = seccomp_load(filter);
    seccomp_release(filter);
    return ret;
}
