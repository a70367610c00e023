/* SPDX-License-Identifier: MIT */
/* What hyp.c and hyp-irq.c share; nothing else includes it. */
#ifndef COMMON_HOST_HYP_PRIVATE_H
#define COMMON_HOST_HYP_PRIVATE_H

#include <errno.h>
#include <xencall.h>

struct xc_interface_core; /* xenctrl.h: xc_interface */

struct hyp {
    struct xc_interface_core *xc;
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
