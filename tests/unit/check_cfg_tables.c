/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables are well formed, and the checker would notice if they were not. */
#include <string.h>

#include "cfg-suites.h"
#include "pciregs.h"
#include "table.h"

START_TEST(test_blocks_ok)
{
    const struct cfg_block *b;
    const char *why = "";
    size_t n = 0;

    for (; (b = cfg_block_nth(n)) != NULL; n++)
        ck_assert_msg(cfg_block_ok(b, &why), "%s: %s", b->name, why);
    ck_assert_uint_gt(n, 60);
}
END_TEST

/* People and other programs find a register by its name. */
START_TEST(test_names_are_unique)
{
    const struct cfg_block *a, *b;

    for (size_t i = 0; (a = cfg_block_nth(i)) != NULL; i++)
        for (size_t j = 0; (b = cfg_block_nth(j)) != NULL; j++) {
            ck_assert_msg(i == j || strcmp(a->name, b->name) != 0, "%s",
                          a->name);
            ck_assert_msg(i == j || a->where != b->where || a->id != b->id ||
                              a->where == CFG_IN_HEADER || a->id == 0,
                          "%s and %s", a->name, b->name);
            /* Two kinds of virtual channel share their rows. */
            for (size_t f = 0; a->fields != b->fields && f < a->nfields; f++)
                for (size_t g = 0; g < b->nfields; g++)
                    ck_assert_msg(
                        a->fields[f].fresh == cfg_chain_cap ||
                            a->fields[f].fresh == cfg_chain_extcap ||
                            strcmp(a->fields[f].name, b->fields[g].name) != 0,
                        "%s", a->fields[f].name);
        }
}
END_TEST

START_TEST(test_block_for)
{
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_CAP, PCI_CAP_ID_MSIX),
                     &cfg_block_msix);
    ck_assert_str_eq(cfg_block_for(CFG_IN_CAP, PCI_CAP_ID_AF)->name,
                     "Advanced Features");
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_CAP, 0x16), &cfg_block_other_cap);
    /* The same number means another thing in the other chain. */
    ck_assert_str_eq(cfg_block_for(CFG_IN_EXTCAP, PCI_CAP_ID_MSIX)->name,
                     "Multi-Root I/O Virtualization");
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_EXTCAP, 0x35),
                     &cfg_block_other_extcap);
    ck_assert_ptr_eq(cfg_block_for(CFG_IN_EXTCAP, 0xffff),
                     &cfg_block_other_extcap);
    /* Id 0 is the null capability, not the header. */
    ck_assert_str_eq(cfg_block_for(CFG_IN_CAP, 0)->name, "Null");
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
    { "a row's masks overlap",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .clear1 = 1,
          .evidence = 1,
          .reason = "r",
          .spec = "s" } } },
    { "a row's masks are wider than the row",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .loose = 0x10000,
          .reason = "r",
          .spec = "s" } } },
    { "a row opens bits that are not read-only",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .frozen = 3,
          .loose = 2,
          .reason = "r",
          .spec = "s" } } },
    { "a row departs from read-only and gives no reason",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n",
          .offset = 2,
          .width = 2,
          .evidence = 1,
          .spec = "s" } } },
    { "a row departs from read-only and gives no reason",
      CFG_IN_CAP,
      { HEADER,
        { .name = "n", .offset = 2, .width = 2, .keep = 1, .spec = "s" } } },
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
        .bytes = 4,
        .spec = "s",
    };
    const char *why = "";

    ck_assert(!cfg_block_ok(&block, &why));
    ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

static void expect_fault(const struct cfg_block *block, const char *fault)
{
    const char *why = "";

    ck_assert(!cfg_block_ok(block, &why));
    ck_assert_str_eq(why, fault);
}

