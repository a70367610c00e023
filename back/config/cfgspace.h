/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest sees of, and may do to, its device's configuration space.
 *
 * A register is a row of a const table; a row says, bit by bit, what the guest
 * may do; the engine is generic; hooks only decide. Nothing here performs I/O:
 * reads go through the cfg_hw given, a write yields a *plan* of hardware writes
 * that somebody else carries out. The worker plans; the broker, which alone may
 * write, checks each planned write against the same tables (cfgspace_permits)
 * before it does.
 *
 * Context: single-threaded per cfgspace; no allocation; never blocks except in
 * cfg_hw.read.
 */
#ifndef BACK_CONFIG_CFGSPACE_H
#define BACK_CONFIG_CFGSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "quirk.h"
#include "ring.h"

#define CFG_SIZE_MAX   4096u
#define CFG_BARS       7u  /* 0-5, and 6 the expansion ROM */
#define CFG_CAPS_MAX   64u /* a longer chain is cut: hostile hardware loops */
#define CFG_PLAN_MAX   4u
#define CFG_QUIRKS_MAX 16u
#define CFG_LEDGER_MAX 64u

enum cfg_bar_kind {
    CFG_BAR_NONE,
    CFG_BAR_MEM32,
    CFG_BAR_MEM64,
    CFG_BAR_IO,
    CFG_BAR_ROM
};

struct cfg_bar {
    enum cfg_bar_kind kind;
    bool prefetch;
    uint64_t base; /* host resource: what the guest reads; never the hardware */
    uint64_t size; /* power of two */
};

/*
 * What an administrator allows beyond the tables; per owner, never sticky. No
 * knob opens what the tables keep for the host: BARs, ids, decode bits, links
 * of a capability chain, anything of MSI and MSI-X but what interrupt_control
 * names.
 */
struct cfg_knobs {
    bool permissive;        /* every bit that the tables do not keep */
    bool interrupt_control; /* MSI and MSI-X enable, MSI-X mask-all and INTx
                               disable (a device model in a stub domain) */
    bool no_power;          /* the guest may not change the power state */
    uint8_t nquirks;
    struct quirk quirks[CFG_QUIRKS_MAX];
};

/* What is fixed about a device for one owner. Plain data: travels in messages. */
struct cfg_params {
    uint16_t size;   /* 256 or 4096 */
    uint16_t vendor; /* as the host knows them: right for VFs too */
    uint16_t device;
    uint8_t irq_line; /* the guest's pirq for INTx, 0 if none */
    struct cfg_knobs knobs;
    struct cfg_bar bars[CFG_BARS];
};

/* Writes of one register that were refused or dropped. */
struct cfg_denied {
    uint16_t offset; /* aligned to size */
    uint8_t size;    /* 1, 2 or 4 */
    uint8_t pad;
    uint32_t value; /* the last one */
    uint32_t bits;  /* that a guest wanted to change and could not, ever */
    uint32_t count;
};

/* The worker keeps it where the broker can see it; see cfgspace_ledger(). */
struct cfg_ledger {
    uint32_t used;
    uint32_t lost; /* refusals of registers that found no place below */
    struct cfg_denied rows[CFG_LEDGER_MAX];
};

/*
 * Guest-visible values that differ from the device, and what was refused: no
 * pointers, so that it can live in memory that outlives the process.
 */
struct cfg_shadow {
    uint8_t bytes[CFG_SIZE_MAX];
    struct cfg_ledger ledger;
};

/* A device's registers, or a fake's. 0 or a negative errno. */
struct cfg_hw {
    int (*read)(void *ctx, uint16_t offset, uint8_t size, uint32_t *value);
    void *ctx;
};

struct cfg_write {
    uint16_t offset; /* aligned to size */
    uint8_t size;    /* 1, 2 or 4 */
    uint32_t value;
};

struct cfg_plan {
    unsigned int count;
    struct cfg_write writes[CFG_PLAN_MAX];
};

struct cfg_block; /* table.h */

/* A capability that was found at attach; never looked up again (XSA-337). */
struct cfg_cap {
    uint16_t id;
    uint16_t offset;
    uint16_t length; /* bytes that its block owns */
    bool extended;
    bool hidden; /* from this owner */
    const struct cfg_block *block;
};

