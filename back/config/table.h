/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a register is described: a row that says, bit by bit, what the guest may
 * do. Rows are const data; check.c proves that they are well formed; access.c
 * is the only code that interprets them. Private to back/config and its tests.
 */
#ifndef BACK_CONFIG_TABLE_H
#define BACK_CONFIG_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "cfgspace.h"

struct cfg_field;

/* One write as one row sees it. Bits are in the row's own place. */
struct cfg_edit {
    const struct cfg_field *field;
    uint16_t offset;  /* of the row in config space */
    uint32_t touched; /* bits in bytes that the guest writes */
    uint32_t seen;    /* what the guest would read now */
    uint32_t now;     /* what the device holds now; 0 if nobody asks */
    uint32_t value;   /* the guest's bytes over seen */
};

/*
 * Hooks only decide: they are pure and see neither the device nor the plan.
 * check: may the write be made at all? An error refuses the whole access.
 * allow: which bits of this value may reach the device, beyond the masks?
 * view: what do the row's shadow bits show afterwards?
 * fresh: our copy for a new guest, where it is not simply the snapshot.
 */
typedef enum pci_wire_err cfg_check(const struct cfgspace *cs,
                                    const struct cfg_edit *edit);
typedef uint32_t cfg_allow(const struct cfgspace *cs,
                           const struct cfg_edit *edit);
typedef uint32_t cfg_view(const struct cfgspace *cs,
                          const struct cfg_edit *edit);
typedef uint32_t cfg_fresh(const struct cfgspace *cs, uint16_t offset);

/* Is a write that changes no bit sent all the same? */
enum cfg_send {
    CFG_SEND_CHANGES,
    CFG_SEND_ALWAYS
};

/* Masks are disjoint. A bit in no mask: device value, read-only. */
struct cfg_field {
    const char *name; /* as the specification names it */
    uint16_t offset;  /* from the start of its block */
    uint8_t width;    /* 1, 2 or 4 */
    uint32_t direct;  /* guest writes reach the device */
    uint32_t shadow;  /* guest reads and writes our copy */
    uint32_t clear1;  /* write 1 to clear, in the device */
    uint32_t frozen;  /* guest reads the copy from attach; writes dropped */
    uint32_t keep;    /* reads 0, device value preserved */
    uint32_t zero;    /* reads 0, always written 0 */
    cfg_check *check;
    cfg_allow *allow;
    cfg_view *view;
    cfg_fresh *fresh;
    enum cfg_send send;
    const char *reason; /* why the row departs from plain read-only */
    const char *spec;   /* "PCI 3.0 6.2.3", "PCIe 6.0 7.5.3.4", ... */
};

enum cfg_where {
    CFG_IN_HEADER,
    CFG_IN_CAP,
    CFG_IN_EXTCAP
};

/* A hidden block is unlinked from its chain and reads as zero. */
enum cfg_visibility {
    CFG_SHOWN,
    CFG_HIDDEN
};

/* Registers that come and go together: the header, or one capability. */
struct cfg_block {
    const char *name;
    enum cfg_where where;
    enum cfg_visibility visibility;
    uint16_t id;
    const struct cfg_field *fields;
    size_t nfields;
    /* Bytes that an instance at base occupies, whatever the rows say. */
    uint16_t (*length)(const uint8_t *snapshot, uint16_t base);
};

/* The header of every function; the known capabilities; the rest. */
extern const struct cfg_block cfg_block_header;
extern const struct cfg_block cfg_block_pm;
extern const struct cfg_block cfg_block_vpd;
extern const struct cfg_block cfg_block_msi;
extern const struct cfg_block cfg_block_msix;
extern const struct cfg_block cfg_block_pcie;
extern const struct cfg_block cfg_block_other_cap;
extern const struct cfg_block cfg_block_other_extcap;

extern const struct cfg_block *const cfg_blocks[];
extern const size_t cfg_nblocks;

/* The block that knows this capability, else the one for the unknown. */
const struct cfg_block *cfg_block_for(enum cfg_where where, uint16_t id);

/* Is a block well formed? If not, *why gets a sentence. */
MUST_USE bool cfg_block_ok(const struct cfg_block *block, const char **why);

/* The row and its place that own one byte; field NULL if no row does. */
struct cfg_spot {
    const struct cfg_field *field;
    uint16_t offset; /* of the row in config space */
    bool hidden;     /* the byte belongs to a hidden capability */
};
struct cfg_spot cfg_find(const struct cfgspace *cs, uint16_t offset);

/* Walk both capability chains of the snapshot and bind blocks. */
void cfg_map(struct cfgspace *cs);

/* Read the facts about MSI, MSI-X and power management off the snapshot. */
void cfg_facts(struct cfgspace *cs);

/* Fill our copies: frozen bits always, shadow bits for a new guest. */
void cfg_fill(struct cfgspace *cs, enum cfg_start start);

/* BARs and ROM. */
cfg_allow cfg_bar_allow;
cfg_view cfg_bar_view;
cfg_fresh cfg_bar_fresh;

/* The chain as the guest walks it: hidden capabilities are stepped over. */
cfg_fresh cfg_chain_head;
cfg_fresh cfg_chain_cap;
cfg_fresh cfg_chain_extcap;

/* For control words that only the interrupt operations may change. */
cfg_check cfg_refuse_change;

/* The first row of every capability: its place in the chain. */
#define CFG_CAP_HEADER                                                     \
    {                                                                      \
        .name = "Capability ID and Next Pointer", .offset = 0, .width = 2, \
        .frozen = 0xffff, .fresh = cfg_chain_cap,                          \
        .reason = "the chain walked at attach is the chain (XSA-337)",     \
        .spec = "PCI 3.0 6.7",                                             \
    }

/* The bits whose value is ours and not the device's. */
static inline uint32_t cfg_field_copied(const struct cfg_field *f)
{
    return f->frozen | f->shadow;
}

/* The bits that a read must fetch from the device. */
static inline uint32_t cfg_field_device(const struct cfg_field *f)
{
    return bytes_mask(f->width) & ~(f->frozen | f->shadow | f->keep | f->zero);
}

#endif