/* No table may open what no administrator can. */
static const struct cfg_field greedy[] = {
    { .offset = PCI_VENDOR_ID, .width = 2, .loose = 1 },
    { .offset = PCI_COMMAND, .width = 2, .loose = PCI_COMMAND_MEMORY },
    { .offset = PCI_COMMAND, .width = 2, .direct = PCI_COMMAND_IO },
    { .offset = PCI_COMMAND, .width = 2, .loose = PCI_COMMAND_INTX_DISABLE },
    { .offset = PCI_COMMAND, .width = 4, .loose = PCI_COMMAND_MEMORY },
    { .offset = PCI_LATENCY_TIMER, .width = 1, .loose = 0x80 },
    { .offset = PCI_BAR0 + 8, .width = 4, .loose = 0x10 },
    { .offset = PCI_BAR0 + 10, .width = 2, .clear1 = 0x10 },
    { .offset = PCI_ROM_ADDRESS, .width = 4, .loose = 0x800 },
    { .offset = PCI_CAPABILITY_LIST, .width = 1, .loose = 4 },
};

START_TEST(test_kept_for_the_host)
{
    struct cfg_field row = greedy[_i];
    struct cfg_block block = cfg_block_header;

    row.name = "n";
    row.reason = "r";
    row.spec = "s";
    block.fields = &row;
    block.nfields = 1;
    expect_fault(&block, "a row opens bits that are kept for the host");
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
    block.name = NULL;
    ck_assert(!cfg_block_ok(&block, &why));
    ck_assert_str_eq(why, "the block has no name");
}
END_TEST

START_TEST(test_bad_visibility)
{
    struct cfg_block block = cfg_block_pm;

    block.spec = NULL;
    expect_fault(&block, "the block cites no specification");
    block = cfg_block_pm;
    block.visibility = CFG_HIDDEN;
    expect_fault(&block, "a block is not shown and gives no reason");
    block.reason = "r";
    expect_fault(&block, "a block is not shown and has rows");
    block.nfields = 1;
    block.rest_open = true;
    expect_fault(&block,
                 "a block is open that nobody may ask for, or the reverse");
    block.visibility = CFG_ON_REQUEST;
    block.rest_open = false;
    expect_fault(&block,
                 "a block is open that nobody may ask for, or the reverse");
    block = cfg_block_header;
    block.rest_open = true;
    expect_fault(&block, "reserved bytes of the header are open");
    block = cfg_block_header;
    block.visibility = CFG_HIDDEN;
    block.reason = "r";
    expect_fault(&block, "the header is not shown");
    block = cfg_block_msi;
    block.rest_open = true;
    expect_fault(&block, "a row opens bits that are kept for the host");
}
END_TEST

/* Rows must lie inside of what the block says it occupies at its longest. */
START_TEST(test_rows_inside_length)
{
    const struct cfg_block *b;
    uint8_t ones[CFG_SIZE_MAX];

    memset(ones, 0xff, sizeof(ones));
    for (size_t i = 0; (b = cfg_block_nth(i)) != NULL; i++) {
        const struct cfg_field *last = &b->fields[b->nfields - 1];
        uint16_t length = cfg_block_length(b, ones, PCI_CONFIG_HEADER);

        ck_assert_msg(length == 0 || last->offset + last->width <= length, "%s",
                      b->name);
    }
}
END_TEST

Suite *cfg_tables_suite(void)
{
    Suite *suite = suite_create("config tables");
    TCase *tc = tcase_create("tables");

    tcase_add_test(tc, test_blocks_ok);
    tcase_add_test(tc, test_names_are_unique);
    tcase_add_test(tc, test_rows_inside_length);
    tcase_add_test(tc, test_bad_visibility);
    tcase_add_test(tc, test_block_for);
    tcase_add_loop_test(tc, test_bad_block, 0, (int)ARRAY_LEN(bad));
    tcase_add_loop_test(tc, test_kept_for_the_host, 0, (int)ARRAY_LEN(greedy));
    tcase_add_test(tc, test_empty_block);
    suite_add_tcase(suite, tc);
    return suite;
}
