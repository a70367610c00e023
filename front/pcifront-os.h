/* SPDX-License-Identifier: MIT */
/*
 * The contract a kernel signs to use libxenpcifront: a table of hooks and a
 * context pointer that is handed back with each call. os/template.c is a copy
 * to fill in and compiles in every build, so it cannot drift from this file.
 *
 * What holds for all hooks:
 *
 * - They are called in the context of whoever called a pcifront_ function, and
 *   never from anywhere else: the library has no thread and no interrupt.
 *   Callers are in thread context (or in the one flow of a kernel without
 *   threads), so a hook marked "may sleep" may sleep.
 * - `int` results are 0 or an enum pcifront_err, which is negative.
 * - Text handed to a hook is valid only during the call.
 * - Hooks may not call the library back.
 * - Two instances with two contexts share nothing; hooks may be called for
 *   both at a time if the kernel calls the library for both at a time.
 *
 * Every hook up to log is needed; those after it may be NULL, at the price that
 * stands beside them. Freestanding: <stddef.h> and <stdint.h> are all it takes.
 */
#ifndef PCIFRONT_OS_H
#define PCIFRONT_OS_H

#include <stddef.h>
#include <stdint.h>

#define PCIFRONT_OS_ABI 1u

/* Everything the library returns, and what hooks return. */
enum pcifront_err {
    PCIFRONT_OK = 0,
    PCIFRONT_ERR_INVALID = -1,     /* an argument out of its range */
    PCIFRONT_ERR_NOMEM = -2,       /* the alloc hook, or no free grant */
    PCIFRONT_ERR_NOENT = -3,       /* no such xenstore node or capability */
    PCIFRONT_ERR_NODEV = -4,       /* no such device (wire: not found) */
    PCIFRONT_ERR_OFFSET = -5,      /* wire: invalid offset or size */
    PCIFRONT_ERR_DENIED = -6,      /* wire: access denied; never fatal */
    PCIFRONT_ERR_UNSUPPORTED = -7, /* wire: not implemented, or a NULL hook */
    PCIFRONT_ERR_FAILED = -8,      /* wire: operation failed, or a raw errno */
    PCIFRONT_ERR_NOSPACE = -9,   /* fewer vectors to be had than the minimum */
    PCIFRONT_ERR_TIMEOUT = -10,  /* no answer before the deadline */
    PCIFRONT_ERR_STALLED = -11,  /* an older operation was never answered: the
                                   slot is not reused, nothing was sent */
    PCIFRONT_ERR_PROTOCOL = -12, /* the backend answered nonsense */
    PCIFRONT_ERR_OFFLINE = -13,  /* not connected, or not any more */
    PCIFRONT_ERR_BUSY = -14,     /* called from a callback that forbids it */
    PCIFRONT_ERR_OS = -15,       /* a hook failed for the kernel's reasons */
};

enum pcifront_level {
    PCIFRONT_LOG_DEBUG, /* a step */
    PCIFRONT_LOG_INFO,  /* a change of state, a device that comes or goes */
    PCIFRONT_LOG_WARN,  /* something was refused or works less well */
};

/* How MMIO is to be mapped. */
enum pcifront_cache {
    PCIFRONT_UNCACHED,      /* registers: always right */
    PCIFRONT_WRITE_COMBINE, /* prefetchable memory, if the kernel can */
};

/* Does a pirq belong to one device or to a line several may share? */
enum pcifront_share {
    PCIFRONT_EXCLUSIVE, /* MSI, MSI-X: edge, no end-of-interrupt by default */
    PCIFRONT_SHARED,    /* INTx: level, needs PHYSDEVOP_eoi where Xen asks */
};

/* One node of a write. */
struct pcifront_node {
    const char *path;
    const char *value; /* NULL: remove the node; absent already is fine */
};

struct pcifront_os {
    uint32_t abi;  /* PCIFRONT_OS_ABI */
    uint32_t size; /* sizeof(struct pcifront_os) */

