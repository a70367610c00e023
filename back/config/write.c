/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing: cuts an access into rows, applies their masks, asks their hooks.
 * Entered by the worker for every config write and by the broker for every
 * planned one. It knows no register by name and writes no hardware.
 */
#include "bytes.h"
#include "table.h"

/* A 4-byte access cannot touch more rows than it has bytes. */
#define EDITS_MAX 4u

/* The bits of this value that may reach the device as they are. */
static uint32_t edit_direct(const struct cfgspace *cs,
                            const struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;

    if (f->allow != NULL)
        return f->direct | f->allow(cs, edit);
    return f->direct | (edit->open & ~f->evidence);
}

/* The bits that a 1 clears in the device. */
static uint32_t edit_clear1(const struct cfg_edit *edit)
{
    return edit->field->clear1 | (edit->open & edit->field->evidence);
}

/* Does anything about a write to this row depend on the device? */
static bool edit_asks(const struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;

    return (f->direct | f->clear1 | edit->open) != 0 || f->allow != NULL ||
           f->check != NULL;
}

/* What the device holds; where only the ledger would know, it may be blind. */
static enum pci_wire_err edit_look(const struct cfgspace *cs,
                                   struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;
    enum pci_wire_err err;

    if (!edit_asks(edit) && cfg_field_device(f) == 0)
        return PCI_ERR_SUCCESS;
    err = cfg_device_read(cs, edit->offset, f->width, &edit->now);
    if (err == PCI_ERR_SUCCESS || edit_asks(edit))
        return err;
    edit->blind = true;
    return PCI_ERR_SUCCESS;
}

/* The access `w` as the row at `spot` sees it; not checked yet. */
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
    edit->open =
        cfg_field_loose(cs, f) & cfg_knob_bits(cs, edit->offset, f->width);
    err = edit_look(cs, edit);
    edit->seen =
        (copy & cfg_field_copied(f)) | (edit->now & cfg_field_device(f));
    edit->value =
        bits_merge(edit->seen, bits_move(w->value, w->offset, spot->offset),
                   edit->touched);
    return err;
}

static enum pci_wire_err edit_check(const struct cfgspace *cs,
                                    const struct cfg_edit *edit)
{
    return edit->field->check != NULL ? edit->field->check(cs, edit)
                                      : PCI_ERR_SUCCESS;
}

/* The bits that a guest wants to have otherwise. A 0 for evidence is no wish. */
static uint32_t edit_wish(const struct cfg_edit *edit)
{
    uint32_t evidence = edit->field->evidence;
    uint32_t wish = ((edit->value ^ edit->seen) & ~evidence) |
                    (edit->value & edit->seen & evidence);

    return edit->blind ? 0 : wish & edit->touched;
}

static uint32_t edit_lost(const struct cfgspace *cs,
                          const struct cfg_edit *edit)
{
    const struct cfg_field *f = edit->field;

    if (f->lost != NULL)
        return f->lost(cs, edit);
    return edit_wish(edit) &
           ~(edit_direct(cs, edit) | edit_clear1(edit) | f->shadow);
}

/* All of the value if the very write is what was refused. */
static void note_refused(struct cfgspace *cs, const struct cfg_edit *edit)
{
    uint32_t wish = edit_wish(edit);

    cfg_ledger_note(cs, edit, wish != 0 ? wish : edit->value & edit->touched);
}

/* Nothing has changed yet when a row refuses: decide all, then commit all. */
static enum pci_wire_err decide(struct cfgspace *cs, const struct cfg_write *w,
                                struct cfg_edit edits[EDITS_MAX],
                                unsigned int *count)
{
    uint16_t at = w->offset;
    uint16_t end = (uint16_t)(w->offset + w->size);
    enum pci_wire_err err;

    *count = 0;
    while (at < end) {
        struct cfg_spot spot = cfg_find_row(cs, at, (uint8_t)(end - at));
        struct cfg_edit *edit = &edits[*count];

        err = edit_make(cs, &spot, w, edit);
        if (err != PCI_ERR_SUCCESS)
            return err;
        err = edit_check(cs, edit);
        if (err != PCI_ERR_SUCCESS) {
            note_refused(cs, edit);
            return err;
        }
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
    uint32_t clear1 = edit_clear1(edit);
    uint32_t rest = edit->now & ~(f->clear1 | f->evidence | f->zero);
    uint32_t value = bits_merge(rest, edit->value, direct) |
                     (edit->value & edit->touched & clear1);

    if ((direct | clear1) == 0 ||
        (value == rest && f->send == CFG_SEND_CHANGES))
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
    if (!cfg_access_ok(cs, offset, size))
        return PCI_ERR_INVALID_OFFSET;
    w.offset = (uint16_t)offset;
    w.size = (uint8_t)size;
    w.value = value & bytes_mask(w.size);
    err = decide(cs, &w, edits, &count);
    if (err != PCI_ERR_SUCCESS)
        return err;
    for (unsigned int i = 0; i < count; i++) {
        cfg_ledger_note(cs, &edits[i], edit_lost(cs, &edits[i]));
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
    const struct cfg_field *f;
    struct cfg_spot spot;
    struct cfg_edit edit;
    uint32_t open, zero;

    if (!cfg_access_ok(cs, w->offset, w->size))
        return false;
    spot = cfg_find_row(cs, w->offset, w->size);
    f = spot.field;
    if (spot.offset != w->offset || f->width != w->size)
        return false;
    if (edit_make(cs, &spot, w, &edit) != PCI_ERR_SUCCESS ||
        edit_check(cs, &edit) != PCI_ERR_SUCCESS)
        return false;
    open = edit_direct(cs, &edit) | edit_clear1(&edit);
    zero = (f->zero | f->evidence) & ~open;
    if (open == 0 || (w->value & zero) != 0)
        return false;
    return ((w->value ^ edit.now) & ~(zero | open)) == 0;
}
