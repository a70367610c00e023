/* SPDX-License-Identifier: MIT */
/* What hyp.c and hyp-irq.c share; nothing else includes it. */
#ifndef COMMON_HOST_HYP_PRIVATE_H
#define COMMON_HOST_HYP_PRIVATE_H

#include <errno.h>
#include <xencall.h>
#include <xenctrl.h> /* first: it turns the tools part of xen/ headers on */
#include <xen/physdev.h>

struct hyp {
    xc_interface *xc;
    xencall_handle *call;
};

/* Library convention (negative and errno) to ours (0 or -errno). */
static inline int hyp_result(int ret)
{
    if (ret >= 0)
        return 0;
    return errno != 0 ? -errno : -EIO;
}

#endif