    /*
     * size bytes (under 4 KiB at a time), aligned for any type, contents
     * undefined; NULL when there are none. free gets the same size back. May
     * sleep.
     */
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *block, size_t size);

    /*
     * One page of 4096 bytes, page aligned, granted read-write to domain
     * domid; *gref is the grant reference. May sleep.
     *
     * unshare_page ends the grant and frees the page. A backend that keeps it
     * mapped makes ending impossible: then leave grant and page alone for ever
     * and return PCIFRONT_ERR_FAILED. A page that a backend can still write to
     * must never hold anything else (XSA-396).
     */
    int (*share_page)(void *ctx, uint16_t domid, void **page, uint32_t *gref);
    int (*unshare_page)(void *ctx, void *page, uint32_t gref);

    /*
     * An unbound event channel that domain domid may bind
     * (EVTCHNOP_alloc_unbound), and its end. May sleep.
     */
    int (*open_port)(void *ctx, uint16_t domid, uint32_t *port);
    void (*close_port)(void *ctx, uint32_t port);

    /* EVTCHNOP_send. Does not sleep. */
    void (*notify)(void *ctx, uint32_t port);

    /*
     * Sleep until port was notified, or a node under one of our watches
     * changed, or now_ns() has reached deadline_ns. port is 0 while there is
     * none. What came since the last call returned must end this one at once;
     * a return without a reason is harmless. 0, also at the deadline; an error
     * only if the kernel cannot wait at all. Called with the lock held.
     */
    int (*wait)(void *ctx, uint32_t port, uint64_t deadline_ns);

    /* Nanoseconds on a clock that never goes back. Any origin. */
    uint64_t (*now_ns)(void *ctx);

    /*
     * xenstore. Paths are absolute, or relative to the domain's own directory
     * ("device/pci/0/state"), as xenstored itself resolves them. May sleep.
     *
     * xs_read: the value and a NUL into value[size]; its length without the
     * NUL, PCIFRONT_ERR_NOENT for an absent node (or one that may not be read),
     * PCIFRONT_ERR_PROTOCOL for one that does not fit or holds a NUL.
     *
     * xs_write: all of them in one transaction, or none; begins again after
     * EAGAIN, a bounded number of times.
     *
     * xs_watch: from now on a change at or below path ends wait. Xenstore fires
     * each watch once when it is set; that may end a wait too.
     */
    int (*xs_read)(void *ctx, const char *path, char *value, size_t size);
    int (*xs_write)(void *ctx, const struct pcifront_node *nodes, size_t count);
    int (*xs_watch)(void *ctx, const char *path);
    void (*xs_unwatch)(void *ctx, const char *path);

    /* One line, without a newline. Does not sleep. */
    void (*log)(void *ctx, enum pcifront_level level, const char *message);

    /*
     * A mutex of this instance, not recursive; it is held while an operation
     * waits for its answer, so it must be one that may sleep. NULL, both of
     * them, in a kernel with one flow of control.
     */
    void (*lock)(void *ctx);
    void (*unlock)(void *ctx);

    /*
     * Make bytes of machine memory at `machine`, both multiples of the page
     * size, accessible at *address. They are MMIO that belongs to the device:
     * a PV kernel installs machine frames (the I/O domain's, not its own),
     * uncached; Xen refuses frames the domain was not given. May sleep. NULL:
     * pcifront_bar_map() is unsupported.
     */
    int (*map_mmio)(void *ctx, uint64_t machine, uint64_t bytes,
                    enum pcifront_cache cache, void **address);
    void (*unmap_mmio)(void *ctx, void *address, uint64_t bytes);

    /*
     * EVTCHNOP_bind_pirq: from now on the interrupt is event *port, which the
     * kernel delivers to the driver as it does with any. May sleep. NULL:
     * pcifront_pirq_bind() is unsupported.
     */
    int (*bind_pirq)(void *ctx, uint32_t pirq, enum pcifront_share share,
                     uint32_t *port);
    void (*unbind_pirq)(void *ctx, uint32_t pirq, uint32_t port);
};

#endif
