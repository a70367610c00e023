/* SPDX-License-Identifier: MIT */
/* Words for people. */
#include "private.h"

const char *pcifront_strerror(int err)
{
    static const char *const words[] = {
        [-PCIFRONT_OK] = "success",
        [-PCIFRONT_ERR_INVALID] = "invalid argument",
        [-PCIFRONT_ERR_NOMEM] = "out of memory or grants",
        [-PCIFRONT_ERR_NOENT] = "no such node or capability",
        [-PCIFRONT_ERR_NODEV] = "no such device",
        [-PCIFRONT_ERR_OFFSET] = "invalid offset or size",
        [-PCIFRONT_ERR_DENIED] = "access denied by the backend",
        [-PCIFRONT_ERR_UNSUPPORTED] = "not supported",
        [-PCIFRONT_ERR_FAILED] = "operation failed",
        [-PCIFRONT_ERR_NOSPACE] = "not enough interrupt vectors",
        [-PCIFRONT_ERR_TIMEOUT] = "timed out",
        [-PCIFRONT_ERR_STALLED] = "an older operation is still unanswered",
        [-PCIFRONT_ERR_PROTOCOL] = "the backend answered nonsense",
        [-PCIFRONT_ERR_OFFLINE] = "not connected",
        [-PCIFRONT_ERR_BUSY] = "not from within a callback",
        [-PCIFRONT_ERR_OS] = "the kernel's hook failed",
    };

    if (err > 0 || err <= -(int)ARRAY_LEN(words))
        return "?";
    return words[-err];
}

const char *pcifront_state_name(enum pcifront_state state)
{
    static const char *const words[] = {
        [PCIFRONT_CONNECTING] = "connecting",
        [PCIFRONT_CONNECTED] = "connected",
        [PCIFRONT_RECONFIGURING] = "reconfiguring",
        [PCIFRONT_CLOSING] = "closing",
        [PCIFRONT_CLOSED] = "closed",
    };

    return (size_t)state < ARRAY_LEN(words) ? words[state] : "?";
}