/* Facts about MSI and MSI-X, read once from the snapshot and checked. */
struct cfg_msi {
    uint16_t msi_control;  /* offset of the control word; 0: no MSI */
    uint16_t msi_messages; /* that the device can tell apart: 1, 2, ... 32 */
    uint16_t msix_control; /* 0: no MSI-X */
    uint16_t msix_entries; /* table size, 1 to 2048 */
    uint8_t msix_bir;      /* BAR of the table, 0 to 5 */
    uint32_t msix_table;   /* offset of the table in that BAR */
    uint32_t msix_pba;
    uint8_t msix_pba_bir; /* CFG_BAR_NOWHERE if the device's is nonsense */
};
#define CFG_BAR_NOWHERE 0xffu

struct cfgspace {
    struct cfg_params params;
    struct cfg_shadow *shadow; /* the caller's memory */
    struct cfg_hw hw;
    uint8_t snapshot[CFG_SIZE_MAX]; /* the device as it was at attach */
    unsigned int ncaps;
    struct cfg_cap caps[CFG_CAPS_MAX];
    struct cfg_msi msi;
    uint16_t pm_control; /* offset of PMCSR; 0: no power management */
};

/*
 * Does the snapshot belong to a device a guest can own? -ENODEV: all-ones;
 * -ENOTSUP: header type is not 0; -EINVAL: size is neither 256 nor 4096; 0 if
 * fine, and then *why is untouched. Otherwise *why gets a sentence.
 */
MUST_USE int cfgspace_check_device(const uint8_t *snapshot, uint16_t size,
                                   const char **why);

/*
 * Set up for one owner. With fresh, the shadow is initialised (a new guest
 * never inherits the last one's view); without, it is taken as found (a
 * restarted process continues). The snapshot is copied.
 */
enum cfg_start {
    CFG_FRESH,
    CFG_CONTINUE
};
void cfgspace_init(struct cfgspace *cs, const struct cfg_params *params,
                   const uint8_t *snapshot, struct cfg_shadow *shadow,
                   struct cfg_hw hw, enum cfg_start start);

/*
 * offset and size as they came off the wire: signed, unchecked. A device that
 * is gone (-ENODEV) answers PCI_ERR_DEV_NOT_FOUND, any other failure of
 * cfg_hw.read PCI_ERR_OP_FAILED; the value is then 0. What the guest can only
 * know from attach time is answered without cfg_hw.read.
 */
enum pci_wire_err cfgspace_read(struct cfgspace *cs, int32_t offset,
                                int32_t size, uint32_t *value);

/*
 * Decide a guest's write. On PCI_ERR_SUCCESS the plan holds what the hardware
 * must be told, in order (possibly nothing: dropped writes succeed), and the
 * shadow has changed. What was dropped or refused is in the ledger.
 */
enum pci_wire_err cfgspace_write(struct cfgspace *cs, int32_t offset,
                                 int32_t size, uint32_t value,
                                 struct cfg_plan *plan);

/*
 * The broker's own check of one planned write: false unless every bit that it
 * would change (read through hw now) is one the tables let a guest change.
 */
MUST_USE bool cfgspace_permits(struct cfgspace *cs, const struct cfg_write *w);

/*
 * Does this quirk open at least one bit on this device? If not, *why gets a
 * sentence without a full stop.
 */
MUST_USE bool cfgspace_quirk_ok(const struct cfgspace *cs,
                                const struct quirk *q, const char **why);

/*
 * The bits of a register (of 1, 2 or 4 bytes, aligned) that this owner's knobs
 * open and that keep what is written to them: what an owner may leave behind.
 */
uint32_t cfgspace_opened(const struct cfgspace *cs, uint16_t offset,
                         uint8_t size);

/*
 * A checked copy of the ledger: the worker, which writes it, is not trusted, so
 * rows that make no sense are left out. May be called while it is written to;
 * a row may then be half new.
 */
void cfgspace_ledger(const struct cfgspace *cs, struct cfg_ledger *out);

/* A refusal in words. */
struct cfg_explained {
    char name[80];      /* "Device Control (PCI Express + 0x8)" */
    const char *reason; /* static; why it was refused */
    struct quirk quirk; /* the smallest that would do; size 0: none */
};
void cfgspace_explain(const struct cfgspace *cs,
                      const struct cfg_denied *denied,
                      struct cfg_explained *out);

/* The guest's own view of memory decode, needed before MSI-X (XSA-157). */
bool cfgspace_memory_enabled(const struct cfgspace *cs);

#endif
