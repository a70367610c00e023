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
    uint32_t open;    /* loose bits that this owner's knobs open */
    bool blind;       /* the device did not answer, and nothing depends on it */
};

/*
 * Hooks only decide; none sees the plan.
 * check: may the write be made at all? An error refuses the whole access.
 * allow: which bits of this value may reach the device, beyond the masks? A row
 * that has this hook opens edit->open in it or not at all.
 * view: what do the row's shadow bits show afterwards?
 * lost: which bits that the guest wanted to change does it not get?
 * fresh: our copy for a new guest, where it is not simply the snapshot.
 * have: false where the device has nothing that loose could open.
 */
typedef enum pci_wire_err cfg_check(const struct cfgspace *cs,
                                    const struct cfg_edit *edit);
typedef uint32_t cfg_allow(const struct cfgspace *cs,
                           const struct cfg_edit *edit);
typedef uint32_t cfg_view(const struct cfgspace *cs,
                          const struct cfg_edit *edit);
typedef uint32_t cfg_lost(const struct cfgspace *cs,
                          const struct cfg_edit *edit);
typedef uint32_t cfg_fresh(const struct cfgspace *cs, uint16_t offset);
typedef bool cfg_have(const struct cfgspace *cs);

/* Is a write that changes no bit sent all the same? */
enum cfg_send {
    CFG_SEND_CHANGES,
    CFG_SEND_ALWAYS
};

/*
 * Masks are disjoint, but for loose. A bit in no mask: device value, read-only.
 * loose is a part of those bits and of evidence: what permissive or a quirk may
 * open. Bits of evidence are then cleared by writing 1, the others written.
 */
struct cfg_field {
    const char *name;  /* as the specification names it */
    uint16_t offset;   /* from the start of its block */
    uint8_t width;     /* 1, 2 or 4 */
    uint32_t direct;   /* guest writes reach the device */
    uint32_t shadow;   /* guest reads and writes our copy */
    uint32_t clear1;   /* write 1 to clear, in the device */
    uint32_t evidence; /* the same, but the host's: never written 1 */
    uint32_t frozen;   /* guest reads the copy from attach; writes dropped */
    uint32_t keep;     /* reads 0, device value preserved */
    uint32_t zero;     /* reads 0, always written 0 */
    uint32_t loose;    /* what an administrator may open */
    cfg_check *check;
    cfg_allow *allow;
    cfg_view *view;
    cfg_lost *lost;
    cfg_fresh *fresh;
    cfg_have *have;
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
    /* Bytes of it that no row owns are what the maker made of them. */
    bool rest_open;
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

/* Who owns one byte; field NULL if no row does. */
struct cfg_spot {
    const struct cfg_field *field;
    const struct cfg_block *block; /* NULL outside of every block */
    uint16_t base;                 /* of the block in config space */
    uint16_t offset;               /* of the row in config space */
    bool hidden;                   /* belongs to a hidden capability */
    bool rest; /* no row's, and an administrator may open it */
};
struct cfg_spot cfg_find(const struct cfgspace *cs, uint16_t offset);

/*
 * As above, but never without a row: what no row owns gets one that is as wide
 * as alignment, left and its neighbours let it be.
 */
struct cfg_spot cfg_find_row(const struct cfgspace *cs, uint16_t offset,
                             uint8_t left);

/* The bits of a register that this owner's knobs name, whatever is there. */
uint32_t cfg_knob_bits(const struct cfgspace *cs, uint16_t offset,
                       uint8_t width);

/* The bits of a register that some knob could open on this device. */
uint32_t cfg_loose_bits(const struct cfgspace *cs, uint16_t offset,
                        uint8_t width);

/* Numbers off the wire: a width there is, aligned, inside of the space? */
bool cfg_access_ok(const struct cfgspace *cs, int32_t offset, int32_t size);

/* A register of the device, as it is now. */
enum pci_wire_err cfg_device_read(const struct cfgspace *cs, uint16_t offset,
                                  uint8_t size, uint32_t *value);

/* Enter a refusal: bits of value that were not to be had. None: no refusal. */
void cfg_ledger_note(struct cfgspace *cs, const struct cfg_edit *edit,
                     uint32_t bits);

/* Walk both capability chains of the snapshot and bind blocks. */
void cfg_map(struct cfgspace *cs);

/* Read the facts about MSI, MSI-X and power management off the snapshot. */
void cfg_facts(struct cfgspace *cs);

/* Fill our copies: frozen bits always, shadow bits for a new guest. */
void cfg_fill(struct cfgspace *cs, enum cfg_start start);

/* BARs and ROM. */
cfg_allow cfg_bar_allow;
cfg_view cfg_bar_view;
cfg_lost cfg_bar_lost;
cfg_fresh cfg_bar_fresh;
cfg_allow cfg_rom_allow;
cfg_have cfg_rom_have;

/* The chain as the guest walks it: hidden capabilities are stepped over. */
cfg_fresh cfg_chain_head;
cfg_fresh cfg_chain_cap;
cfg_fresh cfg_chain_extcap;

/*
 * A control word of MSI or MSI-X: may it be written? With interrupt control only
 * these bits may change, and none is set while the rival mode is on.
 */
enum pci_wire_err cfg_control_check(const struct cfgspace *cs,
                                    const struct cfg_edit *edit, uint32_t bits,
                                    uint16_t rival, uint32_t rival_enable);

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

/* The bits that this device lets an administrator open. */
static inline uint32_t cfg_field_loose(const struct cfgspace *cs,
                                       const struct cfg_field *f)
{
    return f->have != NULL && !f->have(cs) ? 0 : f->loose;
}

/* Bits at byte offset `from`, as seen from byte offset `to`. At most 3 apart. */
static inline uint32_t bits_move(uint32_t bits, uint16_t from, uint16_t to)
{
    return from >= to ? bits << (8 * (from - to)) : bits >> (8 * (to - from));
}

#endif
