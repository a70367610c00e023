/* SPDX-License-Identifier: MIT */
/*
 * libxenpcifront: the guest's half of PCI passthrough on Xen (PV).
 *
 * A guest owns a PCI device, but only a backend in a trusted domain may touch
 * its configuration space. This library is the guest's side of that: it finds
 * the backend in xenstore, shares a page with it, finds the devices and asks for
 * configuration reads, writes and interrupt vectors (Xen public header
 * io/pciif.h). From then on the guest talks to its device directly: registers
 * through mapped BARs, interrupts through event channels, memory by DMA.
 *
 *	struct pcifront *pf;
 *
 *	err = pcifront_create(&my_os, my_ctx, NULL, &pf);
 *	err = pcifront_connect(pf, 30000);
 *	n = pcifront_devices(pf, list, max);
 *	...
 *	forever: sleep until an event or a watch; pcifront_step(pf);
 *
 * Calling. Thread context only; no call from an interrupt handler. A call may
 * sleep as long as the kernel's hooks do, at most one operation timeout (2 s
 * unless said otherwise) for each operation that it needs. Different threads may
 * call at a time if the kernel gave a lock. Nothing is global: a kernel may have
 * several instances.
 *
 * Results. int: 0 or a count, or an enum pcifront_err, which is negative.
 * Results by pointer are written only on success, except that a failed read
 * stores all ones, as a missing device on a real bus reads.
 *
 * The backend is not trusted beyond what it must be. Each answer is copied
 * once, checked, then used; loops are bounded; an operation without an answer
 * blocks the slot until its answer comes rather than being mixed up with the
 * next; a page that cannot be taken back is given up. It can lie about the
 * device and can refuse service. That is all it can do.
 *
 * DMA of a PV guest. A device sees machine addresses, not the guest's
 * pseudo-physical ones: translate frame by frame through the P2M table, and
 * assume nothing about neighbours: two pages that follow each other in the
 * guest are anywhere in the machine. A buffer that leaves its page needs a
 * scatter list, a bounce buffer, or XENMEM_exchange for contiguity; a device
 * with narrow addresses needs frames below its limit (also XENMEM_exchange).
 * Stop DMA (bus master off) before such memory is given away.
 *
 * Freestanding: <stdbool.h>, <stddef.h>, <stdint.h> and pcifront-os.h.
 */
#ifndef PCIFRONT_H
#define PCIFRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcifront-os.h"

#if defined(__GNUC__)
#define PCIFRONT_API      __attribute__((visibility("default")))
#define PCIFRONT_MUST_USE __attribute__((warn_unused_result))
#else
#define PCIFRONT_API
#define PCIFRONT_MUST_USE
#endif

#define PCIFRONT_VERSION_MAJOR 1
#define PCIFRONT_VERSION_MINOR 0

/* Limits. Devices or roots beyond them are left alone, with a warning. */
#define PCIFRONT_DEVICES_MAX 256u /* of one instance */
#define PCIFRONT_ROOTS_MAX   32u
#define PCIFRONT_MSIX_MAX    128u /* vectors of one device: the wire's limit */
#define PCIFRONT_MSI_MAX     32u

struct pcifront;

/* Where the guest sees a function. Not where the machine has it. */
struct pcifront_addr {
    uint16_t segment;
    uint8_t bus;
    uint8_t devfn; /* device << 3 | function */
};

/* What enumeration learnt of a function. */
struct pcifront_device {
    struct pcifront_addr addr;
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code; /* 24 bits: base class, subclass, interface */
    uint8_t revision;
    uint8_t header_type; /* without the multi-function bit */
    uint8_t pin;         /* 0 none, 1 to 4: INTA to INTD */
};

/* Where the pair is; pcifront_state(). */
enum pcifront_state {
    PCIFRONT_CONNECTING, /* waiting for the backend, or back to that */
    PCIFRONT_CONNECTED,
    PCIFRONT_RECONFIGURING, /* devices are being added or removed */
    PCIFRONT_CLOSING,
    PCIFRONT_CLOSED, /* nothing shared any more; pcifront_restart() */
};

