/* SPDX-License-Identifier: MIT */
/*
 * The wire of Xen's PV PCI protocol (Xen public header io/pciif.h): one page
 * shared by the guest that owns a device (front) and the backend that answers
 * its configuration requests, and one event channel.
 *
 * ring.c is the only code that looks inside the page: struct pci_page is
 * incomplete everywhere else, so using guest bytes in place does not compile.
 * Copy once, check the copy, use the copy (XSA-155). All barriers and the
 * active flags live in these functions and nowhere else.
 *
 * Freestanding; any context; nothing here blocks, allocates or calls out.
 */
#ifndef COMMON_RING_H
#define COMMON_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

#define PCI_WIRE_PAGE_SIZE 4096u
#define PCI_WIRE_MAGIC     "7"
#define PCI_WIRE_MSIX_MAX  128u

/* pciif.h: XEN_PCI_OP_*. 6 to 9 travel from back to front only. */
enum pci_wire_cmd {
    PCI_OP_CONF_READ = 0,
    PCI_OP_CONF_WRITE = 1,
    PCI_OP_ENABLE_MSI = 2,
    PCI_OP_DISABLE_MSI = 3,
    PCI_OP_ENABLE_MSIX = 4,
    PCI_OP_DISABLE_MSIX = 5,
    PCI_OP_AER_DETECTED = 6,
    PCI_OP_AER_RESUME = 7,
    PCI_OP_AER_MMIO = 8,
    PCI_OP_AER_SLOTRESET = 9,
    PCI_OP_ENABLE_MULTI_MSI = 10,
};

/*
 * pciif.h: XEN_PCI_ERR_*. Config operations use only these. The MSI-X
 * operation alone also carries a raw negative errno; see wire_errno().
 */
enum pci_wire_err {
    PCI_ERR_SUCCESS = 0,
    PCI_ERR_DEV_NOT_FOUND = -1,
    PCI_ERR_INVALID_OFFSET = -2,
    PCI_ERR_ACCESS_DENIED = -3,
    PCI_ERR_NOT_IMPLEMENTED = -4,
    PCI_ERR_OP_FAILED = -5,
};

/* One MSI-X table entry of a request. */
struct pci_msix_entry {
    uint16_t vector; /* back -> front: the guest's pirq */
    uint16_t entry;  /* front -> back: index in the device's table */
};

/* Our private copy of one request; the layout is the wire's. */
struct pci_op {
    uint32_t cmd;    /* enum pci_wire_cmd */
    int32_t err;     /* back -> front */
    uint32_t domain; /* virtual segment */
    uint32_t bus;    /* virtual bus */
    uint32_t devfn;  /* virtual device and function */
    int32_t offset;  /* config space byte; signed on the wire */
    int32_t size;    /* 1, 2 or 4; signed on the wire */
    uint32_t value;  /* both ways */
    uint32_t info;   /* opcode 10: number of vectors */
    struct pci_msix_entry msix[PCI_WIRE_MSIX_MAX];
};

/* A request the backend starts: PCI error recovery. */
struct pci_aer_op {
    uint32_t cmd;
    int32_t err; /* in: channel state; out: recovery result */
    uint32_t domain;
    uint32_t bus;
    uint32_t devfn;
};

struct pci_page; /* the mapped shared page */

/* Fill a fresh page with zeros and, if the front can do it, the AER flag. */
void ring_init(struct pci_page *page, bool front_handles_aer);

/* ---- back ---- */

/* Is a request waiting? Cheap enough to spin on. */
bool ring_has_request(const struct pci_page *page);

/* If one waits, copy the whole request once (acquire) and return true. */
MUST_USE bool ring_take(const struct pci_page *page, struct pci_op *op);

/*
 * Answer the request that was taken: writes back err and value, the n vectors
 * of a successful PCI_OP_ENABLE_MSIX, info for opcode 10, then (release) clears
 * the active flag. The caller sends exactly one event afterwards. op is what
 * ring_take() gave, with these changed only; the value of a PCI_OP_CONF_WRITE
 * stays as taken.
 * If the front gave up meanwhile and cleared the flag or posted another
 * request, nothing is written and false is returned: the answer is dropped
 * rather than given to the wrong question.
 */
MUST_USE bool ring_reply(struct pci_page *page, const struct pci_op *op);

/* Does the front answer AER requests? */
bool ring_front_handles_aer(const struct pci_page *page);

/* Start an AER request (release). The caller sends one event. */
void ring_aer_post(struct pci_page *page, const struct pci_aer_op *aer);

/* True once the front has cleared the AER flag; copies the answer (acquire). */
MUST_USE bool ring_aer_collect(const struct pci_page *page,
                               struct pci_aer_op *aer);

/* Withdraw an AER request that nobody answered. */
void ring_aer_cancel(struct pci_page *page);

/* ---- front ---- */

/* Post a request (release). The slot must be idle. The caller sends one event. */
void ring_post(struct pci_page *page, const struct pci_op *op);

/* Is the slot idle, that is, has the back answered? */
bool ring_idle(const struct pci_page *page);

/* If the back has answered, copy the operation out (acquire). */
MUST_USE bool ring_collect(const struct pci_page *page, struct pci_op *op);

/* Front side of AER: take the back's request, later answer it. */
MUST_USE bool ring_aer_take(const struct pci_page *page,
                            struct pci_aer_op *aer);
void ring_aer_reply(struct pci_page *page, const struct pci_aer_op *aer);

const char *pci_wire_cmd_name(uint32_t cmd);
const char *pci_wire_err_name(int32_t err);

#endif
