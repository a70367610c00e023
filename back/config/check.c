/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a block well formed? Run over every block by the unit tests, so that a
 * mistake in a table fails the build and not a guest.
 */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

static bool masks_disjoint(const struct cfg_field *f)
{
    const uint32_t masks[] = { f->direct, f->shadow, f->clear1, f->evidence,
                               f->frozen, f->keep,   f->zero };
    uint32_t seen = 0;

    for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
        if (seen & masks[i])
            return false;
        seen |= masks[i];
    }
    return true;
}

static bool masks_fit(const struct cfg_field *f)
{
    uint32_t all =
        f->direct | f->shadow | f->clear1 | f->frozen | f->keep | f->zero;

    all |= f->evidence | f->loose;
    return (all & ~bytes_mask(f->width)) == 0;
}

/* Only what is read-only without it can be opened. */
static bool loose_fits(const struct cfg_field *f)
{
    return (f->loose & (f->direct | f->shadow | f->clear1 | f->frozen |
                        f->keep | f->zero)) == 0;
}

/* Is this anything but a register that reads as the device, or as it was? */
static bool field_departs(const struct cfg_field *f)
{
    return (f->direct | f->shadow | f->clear1 | f->evidence | f->keep |
            f->zero | f->loose) != 0 ||
           f->allow != NULL || f->check != NULL;
}

/* Bits of the header that no knob opens: PCI 3.0 6.2, XSA-120. */
struct kept {
    uint16_t offset;
    uint8_t width;
    uint32_t mask;
};

static const struct kept kept[] = {
    { PCI_VENDOR_ID, 4, 0xffffffff },
    { PCI_COMMAND, 2,
      PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE },
    { PCI_REVISION_ID, 4, 0xffffffff },
    { PCI_LATENCY_TIMER, 1, 0xff },
    { PCI_HEADER_TYPE, 1, 0xff },
    { PCI_BAR0, 4, 0xffffffff },
    { PCI_BAR0 + 4, 4, 0xffffffff },
    { PCI_BAR0 + 8, 4, 0xffffffff },
    { PCI_BAR0 + 12, 4, 0xffffffff },
    { PCI_BAR0 + 16, 4, 0xffffffff },
    { PCI_BAR0 + 20, 4, 0xffffffff },
    { PCI_SUBSYSTEM_VENDOR_ID, 4, 0xffffffff },
    { PCI_ROM_ADDRESS, 4, 0xffffffff & ~PCI_ROM_ENABLE },
    { PCI_CAPABILITY_LIST, 1, 0xff },
    { PCI_INTERRUPT_LINE, 1, 0xff },
};

/* What a row lets a guest's bits through to, with every knob there is. */
static uint32_t field_reach(const struct cfg_field *f)
{
    return f->direct | f->clear1 | f->loose;
}

static bool header_kept(const struct cfg_field *f)
{
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        const struct kept *k = &kept[i];

        if (bytes_overlap(f->offset, f->width, k->offset, k->width) &&
            (field_reach(f) & bits_move(k->mask, k->offset, f->offset)) != 0)
            return false;
    }
    return true;
}

/* XSA-128, XSA-129: Xen's, whatever an administrator says. */
static bool interrupts_kept(const struct cfg_block *b,
                            const struct cfg_field *f)
{
    bool msi = b->where == CFG_IN_CAP &&
               (b->id == PCI_CAP_ID_MSI || b->id == PCI_CAP_ID_MSIX);

    return !msi || (field_reach(f) == 0 && !b->rest_open);
}

static const char *field_fault(const struct cfg_field *f)
{
    if (f->name == NULL || f->name[0] == '\0')
        return "a row has no name";
    if (f->width != 1 && f->width != 2 && f->width != 4)
        return "a row's width is not 1, 2 or 4";
    if (f->offset % f->width != 0)
        return "a row is not aligned to its width";
    if (!masks_fit(f))
        return "a row's masks are wider than the row";
    if (!masks_disjoint(f))
        return "a row's masks overlap";
    if (f->spec == NULL)
        return "a row cites no specification";
    if (!loose_fits(f))
        return "a row opens bits that are not read-only";
    if (field_departs(f) && f->reason == NULL)
        return "a row departs from read-only and gives no reason";
    if (f->view != NULL && f->shadow == 0)
        return "a row has a view but no shadow bits";
    if (f->send == CFG_SEND_ALWAYS && f->direct == 0)
        return "a row is always sent but nothing of it is direct";
    if (f->fresh != NULL && cfg_field_copied(f) == 0)
        return "a row has a fresh value but no copied bits";
    return NULL;
}

/* PCI 3.0 6.7, PCIe 6.0 7.6.3: no guest ever writes a link of a chain. */
static bool starts_with_header(const struct cfg_block *b)
{
    const struct cfg_field *f = &b->fields[0];
    uint8_t width = b->where == CFG_IN_EXTCAP ? 4 : 2;

    return b->where == CFG_IN_HEADER ||
           (f->offset == 0 && f->width == width && f->fresh != NULL &&
            f->frozen == bytes_mask(width));
}

/* Only capabilities can be hidden, and a reader is told why. */
static const char *visibility_fault(const struct cfg_block *b)
{
    if (b->spec == NULL)
        return "the block cites no specification";
    if (b->visibility == CFG_SHOWN)
        return b->where == CFG_IN_HEADER && b->rest_open
                   ? "reserved bytes of the header are open"
                   : NULL;
    if (b->reason == NULL)
        return "a block is not shown and gives no reason";
    if (b->where == CFG_IN_HEADER)
        return "the header is not shown";
    /* What is behind the header of such a block has no rows to guard it. */
    if (b->nfields != 1)
        return "a block is not shown and has rows";
    return b->rest_open == (b->visibility == CFG_ON_REQUEST)
               ? NULL
               : "a block is open that nobody may ask for, or the reverse";
}

static const char *block_fault(const struct cfg_block *b)
{
    uint32_t space = b->where == CFG_IN_HEADER ? PCI_CONFIG_HEADER
                     : b->where == CFG_IN_CAP
                         ? PCI_CONFIG_SIZE - PCI_CONFIG_HEADER
                         : PCI_CONFIG_SIZE_EXT - PCI_CONFIG_SIZE;
    uint32_t end = 0;

    if (b->name == NULL)
        return "the block has no name";
    if (b->fields == NULL || b->nfields == 0)
        return "the block has no rows";
    for (size_t i = 0; i < b->nfields; i++) {
        const struct cfg_field *f = &b->fields[i];
        const char *fault = field_fault(f);

        if (fault != NULL)
            return fault;
        if ((b->where == CFG_IN_HEADER && !header_kept(f)) ||
            !interrupts_kept(b, f))
            return "a row opens bits that are kept for the host";
        if (f->offset < end)
            return "rows overlap or are not sorted";
        end = (uint32_t)f->offset + f->width;
        if (end > space)
            return "a row lies outside of its space";
    }
    return starts_with_header(b) ? visibility_fault(b)
                                 : "the first row is not the frozen header";
}

bool cfg_block_ok(const struct cfg_block *block, const char **why)
{
    const char *fault = block_fault(block);

    if (fault != NULL)
        *why = fault;
    return fault == NULL;
}