/* Why a device goes. */
enum pcifront_removal {
    PCIFRONT_UNPLUG, /* configuration still answers: stop the device */
    PCIFRONT_GONE,   /* nothing answers any more */
};

/* PCI error recovery, as the backend asks for it (pciif.h, opcodes 6 to 9). */
enum pcifront_aer_step {
    PCIFRONT_AER_DETECTED,     /* an error was seen */
    PCIFRONT_AER_MMIO_ENABLED, /* registers may be read again */
    PCIFRONT_AER_SLOT_RESET,   /* the device was reset: set it up again */
    PCIFRONT_AER_RESUME,       /* work may go on */
};
enum pcifront_aer_channel {
    PCIFRONT_CHANNEL_NORMAL = 1,
    PCIFRONT_CHANNEL_FROZEN = 2,
    PCIFRONT_CHANNEL_LOST = 3,
};
/* The driver's answer; the wire's numbers, which are Linux's. */
enum pcifront_aer_result {
    PCIFRONT_AER_NONE = 1,
    PCIFRONT_AER_CAN_RECOVER = 2,
    PCIFRONT_AER_NEED_RESET = 3,
    PCIFRONT_AER_DISCONNECT = 4,
    PCIFRONT_AER_RECOVERED = 5,
    PCIFRONT_AER_NO_DRIVER = 6,
};

/*
 * What the kernel's PCI layer wants to be told; each may be NULL. Called only
 * from within pcifront_connect, _step, _restart, _close and _destroy, without
 * the lock, one at a time. They may call everything but those five.
 */
struct pcifront_client {
    /* A device is there, also each one at connect. */
    void (*added)(void *arg, struct pcifront *pf,
                  const struct pcifront_device *device);
    /*
     * A device goes. Return when its driver has stopped. With PCIFRONT_UNPLUG
     * the library then turns vectors that are still on off.
     */
    void (*removed)(void *arg, struct pcifront *pf,
                    const struct pcifront_device *device,
                    enum pcifront_removal how);
    /* NULL: the backend is told that this front takes no part in recovery. */
    enum pcifront_aer_result (*error)(void *arg, struct pcifront *pf,
                                      const struct pcifront_device *device,
                                      enum pcifront_aer_step step,
                                      enum pcifront_aer_channel channel);
};

struct pcifront_options {
    const char *node; /* front directory; NULL: the only one libxl makes */
    const struct pcifront_client *client; /* NULL: nobody wants to know */
    void *arg;                            /* handed to the client */
    uint32_t timeout_ms;                  /* of an operation; 0: 2000 */
};

/* ---- life ---- */

/*
 * A new instance; nothing is sent or written yet. os, its ctx and the client
 * must outlive it, options (NULL: defaults) and node need not.
 * PCIFRONT_ERR_INVALID: os is of another ABI or lacks a needed hook;
 * PCIFRONT_ERR_NOMEM. The end is pcifront_destroy().
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_create(const struct pcifront_os *os, void *ctx,
                const struct pcifront_options *options, struct pcifront **out);

/*
 * Step until the pair is connected and its devices are known.
 * PCIFRONT_ERR_TIMEOUT: not within timeout_ms; what was begun goes on with
 * pcifront_step(). PCIFRONT_ERR_OFFLINE: the backend closed, or this domain has
 * no such directory.
 */
PCIFRONT_API PCIFRONT_MUST_USE int pcifront_connect(struct pcifront *pf,
                                                    uint32_t timeout_ms);

/*
 * See what changed in xenstore and on the page and act on it: connect, add and
 * remove devices, answer error recovery, close. Call it after an event or a
 * watch; without a reason it costs a few reads. 0, or the error of an action
 * that failed, after which the state tells where the pair is. A backend that
 * closed and comes back, or a directory that a toolstack makes anew, is followed
 * from PCIFRONT_CLOSED too, unless pcifront_close() led there.
 * PCIFRONT_ERR_BUSY: the client is just being told something.
 */
PCIFRONT_API int pcifront_step(struct pcifront *pf);

/*
 * Sleep until there may be something for pcifront_step(), at most timeout_ms and,
 * in a kernel that gave a lock, at most 100 ms: the lock is held meanwhile. For
 * a kernel with one flow of control, or a program; where threads use devices all
 * the time, sleep by your own means.
 */
