/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine: cuts an access into rows, applies their masks, asks their hooks.
 * Entered by the worker for every config request and by the broker for every
 * planned write. It knows no register by name and writes no hardware.
 */
#include <errno.h>

#include "bytes.h"
#include "table.h"

/* A 4-byte access cannot touch more rows than it has bytes. */
#define EDITS_MAX 4u

/*
 * Host errno to wire, total. The guest learns only whether the device is gone:
 * stock fronts turn the one into DEVICE_NOT_FOUND and the other into
 * BAD_REGISTER_NUMBER, and no raw errno may leak into this error space.
 */
static enum pci_wire_err wire_from_errno(int ret)
{
    switch (ret) {
    case 0:
        return PCI_ERR_SUCCESS;
    case -ENODEV:
        return PCI_ERR_DEV_NOT_FOUND;
    default:
        return PCI_ERR_OP_FAILED;
    }
}

static enum pci_wire_err hw_read(const struct cfgspace *cs, uint16_t offset,
                                 uint8_t size, uint32_t *value)
{
    return wire_from_errno(cs->hw.read(cs->hw.ctx, offset, size, value));
}

static bool access_ok(const struct cfgspace *cs, int32_t offset, int32_t size)
{
    if (size != 1 && size != 2 && size != 4)
        return false;
    return offset >= 0 && offset % size == 0 &&
           bytes_inside((uint32_t)offset, (uint32_t)size, cs->params.size);
}

/* Of one byte: the bits that come from our copy and from the device. */
static void byte_sources(const struct cfgspace *cs, uint16_t offset,
                         uint8_t *copied, uint8_t *device)
{
    struct cfg_spot spot = cfg_find(cs, offset);
    unsigned int shift = 8u * (unsigned int)(offset - spot.offset);

    *copied = 0;
    *device = spot.hidden ? 0 : 0xff;
    if (spot.field == NULL)
        return;
    *copied = (uint8_t)(cfg_field_copied(spot.field) >> shift);
    *device = (uint8_t)(cfg_field_device(spot.field) >> shift);
}

enum pci_wire_err cfgspace_read(struct cfgspace *cs, int32_t offset,
                                int32_t size, uint32_t *value)
{
    uint32_t copy = 0, mask = 0, raw = 0;
    enum pci_wire_err err;

    *value = 0;
    if (!access_ok(cs, offset, size))
        return PCI_ERR_INVALID_OFFSET;
    for (int32_t i = 0; i < size; i++) {
        uint16_t at = (uint16_t)(offset + i);
        uint8_t copied, device;

        byte_sources(cs, at, &copied, &device);
        copy |= (uint32_t)(cs->shadow->bytes[at] & copied) << (8 * i);
        mask |= (uint32_t)device << (8 * i);
    }
    if (mask != 0) {
        err = hw_read(cs, (uint16_t)offset, (uint8_t)size, &raw);
        if (err != PCI_ERR_SUCCESS)
            return err;
    }
    *value = copy | (raw & mask);
    return PCI_ERR_SUCCESS;
}

/* Bits at byte offset `from`, as seen from byte offset `to`. At most 3 apart. */
static uint32_t bits_move(uint32_t bits, uint16_t from, uint16_t to)
{
    return from >= to ? bits << (8 * (from - to)) : bits >> (8 * (to - from));
}

/* The bits of this value that may reach the device as they are. */
static uint32_t edit_direct(const struct cfgspace *cs,
                            const struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;

    return f->direct | (f->allow != NULL ? f->allow(cs, edit) : 0);
}

/* Does anything about a write to this row depend on the device? */
static bool field_asks(const struct cfg_field *f)
{
    return f->direct != 0 || f->clear1 != 0 || f->allow != NULL ||
           f->check != NULL;
}

/* The access `w` as the row at `spot` sees it. */
static enum pci_wire_err edit_make(const struct cfgspace *cs,
                                   const struct cfg_spot *spot,
                                   const struct cfg_write *w,
                                   struct cfg_edit *edit)
{
    const struct cfg_field *f = spot->field;
    uint32_t row = bytes_mask(f->width);
    uint32_t copy = le_load(&cs->shadow->bytes[spot->offset], f->width);
    enum pci_wire_err err;

