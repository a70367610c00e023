/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* back/grants.c over a fake Xen: what is given is exactly what is taken. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake-xen.h"
#include "grants.h"

#define DOMID 5
#define MEM   SYSFS_MEM
#define PORTS SYSFS_IO

static struct hyp *hyp;

static void setup(void)
{
    hyp = fake_xen_reset();
    fake_xen_domain(DOMID)->exists = true;
}

static void teardown(void)
{
    ck_assert_uint_eq(fake_xen_mistakes(), 0);
}

static const struct range {
    const char *name;
    struct sysfs_resource res;
    const char *give;
    const char *take;
} ranges[] = {
    { "one frame",
      { .kind = MEM, .start = 0xfeb30000, .size = 0x1000 },
      "iomem 5 feb30+1 give\n",
      "iomem 5 feb30+1 take\n" },
    { "several frames",
      { .kind = MEM, .start = 0xfeb30000, .size = 0x4000 },
      "iomem 5 feb30+4 give\n",
      "iomem 5 feb30+4 take\n" },
    { "less than a frame",
      { .kind = MEM, .start = 0xfeb30100, .size = 0x80 },
      "iomem 5 feb30+1 give\n",
      "iomem 5 feb30+1 take\n" },
    { "small, across two frames",
      { .kind = MEM, .start = 0xfeb30f80, .size = 0x100 },
      "iomem 5 feb30+2 give\n",
      "iomem 5 feb30+2 take\n" },
    { "ports",
      { .kind = PORTS, .start = 0xc080, .size = 0x20 },
      "ioport 5 c080+20 give\n",
      "ioport 5 c080+20 take\n" },
    /* XSA-476: neither end may be cut to 32 bits. */
    { "beyond 4 GiB",
      { .kind = MEM, .start = 0x380000000000, .size = 0x400000000 },
      "iomem 5 380000000+400000 give\n",
      "iomem 5 380000000+400000 take\n" },
    { "beyond 32 bits of frames",
      { .kind = MEM, .start = 0x0010000000000000, .size = 0x1000 },
      "iomem 5 10000000000+1 give\n",
      "iomem 5 10000000000+1 take\n" },
    { "as long as an address space",
      { .kind = MEM, .start = 0x100000000, .size = 0x100000000000 },
      "iomem 5 100000+100000000 give\n",
      "iomem 5 100000+100000000 take\n" },
    { "none", { .kind = SYSFS_NONE }, "", "" },
    { "empty", { .kind = MEM, .start = 0x1000 }, "", "" },
};

START_TEST(xsa_476_ranges_are_whole_frames_and_64_bit)
{
    const struct range *r = &ranges[_i];
    struct sysfs_resource res[SYSFS_RESOURCES] = { { .kind = SYSFS_NONE } };
    struct grants grants;

    res[3] = r->res;
    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, res, 0), 0);
    ck_assert_msg(strcmp(fake_xen_log(), r->give) == 0, "%s: %s", r->name,
                  fake_xen_log());
    fake_xen_clear_log();
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_msg(strcmp(fake_xen_log(), r->take) == 0, "%s: %s", r->name,
                  fake_xen_log());
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
}
END_TEST

/* Two memory ranges, one of ports, the ROM, and the line. */
static const struct sysfs_resource rich[SYSFS_RESOURCES] = {
    [0] = { .kind = MEM, .start = 0xfeac0000, .size = 0x20000 },
    [2] = { .kind = PORTS, .start = 0xc080, .size = 0x20 },
    [3] = { .kind = MEM, .start = 0xfeb34000, .size = 0x4000 },
    [6] = { .kind = MEM, .start = 0xfea00000, .size = 0x40000 },
};

START_TEST(everything_is_given_and_taken)
{
    struct grants grants;

    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), 0);
    ck_assert_str_eq(fake_xen_log(), "iomem 5 feac0+20 give\n"
                                     "ioport 5 c080+20 give\n"
                                     "iomem 5 feb34+4 give\n"
                                     "iomem 5 fea00+40 give\n"
                                     "gsi 5 16 = 16\n"
                                     "irq 5 16 give\n");
    ck_assert(grants.has_irq);
    ck_assert_uint_eq(grants.pirq, 16);
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
    ck_assert_uint_eq(grants.nranges, 0);
    ck_assert(!grants.has_irq);
    /* Nothing is taken twice. */
    fake_xen_clear_log();
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_str_eq(fake_xen_log(), "");
}
END_TEST

static const uint32_t no_lines[] = { 0, 255, 256, 0x80000000u, UINT32_MAX };

START_TEST(what_is_no_line_is_not_given)
{
    struct grants grants;

    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, no_lines[_i]), 0);
    ck_assert(!grants.has_irq);
    ck_assert_ptr_null(strstr(fake_xen_log(), "gsi"));
    ck_assert_ptr_null(strstr(fake_xen_log(), "irq"));
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 254), 0);
    ck_assert(grants.has_irq);
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
}
END_TEST

START_TEST(libxl_may_have_given_it_before)
{
    struct grants grants;
    uint32_t pirq;

    ck_assert_int_eq(hyp_map_gsi(hyp, DOMID, 16, &pirq), 0);
    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), 0);
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
}
END_TEST

static const struct {
    const char *call;
    unsigned int skip;
    unsigned int left; /* before it is revoked */
} failures[] = {
    { "iomem", 0, 0 }, { "ioport", 0, 1 }, { "iomem", 1, 2 },
    { "iomem", 2, 3 }, { "gsi", 0, 4 },    { "irq", 0, 4 },
};

START_TEST(after_a_failed_step_what_was_given_is_on_record)
{
    struct grants grants;

    fake_xen_fail(failures[_i].call, failures[_i].skip, -ENOMEM);
    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), -ENOMEM);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), failures[_i].left);
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
    ck_assert_uint_eq(grants.nranges, 0);
    ck_assert(!grants.has_irq);
}
END_TEST

START_TEST(revoking_goes_on_after_a_failure)
{
    struct grants grants;

    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), 0);
    fake_xen_fail("ioport", 0, -EPERM);
    ck_assert_int_eq(grants_revoke(hyp, &grants), -EPERM);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 1);
}
END_TEST

static const char *const takings[] = { "unmap", "irq", "ioport", "iomem" };

/* Xen has no memory for a moment. */
START_TEST(revoking_insists)
{
    struct grants grants;

    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), 0);
    fake_xen_fail(takings[_i], 0, -ENOMEM);
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
}
END_TEST

START_TEST(a_dead_domain_took_it_along)
{
    struct grants grants;

    ck_assert_int_eq(grants_give(hyp, &grants, DOMID, rich, 16), 0);
    fake_xen_domain(DOMID)->exists = false;
    ck_assert_int_eq(grants_revoke(hyp, &grants), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("grants");
    TCase *tc = tcase_create("grants");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, xsa_476_ranges_are_whole_frames_and_64_bit, 0,
                        (int)ARRAY_LEN(ranges));
    tcase_add_test(tc, everything_is_given_and_taken);
    tcase_add_loop_test(tc, what_is_no_line_is_not_given, 0,
                        (int)ARRAY_LEN(no_lines));
    tcase_add_test(tc, libxl_may_have_given_it_before);
    tcase_add_loop_test(tc, after_a_failed_step_what_was_given_is_on_record, 0,
                        (int)ARRAY_LEN(failures));
    tcase_add_test(tc, revoking_goes_on_after_a_failure);
    tcase_add_loop_test(tc, revoking_insists, 0, (int)ARRAY_LEN(takings));
    tcase_add_test(tc, a_dead_domain_took_it_along);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