PCIFRONT_API int pcifront_wait(struct pcifront *pf, uint32_t timeout_ms);

PCIFRONT_API enum pcifront_state pcifront_state(struct pcifront *pf);

/*
 * Orderly end: removed(UNPLUG) for each device, then wait at most timeout_ms
 * for the backend to let go of the page. PCIFRONT_ERR_TIMEOUT: it did not; the
 * instance is closed all the same, a page it keeps is given up.
 */
PCIFRONT_API int pcifront_close(struct pcifront *pf, uint32_t timeout_ms);

/*
 * From PCIFRONT_CLOSED, or PCIFRONT_ERR_INVALID: announce that we are here again;
 * then connect.
 */
PCIFRONT_API PCIFRONT_MUST_USE int pcifront_restart(struct pcifront *pf);

/* Close without waiting if need be and free everything. NULL is fine. */
PCIFRONT_API void pcifront_destroy(struct pcifront *pf);

/* ---- devices and their configuration ---- */

/* Copies at most max devices in address order; how many there are. */
PCIFRONT_API size_t pcifront_devices(struct pcifront *pf,
                                     struct pcifront_device *list, size_t max);

/*
 * Configuration space, offset 0 to 4095, size 1, 2 or 4, aligned to it. addr
 * need not be a device that enumeration found. A write that the backend keeps
 * from the device may well succeed; PCIFRONT_ERR_DENIED is the exception. On
 * failure a read stores all ones, UINT32_MAX for any size.
 */
PCIFRONT_API int pcifront_config_read(struct pcifront *pf,
                                      struct pcifront_addr addr,
                                      uint16_t offset, uint8_t size,
                                      uint32_t *value);
PCIFRONT_API int pcifront_config_write(struct pcifront *pf,
                                       struct pcifront_addr addr,
                                       uint16_t offset, uint8_t size,
                                       uint32_t value);

/*
 * Offset of the first capability with that id (PCI 3.0 6.7; PCIe 6.0 7.6.3 for
 * extended ones), or PCIFRONT_ERR_NOENT. Lists that loop or leave configuration
 * space end the search: PCIFRONT_ERR_PROTOCOL.
 */
PCIFRONT_API PCIFRONT_MUST_USE int pcifront_cap_find(struct pcifront *pf,
                                                     struct pcifront_addr addr,
                                                     uint8_t id,
                                                     uint16_t *offset);
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_ext_cap_find(struct pcifront *pf, struct pcifront_addr addr,
                      uint16_t id, uint16_t *offset);

/* Bits of the command register that a driver may want (PCI 3.0 6.2.2). */
#define PCIFRONT_IO     0x0001u
#define PCIFRONT_MEMORY 0x0002u
#define PCIFRONT_MASTER 0x0004u

/*
 * Set and clear these bits, no others. The discipline: memory or IO before the first
 * register access, bus master only once the driver has memory for the device
 * to write to, and off again before that memory is given back.
 */
PCIFRONT_API int pcifront_command(struct pcifront *pf,
                                  struct pcifront_addr addr, uint16_t set,
                                  uint16_t clear);

enum pcifront_power {
    PCIFRONT_D0 = 0,
    PCIFRONT_D1 = 1,
    PCIFRONT_D2 = 2,
    PCIFRONT_D3HOT = 3,
};

/*
 * Device power state through the PM capability (PCI PM 1.2 3.2.4), with the
 * delay the state needs; verified by reading back. PCIFRONT_ERR_NOENT: the
 * device has no such capability; PCIFRONT_ERR_FAILED: it stays where it was.
 */
PCIFRONT_API int pcifront_power_set(struct pcifront *pf,
                                    struct pcifront_addr addr,
                                    enum pcifront_power state);
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_power_get(struct pcifront *pf, struct pcifront_addr addr,
                   enum pcifront_power *state);

/* ---- BARs ---- */

