/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables are well formed, and the checker would notice if they were not. */
#include <string.h>

#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

START_TEST(test_blocks_ok)
{
    const char *why = "";

    ck_assert_msg(cfg_block_ok(cfg_blocks[_i], &why), "%s: %s",
                  cfg_blocks[_i]->name, why);
}
END_TEST

START_TEST(test_block_for)
{
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_CAP, PCI_CAP_ID_MSIX),
                     &cfg_block_msix);
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_CAP, PCI_CAP_ID_AF),
                     &cfg_block_other_cap);
    /* The same number means another thing in the other chain. */
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_EXTCAP, PCI_CAP_ID_MSIX),
                     &cfg_block_other_extcap);
    /* Id 0 is the null capability, not the header. */
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_CAP, 0), &cfg_block_other_cap);
}
END_TEST

static uint32_t some_bits(const struct cfgspace *cs UNUSED,
                          const struct cfg_edit *edit UNUSED)
{
    return 0;
}

static uint32_t some_value(const struct cfgspace *cs UNUSED,
                           uint16_t offset UNUSED)
{
    return 0;
}

static uint16_t some_length(const uint8_t *snapshot UNUSED,
                            uint16_t base UNUSED)
{
    return 4;
}

#define HEADER                                                          \
    {                                                                   \
        .name = "h", .width = 2, .frozen = 0xffff, .fresh = some_value, \
        .spec = "s",                                                    \
    }

struct bad {
    const char *why;
    enum cfg_where where;
    struct cfg_field fields[2];
};

static const struct bad bad[] = {
    { "a row has no name", CFG_IN_CAP, { HEADER, { .width = 2 } } },
    { "a row's width is not 1, 2 or 4",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 4, .width = 3, .spec = "s" } } },
    { "a row's width is not 1, 2 or 4",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 4, .width = 0, .spec = "s" } } },
    { "a row is not aligned to its width",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 2, .width = 4, .spec = "s" } } },
    { "a row's masks are wider than the row",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .keep = 0x10000,
          .spec = "s" } } },
    { "a row's masks overlap",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .direct = 6,
          .zero = 2,
          .reason = "r",
          .spec = "s" } } },
    { "a row cites no specification",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 2, .width = 2 } } },
    { "a row departs from read-only and gives no reason",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n", .offset = 2, .width = 2, .clear1 = 1, .spec = "s" } } },
    { "a row departs from read-only and gives no reason",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .allow = some_bits,
          .spec = "s" } } },
    { "a row has a view but no shadow bits",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .view = some_bits,
          .spec = "s" } } },
    { "a row is always sent but nothing of it is direct",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .send = CFG_SEND_ALWAYS,
          .spec = "s" } } },
    { "a row has a fresh value but no copied bits",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .fresh = some_value,
          .spec = "s" } } },
    { "rows overlap or are not sorted",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 1, .width = 1, .spec = "s" } } },
    { "rows overlap or are not sorted",
      CFG_IN_HEADER,
      { { .name = "n", .offset = 8, .width = 4, .spec = "s" },
        { .name = "n", .offset = 4, .width = 4, .spec = "s" } } },
    { "a row lies outside of its space",
      CFG_IN_HEADER,
      { HEADER, { .name = "n", .offset = 0x40, .width = 1, .spec = "s" } } },
    { "a row lies outside of its space",
      CFG_IN_CAP,
      { HEADER, { .name = "n", .offset = 0xc0, .width = 1, .spec = "s" } } },
    { "the first row is not the frozen header",
      CFG_IN_CAP,
      { { .name = "n", .offset = 0, .width = 2, .spec = "s" },
        { .name = "n", .offset = 2, .width = 2, .spec = "s" } } },
    { "the first row is not the frozen header",
      CFG_IN_CAP,
      { { .name = "n",
          .width = 2,
          .frozen = 0x00ff,
          .fresh = some_value,
          .spec = "s" },
        { .name = "n", .offset = 2, .width = 2, .spec = "s" } } },
    { "the first row is not the frozen header",
      CFG_IN_EXTCAP,
      { HEADER, { .name = "n", .offset = 4, .width = 4, .spec = "s" } } },
};

START_TEST(test_bad_block)
{
    const struct cfg_block block = {
        .name = "bad",
        .where = bad[_i].where,
        .fields = bad[_i].fields,
        .nfields = 2,
        .length = some_length,
    };
    const char *why = "";

    ck_assert(!cfg_block_ok(&block, &why));
    ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

START_TEST(test_empty_block)
{
    struct cfg_block block = cfg_block_pm;
    const char *why = "";

    block.nfields = 0;
    ck_assert(!cfg_block_ok(&block, &why));
    ck_assert_str_eq(why, "the block has no rows");
    block = cfg_block_pm;
    block.length = NULL;
    ck_assert(!cfg_block_ok(&block, &why));
    ck_assert_str_eq(why, "the block has no name or no length");
}
END_TEST

/* Rows must lie inside of what the block says it occupies at its longest. */
START_TEST(test_rows_inside_length)
{
    const struct cfg_block *b = cfg_blocks[_i];
    uint8_t ones[CFG_SIZE_MAX];
    const struct cfg_field *last = &b->fields[b->nfields - 1];

    memset(ones, 0xff, sizeof(ones));
    ck_assert_uint_le((unsigned int)(last->offset + last->width),
                      b->length(ones, PCI_CONFIG_HEADER));
}
END_TEST

Suite *cfg_tables_suite(void)
{
    Suite *suite = suite_create("config tables");
    TCase *tc = tcase_create("tables");

    tcase_add_loop_test(tc, test_blocks_ok, 0, (int)cfg_nblocks);
    tcase_add_loop_test(tc, test_rows_inside_length, 0, (int)cfg_nblocks);
    tcase_add_test(tc, test_block_for);
    tcase_add_loop_test(tc, test_bad_block, 0, (int)ARRAY_LEN(bad));
    tcase_add_test(tc, test_empty_block);
    suite_add_tcase(suite, tc);
    return suite;
}
