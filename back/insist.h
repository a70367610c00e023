/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For calls that take something back from a guest. Xen needs memory to do that
 * (to split a range, for one), and what stays with the guest because there was
 * none for a moment stays for as long as the guest lives.
 */
#ifndef BACK_INSIST_H
#define BACK_INSIST_H

#include <errno.h>
#include <stdbool.h>

#define INSIST_TRIES 3u

/* Try again? *tries is 0 at first. ret: what the call said, 0 or -errno. */
static inline bool insist(int ret, unsigned int *tries)
{
    bool may_pass = ret == -ENOMEM || ret == -EAGAIN || ret == -EBUSY ||
                    ret == -EINTR || ret == -EIO;

    return may_pass && ++*tries < INSIST_TRIES;
}

#endif