enum pcifront_bar_kind {
    PCIFRONT_BAR_NONE, /* absent, or the upper half of the one before */
    PCIFRONT_BAR_IO,
    PCIFRONT_BAR_MEM32,
    PCIFRONT_BAR_MEM64,
    PCIFRONT_BAR_ROM,
};
#define PCIFRONT_BARS 7u /* six BARs, then the expansion ROM */

struct pcifront_bar {
    enum pcifront_bar_kind kind;
    bool prefetchable;
    uint64_t address; /* machine address, or I/O port */
    uint64_t size;    /* bytes, a power of two */
};

/*
 * Decode and size all of them (PCI 3.0 6.2.5.1). Memory and IO decoding are off
 * meanwhile, so not while a driver uses the device. Of a bridge, header type 1,
 * only the first two and the ROM exist. A BAR that makes no sense is NONE.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_bars(struct pcifront *pf, struct pcifront_addr addr,
              struct pcifront_bar bars[PCIFRONT_BARS]);

/*
 * Map [offset, offset + bytes) of a memory BAR through the kernel's hook;
 * *address points at that byte. Offset and size need not be page aligned.
 * Never the page with the MSI-X table: Xen keeps it read-only and programs it.
 * unmap takes the same bar, offset and bytes.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_bar_map(struct pcifront *pf, const struct pcifront_bar *bar,
                 uint64_t offset, uint64_t bytes, enum pcifront_cache cache,
                 void **address);
PCIFRONT_API void pcifront_bar_unmap(struct pcifront *pf,
                                     const struct pcifront_bar *bar,
                                     uint64_t offset, uint64_t bytes,
                                     void *address);

/* ---- interrupts ---- */

/*
 * Vectors the device can have: entries of its MSI-X table, or of MSI. 0 when it
 * lacks the capability; or an error.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_msix_size(struct pcifront *pf, struct pcifront_addr addr);
PCIFRONT_API PCIFRONT_MUST_USE int pcifront_msi_size(struct pcifront *pf,
                                                     struct pcifront_addr addr);

/*
 * Turn MSI-X on with max vectors or, if the backend has fewer to give, at least
 * min; returns how many, and pirqs[] for the device's table entries entries[]
 * (NULL: 0, 1, 2, ...). Memory decoding is turned on first. The MSI-X table
 * itself is Xen's. Off again with pcifront_irq_disable(); a second call replaces
 * the first. PCIFRONT_ERR_NOSPACE: fewer than min. PCIFRONT_ERR_NODEV: not a
 * device that enumeration found.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_msix_enable(struct pcifront *pf, struct pcifront_addr addr,
                     const uint16_t *entries, unsigned int min,
                     unsigned int max, uint32_t *pirqs);

/*
 * The same for MSI. More than one vector needs a backend that knows opcode 10
 * of pciif.h; others give one. max is a power of two, min at least 1.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_msi_enable(struct pcifront *pf, struct pcifront_addr addr,
                    unsigned int min, unsigned int max, uint32_t *pirqs);

/* Whichever of MSI and MSI-X is on: off. Unbind the pirqs first. */
PCIFRONT_API int pcifront_irq_disable(struct pcifront *pf,
                                      struct pcifront_addr addr);

/*
 * The pirq of the device's line interrupt, while neither MSI nor MSI-X is on
 * (PCIFRONT_ERR_INVALID); PCIFRONT_ERR_NOENT if it has no pin or no line. It may
 * be shared.
 */
PCIFRONT_API PCIFRONT_MUST_USE int
pcifront_intx(struct pcifront *pf, struct pcifront_addr addr, uint32_t *pirq);

/* A pirq becomes an event channel port of this domain, and no longer. */
PCIFRONT_API PCIFRONT_MUST_USE int pcifront_pirq_bind(struct pcifront *pf,
                                                      uint32_t pirq,
                                                      enum pcifront_share share,
                                                      uint32_t *port);
PCIFRONT_API void pcifront_pirq_unbind(struct pcifront *pf, uint32_t pirq,
                                       uint32_t port);

/* ---- words ---- */

/* A constant sentence fragment in English for any value, "?" if unknown. */
PCIFRONT_API const char *pcifront_strerror(int err);
PCIFRONT_API const char *pcifront_state_name(enum pcifront_state state);

#endif
