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

/*
 * A capability that is not shown is unlinked from its chain and reads as zero.
 * On request: shown to a guest whose knobs open something in it.
 */
enum cfg_visibility {
    CFG_SHOWN,
    CFG_ON_REQUEST,
    CFG_HIDDEN
};

/* Registers that come and go together: the header, or one capability. */
struct cfg_block {
    const char *name;
    enum cfg_where where;
    enum cfg_visibility visibility;
    uint16_t id;
    /* Bytes of it that no row owns are what the maker made of them. */
    bool rest_open;
    /* A device may have more than one of it. */
    bool many;
    const struct cfg_field *fields;
    size_t nfields;
    /*
     * Bytes that an instance at base occupies, whatever the rows say; 0: all
     * until the next capability. Rows that lie beyond are not there.
     */
    uint16_t bytes;
    uint16_t (*length)(const uint8_t *snapshot, uint16_t base); /* or NULL */
    uint16_t least;     /* that will do if there is no room for so many */
    const char *reason; /* why it is not shown, or what is odd about it */
    const char *spec;
};

/* Blocks that others must know by name. */
extern const struct cfg_block cfg_block_header;
extern const struct cfg_block cfg_block_pm;
extern const struct cfg_block cfg_block_vpd;
extern const struct cfg_block cfg_block_msi;
extern const struct cfg_block cfg_block_msix;
extern const struct cfg_block cfg_block_pcie;
/* No table knows them; they come twice, or have no room where they are. */
extern const struct cfg_block cfg_block_other_cap;
extern const struct cfg_block cfg_block_other_extcap;
extern const struct cfg_block cfg_block_misfit_cap;
extern const struct cfg_block cfg_block_misfit_extcap;

/* The other blocks by the file, each list ended by one without a name. */
extern const struct cfg_block cfg_blocks_plain[];
extern const struct cfg_block cfg_blocks_hidden[];
extern const struct cfg_block cfg_blocks_aer[];
extern const struct cfg_block cfg_blocks_link[];
extern const struct cfg_block cfg_blocks_vendor[];
extern const struct cfg_block cfg_blocks_exthidden[];

static inline uint16_t cfg_block_length(const struct cfg_block *b,
                                        const uint8_t *snapshot, uint16_t base)
{
    return b->length != NULL ? b->length(snapshot, base) : b->bytes;
}

/* All blocks in the order of the documentation; NULL beyond the last. */
const struct cfg_block *cfg_block_nth(size_t n);

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

/* What an empty place in the chain reads as: only the way on. */
extern const struct cfg_field cfg_null_row;

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

#define CFG_EXTCAP_HEADER                                              \
    {                                                                  \
        .name = "Extended Capability Header", .offset = 0, .width = 4, \
        .frozen = 0xffffffff, .fresh = cfg_chain_extcap,               \
        .reason = "the chain walked at attach is the chain (XSA-337)", \
        .spec = "PCIe 6.0 7.6.3",                                      \
    }

/* A row that a guest can only read, from the device or as it was at attach. */
#define CFG_READ_ONLY(what, at, bytes, section)                              \
    {                                                                        \
        .name = (what), .offset = (at), .width = (bytes), .spec = (section), \
    }
#define CFG_FROZEN(what, at, bytes, section)                            \
    {                                                                   \
        .name = (what), .offset = (at), .width = (bytes),               \
        .frozen = 0xffffffffu >> (32 - 8 * (bytes)), .spec = (section), \
    }

/* Rows and their number, as a block has them. */
#define CFG_ROWS(rows) .fields = (rows), .nfields = ARRAY_LEN(rows)

/* Bytes of the snapshot; 0 beyond its end, where a hostile base may point. */
static inline uint32_t cfg_snap(const uint8_t *snapshot, uint32_t offset,
                                uint8_t size)
{
    return bytes_inside(offset, size, CFG_SIZE_MAX)
               ? le_load(&snapshot[offset], size)
               : 0;
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