    *edit = (struct cfg_edit){ .field = f, .offset = spot->offset };
    edit->touched =
        bits_move(bytes_mask(w->size), w->offset, spot->offset) & row;
    if (field_asks(f)) {
        err = hw_read(cs, spot->offset, f->width, &edit->now);
        if (err != PCI_ERR_SUCCESS)
            return err;
    }
    edit->seen =
        (copy & cfg_field_copied(f)) | (edit->now & cfg_field_device(f));
    edit->value =
        bits_merge(edit->seen, bits_move(w->value, w->offset, spot->offset),
                   edit->touched);
    return f->check != NULL ? f->check(cs, edit) : PCI_ERR_SUCCESS;
}

/* Nothing has changed yet when a row refuses: decide all, then commit all. */
static enum pci_wire_err decide(const struct cfgspace *cs,
                                const struct cfg_write *w,
                                struct cfg_edit edits[EDITS_MAX],
                                unsigned int *count)
{
    uint16_t at = w->offset;
    uint16_t end = (uint16_t)(w->offset + w->size);
    enum pci_wire_err err;

    *count = 0;
    while (at < end) {
        struct cfg_spot spot = cfg_find(cs, at);

        if (spot.field == NULL) {
            at++;
            continue;
        }
        err = edit_make(cs, &spot, w, &edits[*count]);
        if (err != PCI_ERR_SUCCESS)
            return err;
        (*count)++;
        at = (uint16_t)(spot.offset + spot.field->width);
    }
    return PCI_ERR_SUCCESS;
}

/* What the device must be told: whole rows, read-only bits as they are. */
static void commit_device(const struct cfgspace *cs,
                          const struct cfg_edit *edit, struct cfg_plan *plan)
{
    const struct cfg_field *f = edit->field;
    uint32_t direct = edit_direct(cs, edit);
    uint32_t clear = edit->value & edit->touched & f->clear1;
    uint32_t rest = edit->now & ~(f->clear1 | f->zero);
    uint32_t value = bits_merge(rest, edit->value, direct) | clear;

    if (value == rest && f->send == CFG_SEND_CHANGES)
        return;
    plan->writes[plan->count++] = (struct cfg_write){
        .offset = edit->offset,
        .size = f->width,
        .value = value,
    };
}

static void commit_shadow(struct cfgspace *cs, const struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;
    uint8_t *copy = &cs->shadow->bytes[edit->offset];
    uint32_t view;

    view = f->view != NULL ? f->view(cs, edit) : edit->value;
    le_store(copy, f->width,
             bits_merge(le_load(copy, f->width), view, f->shadow));
}

enum pci_wire_err cfgspace_write(struct cfgspace *cs, int32_t offset,
                                 int32_t size, uint32_t value,
                                 struct cfg_plan *plan)
{
    struct cfg_edit edits[EDITS_MAX];
    struct cfg_write w;
    unsigned int count;
    enum pci_wire_err err;

    plan->count = 0;
    if (!access_ok(cs, offset, size))
        return PCI_ERR_INVALID_OFFSET;
    w.offset = (uint16_t)offset;
    w.size = (uint8_t)size;
    w.value = value & bytes_mask(w.size);
    err = decide(cs, &w, edits, &count);
    if (err != PCI_ERR_SUCCESS)
        return err;
    for (unsigned int i = 0; i < count; i++) {
        commit_device(cs, &edits[i], plan);
        commit_shadow(cs, &edits[i]);
    }
    return PCI_ERR_SUCCESS;
}

/*
 * The engine plans whole rows and nothing else, so anything else is a lie. A
 * row without one open bit is refused even if no bit would change: writing a
 * register back can clear status bits in it or start something.
 */
bool cfgspace_permits(struct cfgspace *cs, const struct cfg_write *w)
{
    struct cfg_spot spot;
    struct cfg_edit edit;
    uint32_t direct, changed;

    if (!access_ok(cs, w->offset, w->size))
        return false;
    spot = cfg_find(cs, w->offset);
    if (spot.field == NULL || spot.offset != w->offset ||
        spot.field->width != w->size)
        return false;
    if (edit_make(cs, &spot, w, &edit) != PCI_ERR_SUCCESS)
        return false;
    direct = edit_direct(cs, &edit);
    if ((direct | spot.field->clear1) == 0 ||
        (w->value & spot.field->zero) != 0)
        return false;
    changed = (w->value ^ edit.now) & ~spot.field->zero;
    return (changed & ~(direct | spot.field->clear1)) == 0;
}
