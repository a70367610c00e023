/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal in words: which register, why, and what would allow it. */
#include "bytes.h"
#include "table.h"

/* Where the first refused bit is; the row's start if there is none. */
static uint16_t first_byte(const struct cfg_denied *d)
{
    for (uint8_t i = 0; i < d->size; i++)
        if ((d->bits >> 8 * i & 0xff) != 0)
            return (uint16_t)(d->offset + i);
    return d->offset;
}

#define NAME_SIZE sizeof(((struct cfg_explained *)0)->name)

/* What does not fit is cut; the text stays terminated. */
struct text {
    char *at;
    size_t left; /* without the final zero */
};

static void say(struct text *t, const char *words)
{
    for (; *words != '\0' && t->left > 0; t->left--)
        *t->at++ = *words++;
    *t->at = '\0';
}

static void say_hex(struct text *t, unsigned int n, unsigned int digits)
{
    static const char hex[] = "0123456789abcdef";
    char digit[] = { '\0', '\0' };

    while (n >> 4 * digits != 0)
        digits++;
    say(t, "0x");
    while (digits-- > 0) {
        digit[0] = hex[n >> 4 * digits & 0xf];
        say(t, digit);
    }
}

static void say_name(const struct cfg_spot *spot, uint16_t at, char *name)
{
    struct text t = { .at = name, .left = NAME_SIZE - 1 };
    const struct cfg_block *block = spot->block;

    if (block == NULL) {
        say(&t, "device-specific register ");
        say_hex(&t, at, 3);
    } else if (spot->field == NULL) {
        say(&t, block->name);
        say(&t, " + ");
        say_hex(&t, (unsigned int)at - spot->base, 1);
    } else if (block->where == CFG_IN_HEADER) {
        say(&t, spot->field->name);
        say(&t, " (");
        say_hex(&t, spot->offset, 2);
        say(&t, ")");
    } else {
        say(&t, spot->field->name);
        say(&t, " (");
        say(&t, block->name);
        say(&t, " + ");
        say_hex(&t, spot->field->offset, 1);
        say(&t, ")");
    }
}

static const char *say_reason(const struct cfg_spot *spot)
{
    if (spot->field != NULL)
        return spot->field->reason != NULL ? spot->field->reason
                                           : "read-only by specification";
    if (spot->hidden)
        return spot->block->reason;
    if (spot->rest)
        return "what it does is known to the device's maker alone";
    return "reserved by specification";
}

/* The narrowest register that holds all of these bits. */
static struct quirk narrow(uint16_t offset, uint8_t size, uint32_t bits)
{
    while (size > 1) {
        uint8_t half = size / 2;
        uint32_t low = bytes_mask(half);

        if ((bits & low) == 0) {
            bits >>= 8 * half;
            offset = (uint16_t)(offset + half);
        } else if ((bits & ~low) != 0) {
            break;
        }
        size = half;
    }
    return (struct quirk){ .offset = offset, .size = size, .mask = bits };
}

void cfgspace_explain(const struct cfgspace *cs,
                      const struct cfg_denied *denied,
                      struct cfg_explained *out)
{
    uint16_t at = first_byte(denied);
    struct cfg_spot spot = cfg_find(cs, at);
    uint32_t bits =
        denied->bits & cfg_loose_bits(cs, denied->offset, denied->size);

    *out = (struct cfg_explained){ .reason = say_reason(&spot) };
    say_name(&spot, at, out->name);
    if (bits != 0)
        out->quirk = narrow(denied->offset, denied->size, bits);
}
