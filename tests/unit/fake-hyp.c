/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-hyp.h. */
#include "fake-hyp.h"

#include <errno.h>
#include <string.h>

struct fake_hyp fake_hyp;

struct hyp *hyp_open(void)
{
    errno = fake_hyp.open_err;
    /* Never looked into: a handle is as good as any other address. */
    return fake_hyp.open_err == 0 ? (struct hyp *)(void *)&fake_hyp : NULL;
}

void hyp_close(struct hyp *hyp UNUSED)
{
}

int hyp_domain(struct hyp *hyp UNUSED, uint16_t domid, struct hyp_domain *out)
{
    memset(out, 0, sizeof(*out));
    if (domid < FAKE_HYP_DOMAINS)
        *out = fake_hyp.domains[domid];
    return 0;
}

int hyp_assign_test(struct hyp *hyp UNUSED, uint16_t domid UNUSED,
                    struct sbdf dev UNUSED)
{
    return fake_hyp.test_ret;
}

int hyp_assign(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev UNUSED,
               bool relaxed_rdm UNUSED)
{
    if (fake_hyp.assign_ret == 0)
        fake_hyp.assigned++;
    fake_hyp.last_domid = domid;
    return fake_hyp.assign_ret;
}

int hyp_deassign(struct hyp *hyp UNUSED, uint16_t domid, struct sbdf dev UNUSED)
{
    if (fake_hyp.deassign_ret == 0)
        fake_hyp.deassigned++;
    fake_hyp.last_domid = domid;
    return fake_hyp.deassign_ret;
}
