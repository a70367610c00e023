/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What administrators wish, in the file and in opts-N, and the roots. */
#include <stdio.h>
#include <string.h>

#include "fake-store.h"
#include "link-suites.h"
#include "link-world.h"
#include "run-until.h"
#include "temp-tree.h"

#define LIBXL "msitranslate=0,power_mgmt=0,permissive=0,rdm_policy=strict"

static void configure(const char *text)
{
    char path[160], why[POLICY_WHY] = "";

    temp_tree_file("sys/xenpcid.json", text);
    (void)snprintf(path, sizeof(path), "%s/xenpcid.json", sysfs_root);
    ck_assert_msg(policy_load(path, why), "%s", why);
}

static void forget_configuration(void)
{
    char why[POLICY_WHY];

    ck_assert(policy_load(NULL, why));
}

static const struct cfg_knobs *knobs_of(struct sbdf sbdf)
{
    const struct device *dev = device_by_sbdf(sbdf);

    ck_assert_ptr_nonnull(dev);
    return &dev->cs.params.knobs;
}

static void connect_with(uint16_t domid, struct sbdf dev, const char *options)
{
    tool_lists_with(domid, dev, options);
    front_publishes(domid);
    expect_states(domid, "2 3 4");
}

START_TEST(words_reach_the_registers)
{
    connect_with(BACK_DOMID, link_nvme,
                 LIBXL ",interrupt_control=1,power=0,quirks=c0:4:ff");
    ck_assert(knobs_of(link_nvme)->interrupt_control);
    ck_assert(knobs_of(link_nvme)->no_power);
    ck_assert(!knobs_of(link_nvme)->permissive);
    ck_assert_uint_eq(knobs_of(link_nvme)->nquirks, 1);
    ck_assert_str_eq(device_error(link_nvme), "");
}
END_TEST

START_TEST(the_next_guest_has_none_of_it)
{
    connect_with(BACK_DOMID, link_nvme, "permissive=1,quirks=c0:4:ff");
    ck_assert(knobs_of(link_nvme)->permissive);
    tool_deletes(BACK_DOMID);
    expect_owner(link_nvme, HYP_DOMID_IO);
    connect_with(OTHER_DOMID, link_nvme, LIBXL);
    ck_assert(!knobs_of(link_nvme)->permissive);
    ck_assert_uint_eq(knobs_of(link_nvme)->nquirks, 0);
}
END_TEST

START_TEST(the_file_reaches_the_registers)
{
    configure("{\"devices\": {\"0000:03:00.0\": {\"permissive\": true}}}");
    connect_with(BACK_DOMID, link_nvme, LIBXL);
    ck_assert(knobs_of(link_nvme)->permissive);
    /* What a guest has, it keeps; the next one gets what is then in force. */
    forget_configuration();
    ck_assert(knobs_of(link_nvme)->permissive);
    tool_deletes(BACK_DOMID);
    expect_owner(link_nvme, HYP_DOMID_IO);
    connect_with(OTHER_DOMID, link_nvme, LIBXL);
    ck_assert(!knobs_of(link_nvme)->permissive);
}
END_TEST

START_TEST(relaxed_memory_reaches_xen)
{
    connect_with(BACK_DOMID, link_nvme, "rdm_policy=relaxed");
    connect_with(OTHER_DOMID, link_nic, LIBXL);
    ck_assert_ptr_nonnull(
        strstr(fake_xen_log(), "assign 5 0000:03:00.0 relaxed\n"));
    ck_assert_ptr_nonnull(strstr(fake_xen_log(), "assign 6 0000:04:00.0\n"));
}
END_TEST

/* The device stays with the host; its neighbour does not notice. */
START_TEST(words_that_make_no_sense)
{
    tool_lists_with(BACK_DOMID, link_nvme, "quirks=49:4:ff");
    tool_lists(BACK_DOMID, link_nic);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_ptr_nonnull(strstr(device_error(link_nvme), "\"49:4:ff\""));
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "6");
    ck_assert_uint_eq(fake_xen_owner(link_nvme), HYP_DOMID_IO);
    ck_assert_uint_eq(fake_xen_owner(link_nic), BACK_DOMID);
}
END_TEST

