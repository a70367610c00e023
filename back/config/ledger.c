/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ledger of denied writes: one line a register, kept by the worker in
 * memory that it shares with the broker, and read there as a stranger's.
 */
#include <string.h>

#include "bytes.h"
#include "table.h"

/* Bytes that no row owns are entered by the dword. */
static struct cfg_denied place(const struct cfg_edit *edit, uint32_t bits)
{
    struct cfg_denied d = {
        .offset = edit->offset,
        .size = edit->field->width,
        .value = edit->value,
        .bits = bits,
    };

    if (edit->field->name != NULL)
        return d;
    d.offset &= 0xfffcu;
    d.size = 4;
    d.value = bits_move(d.value, edit->offset, d.offset);
    d.bits = bits_move(d.bits, edit->offset, d.offset);
    return d;
}

static struct cfg_denied *row_of(struct cfg_ledger *ledger,
                                 const struct cfg_denied *d)
{
    for (uint32_t i = 0; i < ledger->used && i < CFG_LEDGER_MAX; i++) {
        struct cfg_denied *row = &ledger->rows[i];

        if (row->offset == d->offset && row->size == d->size)
            return row;
    }
    if (ledger->used >= CFG_LEDGER_MAX)
        return NULL;
    ledger->rows[ledger->used] =
        (struct cfg_denied){ .offset = d->offset, .size = d->size };
    return &ledger->rows[ledger->used++];
}

void cfg_ledger_note(struct cfgspace *cs, const struct cfg_edit *edit,
                     uint32_t bits)
{
    struct cfg_denied d = place(edit, bits);
    struct cfg_denied *row;
    uint32_t touched = bits_move(edit->touched, edit->offset, d.offset);

    if (bits == 0)
        return;
    row = row_of(&cs->shadow->ledger, &d);
    if (row == NULL) {
        if (cs->shadow->ledger.lost != UINT32_MAX)
            cs->shadow->ledger.lost++;
        return;
    }
    row->value = bits_merge(row->value, d.value, touched);
    row->bits |= d.bits;
    if (row->count != UINT32_MAX)
        row->count++;
}

static bool row_ok(const struct cfgspace *cs, const struct cfg_denied *d)
{
    return cfg_access_ok(cs, d->offset, d->size) && d->count != 0 &&
           d->bits != 0 && ((d->bits | d->value) & ~bytes_mask(d->size)) == 0;
}

void cfgspace_ledger(const struct cfgspace *cs, struct cfg_ledger *out)
{
    struct cfg_ledger copy = cs->shadow->ledger;

    memset(out, 0, sizeof(*out));
    out->lost = copy.lost;
    for (uint32_t i = 0; i < copy.used && i < CFG_LEDGER_MAX; i++) {
        copy.rows[i].pad = 0;
        if (row_ok(cs, &copy.rows[i]))
            out->rows[out->used++] = copy.rows[i];
    }
}
