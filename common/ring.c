/* SPDX-License-Identifier: MIT */
/*
 * The shared page. Fields are read and written one by one with relaxed atomics,
 * so that each is touched exactly once; the active flags carry the ordering.
 * Flags change by atomic read-modify-write only: the peer owns the other bits.
 */
#include "ring.h"

#include <stddef.h>

/* pciif.h: bits of flags. */
#define PCIF_ACTIVE     (1u << 0) /* front -> back: a request waits */
#define PCIF_AERHANDLER (1u << 1) /* the front answers AER requests */
#define PCIB_ACTIVE     (1u << 2) /* back -> front: an AER request waits */

struct pci_page {
    uint32_t flags;
    struct pci_op op;
    struct pci_aer_op aer;
    uint8_t unused[PCI_WIRE_PAGE_SIZE - 572];
};

#define PAGE_AT(member, where)                                   \
    _Static_assert(offsetof(struct pci_page, member) == (where), \
                   "pciif.h: offset of " #member)

PAGE_AT(flags, 0);
PAGE_AT(op.cmd, 4);
PAGE_AT(op.err, 8);
PAGE_AT(op.domain, 12);
PAGE_AT(op.bus, 16);
PAGE_AT(op.devfn, 20);
PAGE_AT(op.offset, 24);
PAGE_AT(op.size, 28);
PAGE_AT(op.value, 32);
PAGE_AT(op.info, 36);
PAGE_AT(op.msix, 40);
PAGE_AT(op.msix[0].entry, 42);
PAGE_AT(aer.cmd, 552);
PAGE_AT(aer.err, 556);
PAGE_AT(aer.domain, 560);
PAGE_AT(aer.bus, 564);
PAGE_AT(aer.devfn, 568);
PAGE_AT(unused, 572);
_Static_assert(sizeof(struct pci_msix_entry) == 4, "pciif.h: xen_msix_entry");
_Static_assert(sizeof(struct pci_op) == 548, "pciif.h: xen_pci_op");
_Static_assert(sizeof(struct pci_aer_op) == 20, "pciif.h: xen_pcie_aer_op");
_Static_assert(sizeof(struct pci_page) == PCI_WIRE_PAGE_SIZE, "one grant");

#define LOAD(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#define STORE(place, value) \
    __atomic_store_n(&(place), (value), __ATOMIC_RELAXED)

static bool flag_is_set(const struct pci_page *page, uint32_t flag)
{
    return (__atomic_load_n(&page->flags, __ATOMIC_ACQUIRE) & flag) != 0;
}

static void flag_set(struct pci_page *page, uint32_t flag)
{
    (void)__atomic_fetch_or(&page->flags, flag, __ATOMIC_RELEASE);
}

/* Returns whether the flag was still set. */
static bool flag_clear(struct pci_page *page, uint32_t flag)
{
    return (__atomic_fetch_and(&page->flags, ~flag, __ATOMIC_RELEASE) & flag) !=
           0;
}

static void op_load(const struct pci_page *page, struct pci_op *op)
{
    op->cmd = LOAD(page->op.cmd);
    op->err = LOAD(page->op.err);
    op->domain = LOAD(page->op.domain);
    op->bus = LOAD(page->op.bus);
    op->devfn = LOAD(page->op.devfn);
    op->offset = LOAD(page->op.offset);
    op->size = LOAD(page->op.size);
    op->value = LOAD(page->op.value);
    op->info = LOAD(page->op.info);
    for (size_t i = 0; i < ARRAY_LEN(op->msix); i++) {
        op->msix[i].vector = LOAD(page->op.msix[i].vector);
        op->msix[i].entry = LOAD(page->op.msix[i].entry);
    }
}

static void aer_load(const struct pci_page *page, struct pci_aer_op *aer)
{
    aer->cmd = LOAD(page->aer.cmd);
    aer->err = LOAD(page->aer.err);
    aer->domain = LOAD(page->aer.domain);
    aer->bus = LOAD(page->aer.bus);
    aer->devfn = LOAD(page->aer.devfn);
}

void ring_init(struct pci_page *page, bool front_handles_aer)
{
    /* Nobody else sees the page yet. */
    *page = (struct pci_page){ 0 };
    if (front_handles_aer)
        flag_set(page, PCIF_AERHANDLER);
}

bool ring_has_request(const struct pci_page *page)
{
    return (LOAD(page->flags) & PCIF_ACTIVE) != 0;
}

bool ring_take(const struct pci_page *page, struct pci_op *op)
{
    if (!flag_is_set(page, PCIF_ACTIVE))
        return false;
    op_load(page, op);
    return true;
}

/*
 * Does the page still ask what we took? Of a write the value belongs to the
 * question as well: success for a value that was never written would be a lie.
 */
static bool same_question(const struct pci_page *page, const struct pci_op *op)
{
    return LOAD(page->op.cmd) == op->cmd &&
           LOAD(page->op.domain) == op->domain &&
           LOAD(page->op.bus) == op->bus && LOAD(page->op.devfn) == op->devfn &&
           LOAD(page->op.offset) == op->offset &&
           LOAD(page->op.size) == op->size &&
           (op->cmd != PCI_OP_CONF_WRITE || LOAD(page->op.value) == op->value);
}

/*
 * A front that waited two seconds clears the flag by itself, and may post its
 * next request at once. Seen from here, after ring_take() of request A:
 *
 * 1. flag set, header of A: the normal case. Answer.
 * 2. flag clear: A was given up. Writing would garble a request B that the
 *    front is just composing. Write nothing.
 * 3. flag set, header of B: A was given up and B posted. Clearing the flag
 *    would answer B with A's value. Write nothing; B is taken next.
 * 4. as 3, with B's header equal to A's: A's answer is an answer to B.
 * 5. the front gives up between our test and our stores: they may land in B.
 *    Nothing on this wire prevents that; it takes a front that gives up in the
 *    very microsecond of the answer, and it harms only that front.
 */
bool ring_reply(struct pci_page *page, const struct pci_op *op)
{
    if (!flag_is_set(page, PCIF_ACTIVE) || !same_question(page, op))
        return false;

    STORE(page->op.err, op->err);
    STORE(page->op.value, op->value);
    if (op->cmd == PCI_OP_ENABLE_MULTI_MSI)
        STORE(page->op.info, op->info);
    if (op->cmd == PCI_OP_ENABLE_MSIX && op->err == PCI_ERR_SUCCESS) {
        /* Beyond the n vectors asked for this echoes the request. */
        for (size_t i = 0; i < ARRAY_LEN(op->msix); i++)
            STORE(page->op.msix[i].vector, op->msix[i].vector);
    }
    return flag_clear(page, PCIF_ACTIVE);
}

bool ring_front_handles_aer(const struct pci_page *page)
{
    return flag_is_set(page, PCIF_AERHANDLER);
}

void ring_aer_post(struct pci_page *page, const struct pci_aer_op *aer)
{
    STORE(page->aer.cmd, aer->cmd);
    STORE(page->aer.err, aer->err);
    STORE(page->aer.domain, aer->domain);
    STORE(page->aer.bus, aer->bus);
    STORE(page->aer.devfn, aer->devfn);
    flag_set(page, PCIB_ACTIVE);
}

bool ring_aer_collect(const struct pci_page *page, struct pci_aer_op *aer)
{
    if (flag_is_set(page, PCIB_ACTIVE))
        return false;
    aer_load(page, aer);
    return true;
}

void ring_aer_cancel(struct pci_page *page)
{
    (void)flag_clear(page, PCIB_ACTIVE);
}

void ring_post(struct pci_page *page, const struct pci_op *op)
{
    STORE(page->op.cmd, op->cmd);
    STORE(page->op.err, op->err);
    STORE(page->op.domain, op->domain);
    STORE(page->op.bus, op->bus);
    STORE(page->op.devfn, op->devfn);
    STORE(page->op.offset, op->offset);
    STORE(page->op.size, op->size);
    STORE(page->op.value, op->value);
    STORE(page->op.info, op->info);
    for (size_t i = 0; i < ARRAY_LEN(op->msix); i++) {
        STORE(page->op.msix[i].vector, op->msix[i].vector);
        STORE(page->op.msix[i].entry, op->msix[i].entry);
    }
    flag_set(page, PCIF_ACTIVE);
}

bool ring_idle(const struct pci_page *page)
{
    return (LOAD(page->flags) & PCIF_ACTIVE) == 0;
}

bool ring_collect(const struct pci_page *page, struct pci_op *op)
{
    if (flag_is_set(page, PCIF_ACTIVE))
        return false;
    op_load(page, op);
    return true;
}

bool ring_aer_take(const struct pci_page *page, struct pci_aer_op *aer)
{
    if (!flag_is_set(page, PCIB_ACTIVE))
        return false;
    aer_load(page, aer);
    return true;
}

void ring_aer_reply(struct pci_page *page, const struct pci_aer_op *aer)
{
    STORE(page->aer.err, aer->err);
    (void)flag_clear(page, PCIB_ACTIVE);
}

const char *pci_wire_cmd_name(uint32_t cmd)
{
    static const char *const names[] = {
        [PCI_OP_CONF_READ] = "conf_read",
        [PCI_OP_CONF_WRITE] = "conf_write",
        [PCI_OP_ENABLE_MSI] = "enable_msi",
        [PCI_OP_DISABLE_MSI] = "disable_msi",
        [PCI_OP_ENABLE_MSIX] = "enable_msix",
        [PCI_OP_DISABLE_MSIX] = "disable_msix",
        [PCI_OP_AER_DETECTED] = "aer_detected",
        [PCI_OP_AER_RESUME] = "aer_resume",
        [PCI_OP_AER_MMIO] = "aer_mmio",
        [PCI_OP_AER_SLOTRESET] = "aer_slotreset",
        [PCI_OP_ENABLE_MULTI_MSI] = "enable_multi_msi",
    };

    return cmd < ARRAY_LEN(names) ? names[cmd] : "unknown operation";
}

const char *pci_wire_err_name(int32_t err)
{
    switch (err) {
    case PCI_ERR_SUCCESS:
        return "success";
    case PCI_ERR_DEV_NOT_FOUND:
        return "device not found";
    case PCI_ERR_INVALID_OFFSET:
        return "invalid offset";
    case PCI_ERR_ACCESS_DENIED:
        return "access denied";
    case PCI_ERR_NOT_IMPLEMENTED:
        return "not implemented";
    case PCI_ERR_OP_FAILED:
        return "operation failed";
    default:
        return "unknown error";
    }
}
