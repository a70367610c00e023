/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest sees of every recorded device, and what it may change, compared
 * with tests/data/devices/NAME.guest. A difference is a change that guests
 * notice: look at it, then "make record-golden" writes the files anew.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pciregs.h"
#include "recorded.h"
#include "table.h"

#define LEAST 25u /* models that there must be */

/* Two engines, as in worker and broker, over one device. */
struct view {
    struct recorded r;
    struct cfg_shadow shadow, broker_shadow;
    struct cfgspace cs, broker;
};

static char names[RECORDED_MAX][RECORDED_NAME];
static unsigned int count;
static struct view view, saved;

static void view_open(const char *name)
{
    const char *why = "";
    struct cfg_hw hw = fake_hw_ops(&view.r.hw);

    ck_assert_msg(recorded_load(&view.r, name), "cannot load %s", name);
    ck_assert_msg(
        cfgspace_check_device(view.r.hw.bytes, view.r.hw.size, &why) == 0,
        "%s: %s", name, why);
    cfgspace_init(&view.cs, &view.r.params, view.r.hw.bytes, &view.shadow, hw,
                  CFG_FRESH);
    cfgspace_init(&view.broker, &view.r.params, view.r.hw.bytes,
                  &view.broker_shadow, hw, CFG_FRESH);
}

static uint32_t see(uint16_t offset, uint8_t size)
{
    uint32_t value = 0;

    if (cfgspace_read(&view.cs, offset, size, &value) != PCI_ERR_SUCCESS)
        ck_abort_msg("read %03x/%u fails", offset, size);
    return value;
}

static void put(uint16_t offset, uint8_t size, uint32_t value)
{
    struct cfg_plan plan;

    if (cfgspace_write(&view.cs, offset, size, value, &plan) != 0)
        return;
    for (unsigned int i = 0; i < plan.count; i++) {
        if (!cfgspace_permits(&view.broker, &plan.writes[i]))
            ck_abort_msg("the broker refuses %03x/%u = %x",
                         plan.writes[i].offset, plan.writes[i].size,
                         plan.writes[i].value);
        fake_hw_write(&view.r.hw, &plan.writes[i]);
    }
}

/* As Linux does it: all ones, look, put back (PCI 3.0 6.2.5.1). */
static void size_bars(FILE *out)
{
    static const uint16_t bars[] = { PCI_BAR0,       PCI_BAR0 + 4,
                                     PCI_BAR0 + 8,   PCI_BAR0 + 12,
                                     PCI_BAR0 + 16,  PCI_BAR0 + 20,
                                     PCI_ROM_ADDRESS };

    fprintf(out, "\n# Base addresses: the register, and all ones in it.\n");
    for (unsigned int i = 0; i < ARRAY_LEN(bars); i++) {
        const uint32_t before = see(bars[i], 4);
        uint32_t sized;

        put(bars[i], 4, UINT32_MAX);
        sized = see(bars[i], 4);
        put(bars[i], 4, before);
        ck_assert_uint_eq(see(bars[i], 4), before);
        if (sized != 0)
            fprintf(out, "%02x: %08x %08x\n", bars[i], before, sized);
    }
}

static void print_bytes(FILE *out)
{
    fprintf(out, "\n# All bytes; lines of zeros are left out.\n");
    for (uint16_t at = 0; at < view.r.hw.size; at += 16) {
        uint32_t all = 0;

        for (uint16_t i = 0; i < 16; i++)
            all |= see((uint16_t)(at + i), 1);
        if (all == 0)
            continue;
        fprintf(out, "%02x:", at);
        for (uint16_t i = 0; i < 16; i++)
            fprintf(out, " %02x", see((uint16_t)(at + i), 1));
        fprintf(out, "\n");
    }
}

/* What one write changes, in the device and in the guest's view alone. */
struct effect {
    uint32_t device;
    uint32_t own;
};

static void try_write(uint16_t at, uint8_t size, uint32_t value,
                      struct effect *effect)
{
    const uint32_t seen = see(at, size),
                   now = fake_hw_get(&view.r.hw, at, size);
    uint32_t device, own;