START_TEST(words_that_were_cut)
{
    char text[700] = "permissive=1,quirks=c0:4:ff";

    while (strlen(text) < PUBLISH_OPTIONS)
        strcat(text, "+c0:4:ff");
    tool_lists_with(BACK_DOMID, link_nvme, text);
    expect_states(BACK_DOMID, "2 5");
    ck_assert_ptr_nonnull(strstr(device_error(link_nvme), "longer than"));
}
END_TEST

START_TEST(a_quirk_without_effect_is_told)
{
    connect_with(BACK_DOMID, link_nvme, "colour=red,quirks=10:4:ff");
    ck_assert_msg(strstr(device_error(link_nvme),
                         "the quirk 10:4:ff opens nothing: ") != NULL,
                  "\"%s\"", device_error(link_nvme));
    ck_assert_str_eq(back_node(BACK_DOMID, "state-0"), "3");
}
END_TEST

/* Roots are there before state 3, and keep their numbers. */
START_TEST(real_addresses)
{
    static const struct sbdf far = { .segment = 1, .bus = 3, .devfn = 0x0a };
    static const struct sbdf near = { .bus = 3, .devfn = 0x09 };

    configure("{\"topology\": \"passthrough\"}");
    world_add(far, &back_nvme);
    world_add(near, &back_nvme);
    tool_lists(BACK_DOMID, link_nvme);
    tool_lists(BACK_DOMID, far);
    tool_lists(BACK_DOMID, near);
    front_publishes(BACK_DOMID);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_ptr_nonnull(strstr(listing_before_3(BACK_DOMID), "root_num"));
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-0"), "0000:03:00.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-1"), "0001:03:01.02");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-2"), "0000:03:01.01");
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "2");

    tool_asks_back(BACK_DOMID, link_nvme);
    front_reconfigures(BACK_DOMID);
    tool_unlists(BACK_DOMID, link_nvme);
    /* The guest keeps its topology. */
    forget_configuration();
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-2"), "0000:04:00.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "3");
    ck_assert_str_eq(back_node(BACK_DOMID, "root-2"), "0000:04");
    ck_assert_str_ne(back_node(BACK_DOMID, "root-0"),
                     back_node(BACK_DOMID, "root-1"));
}
END_TEST

START_TEST(more_than_32_real_addresses)
{
    configure("{\"topology\": \"passthrough\"}");
    for (unsigned int i = 0; i < 33; i++) {
        const struct sbdf dev = { .bus = (uint8_t)(0x20 + i / 32),
                                  .devfn = (uint8_t)(i % 32 << 3) };

        world_add(dev, &back_nvme);
        tool_lists(BACK_DOMID, dev);
    }
    expect_states(BACK_DOMID, "2 3");
    ck_assert_str_eq(back_node(BACK_DOMID, "vdev-32"), "0000:21:00.00");
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "2");
    ck_assert_str_eq(back_error(BACK_DOMID), "");
}
END_TEST

START_TEST(damaged_roots_are_written_anew)
{
    connect_guest(BACK_DOMID, link_nvme);
    set_back(BACK_DOMID, "root_num", _i == 0 ? "many" : "4000000000");
    tool_lists(BACK_DOMID, link_nic);
    front_reconfigures(BACK_DOMID);
    ck_assert_str_eq(back_node(BACK_DOMID, "root_num"), "1");
    ck_assert_str_eq(back_node(BACK_DOMID, "root-0"), "0000:00");
}
END_TEST

TCase *link_policy_tests(void)
{
    TCase *tc = tcase_create("policy");

    tcase_add_checked_fixture(tc, NULL, forget_configuration);
    tcase_add_test(tc, words_reach_the_registers);
    tcase_add_test(tc, the_next_guest_has_none_of_it);
    tcase_add_test(tc, the_file_reaches_the_registers);
    tcase_add_test(tc, relaxed_memory_reaches_xen);
    tcase_add_test(tc, words_that_make_no_sense);
    tcase_add_test(tc, words_that_were_cut);
    tcase_add_test(tc, a_quirk_without_effect_is_told);
    tcase_add_test(tc, real_addresses);
    tcase_add_test(tc, more_than_32_real_addresses);
    tcase_add_loop_test(tc, damaged_roots_are_written_anew, 0, 2);
    return tc;
}