    put(at, size, value);
    device = fake_hw_get(&view.r.hw, at, size) ^ now;
    own = (see(at, size) ^ seen) & ~device;
    effect->device |= device;
    effect->own |= own;
    if (device != 0 || own != 0)
        view = saved;
}

/* Every bit of a register alone, whole and not at all. */
static void print_register(FILE *out, uint16_t at, uint8_t size,
                           const char *name)
{
    const uint32_t seen = see(at, size);
    struct effect effect = { 0, 0 };

    try_write(at, size, 0, &effect);
    try_write(at, size, UINT32_MAX, &effect);
    for (unsigned int bit = 0; bit < 8u * size; bit++)
        try_write(at, size, seen ^ (uint32_t)1 << bit, &effect);
    if (memcmp(view.r.hw.bytes, saved.r.hw.bytes, CFG_SIZE_MAX) != 0)
        ck_abort_msg("a write to %03x changed another register", at);
    if (effect.device != 0 || effect.own != 0)
        fprintf(out, "%03x %-32s %08x %08x\n", at, name, effect.device,
                effect.own);
}

static bool is_bar(uint16_t at)
{
    return (at >= PCI_BAR0 && at < PCI_CARDBUS_CIS) || at == PCI_ROM_ADDRESS;
}

static void print_writable(FILE *out)
{
    uint16_t at = 0;

    fprintf(out, "\n# Bits that a guest can change: in the device, in its own "
                 "view only.\n");
    saved = view;
    while (at < view.r.hw.size) {
        struct cfg_spot spot = cfg_find(&view.cs, at);

        if (spot.field == NULL) {
            print_register(out, at++, 1, "(not in the tables)");
            continue;
        }
        if (!is_bar(spot.offset))
            print_register(out, spot.offset, spot.field->width,
                           spot.field->name);
        at = (uint16_t)(spot.offset + spot.field->width);
    }
}

static char *describe(const char *name)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    view_open(name);
    fprintf(out, "# What a guest sees of %s. See check_golden.c.\n", name);
    size_bars(out);
    print_bytes(out);
    print_writable(out);
    fclose(out);
    return text;
}

static FILE *open_golden(const char *name, const char *mode)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/devices/%s.guest", TEST_DATA_DIR, name);
    file = fopen(path, mode);
    ck_assert_msg(file != NULL, "%s cannot be opened; make record-golden?",
                  path);
    return file;
}

START_TEST(there_are_enough)
{
    ck_assert_uint_ge(count, LEAST);
}
END_TEST

START_TEST(as_recorded)
{
    char *text = describe(names[_i]), *rest = text;
    char want[256];
    unsigned int line = 0;
    FILE *file = open_golden(names[_i], "r");

    while (fgets(want, sizeof(want), file) != NULL) {
        char *got = strsep(&rest, "\n");

        line++;
        want[strcspn(want, "\n")] = '\0';
        if (got == NULL || strcmp(got, want) != 0)
            ck_abort_msg("%s.guest:%u: recorded \"%s\", now \"%s\"; if that "
                         "is meant: make record-golden",
                         names[_i], line, want, got != NULL ? got : "");
    }
    ck_assert_msg(rest != NULL && *rest == '\0', "%s.guest:%u: now more: %s",
                  names[_i], line, rest != NULL ? rest : "");
    fclose(file);
    free(text);
}
END_TEST

START_TEST(record)
{
    char *text = describe(names[_i]);
    FILE *file = open_golden(names[_i], "w");

    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    free(text);
}
END_TEST

int main(void)
{
    const bool recording = getenv("XENPCI_RECORD") != NULL;
    Suite *suite = suite_create("golden");
    TCase *tc = tcase_create(recording ? "record" : "compare");
    SRunner *runner = srunner_create(suite);
    int failed;

    count = recorded_names(names);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, there_are_enough);
    if (recording)
        tcase_add_loop_test(tc, record, 0, (int)count);
    else
        tcase_add_loop_test(tc, as_recorded, 0, (int)count);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
