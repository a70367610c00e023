/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: what enumeration finds, and the roots it starts from. */
#include <stdio.h>
#include <string.h>

#include "front-case.h"
#include "pciregs.h"

START_TEST(what_is_learnt_of_a_function)
{
    struct pcifront_device d;

    front_case_connect("edu nvme");
    ck_assert_uint_eq(pcifront_devices(fw.pf, &d, 1), 2);
    ck_assert_uint_eq(d.addr.segment, 0);
    ck_assert_uint_eq(d.addr.bus, 0);
    ck_assert_uint_eq(d.addr.devfn, 0);
    ck_assert_uint_eq(d.vendor, 0x1234);
    ck_assert_uint_eq(d.device, 0x11e8);
    ck_assert_uint_eq(d.class_code, 0x00ff00);
    ck_assert_uint_eq(d.revision, 0x10);
    ck_assert_uint_eq(d.header_type, 0);
    ck_assert_uint_eq(d.pin, 1);
}
END_TEST

START_TEST(each_device_of_the_dumps)
{
    static const struct {
        const char *name;
        uint16_t vendor, device;
        uint32_t class_code;
    } known[] = {
        { "nvme", 0x1b36, 0x0010, 0x010802 },
        { "edu", 0x1234, 0x11e8, 0x00ff00 },
        { "e1000", 0x8086, 0x100e, 0x020000 },
        { "e1000e", 0x8086, 0x10d3, 0x020000 },
        { "virtio-net", 0x1af4, 0x1041, 0x020000 },
    };
    struct pcifront_device list[8];

    front_case_connect("nvme edu e1000 e1000e virtio-net");
    ck_assert_uint_eq(pcifront_devices(fw.pf, list, 8), ARRAY_LEN(known));
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        ck_assert_uint_eq(list[i].addr.devfn, i << 3);
        ck_assert_uint_eq(list[i].vendor, known[i].vendor);
        ck_assert_uint_eq(list[i].device, known[i].device);
        ck_assert_uint_eq(list[i].class_code, known[i].class_code);
    }
}
END_TEST

/* Virtual slots hold any functions, and often not the first (a VF, say). */
START_TEST(functions_without_the_first)
{
    static const uint8_t places[] = { DEVFN(0, 1), DEVFN(0, 7), DEVFN(4, 0),
                                      DEVFN(4, 3), DEVFN(31, 7) };
    struct pcifront_device list[8];

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        (void)fake_backend_add(fw.be, "nvme",
                               places[ARRAY_LEN(places) - 1 - i]);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(pcifront_devices(fw.pf, list, 8), ARRAY_LEN(places));
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        ck_assert_uint_eq(list[i].addr.devfn, places[i]);
    assert_told("+00.1 +00.7 +04.0 +04.3 +1f.7");
}
END_TEST

START_TEST(the_multi_function_bit_is_left_out)
{
    struct fake_function *f = fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    struct pcifront_device d;

    fake_hw_set(&f->hw, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_MULTI);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(pcifront_devices(fw.pf, &d, 1), 1);
    ck_assert_uint_eq(d.header_type, 0);
}
END_TEST

/* The stock backend really shows bridges; there is nothing behind them. */
START_TEST(bridges_are_left_alone)
{
    struct fake_function *f = fake_backend_add(fw.be, "nvme", DEVFN(0, 0));

    fake_hw_set(&f->hw, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_BRIDGE);
    fake_hw_set(&f->hw, PCI_CLASS_PROG, 2, 0x0400);
    fake_hw_set(&f->hw, 0x0b, 1, PCI_BASE_CLASS_BRIDGE);
    (void)fake_backend_add(fw.be, "edu", DEVFN(1, 0));
    assert_err(front_world_connect(&fw), 0);
    assert_told("+01.0");
    ck_assert_uint_eq(front_case_count(), 1);
}
END_TEST

static void vendor_is(uint16_t value)
{
    struct fake_function *f = fake_backend_add(fw.be, "nvme", DEVFN(0, 0));

    fake_hw_set(&f->hw, PCI_VENDOR_ID, 2, value);
    fake_hw_set(&f->hw, PCI_DEVICE_ID, 2, value);
}

START_TEST(ids_that_mean_nobody_is_there)
{
    vendor_is(_i == 0 ? 0xffff : 0);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), 0);
    assert_told("");
}
END_TEST

START_TEST(no_device_at_all)
{
    struct pcifront_device d;

    assert_err(front_world_connect(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_uint_eq(pcifront_devices(fw.pf, &d, 1), 0);
}
END_TEST

START_TEST(every_place_taken)
{
    for (unsigned int i = 0; i < 256; i++)
        (void)fake_backend_add(fw.be, "edu", (uint8_t)i);
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), PCIFRONT_DEVICES_MAX);
    assert_err(pcifront_close(fw.pf, 1000), 0);
    /* ... and none of the last life counts in the next. */
    assert_err(pcifront_restart(fw.pf), 0);
    assert_err(pcifront_connect(fw.pf, 1000), 0);
    ck_assert_uint_eq(front_case_count(), PCIFRONT_DEVICES_MAX);
    ck_assert_str_eq(fw.k->last_warning, "");
}
END_TEST

START_TEST(more_than_the_limit)
{
    char text[8];

    for (unsigned int i = 0; i < 300; i++) {
        struct fake_function *f =
            fake_backend_add(fw.be, "edu", (uint8_t)(i % 256));

        f->addr.bus = (uint8_t)(i / 256);
    }
    fw.be->deaf_to_store = true;
    for (unsigned int i = 0; i < 2; i++) {
        (void)snprintf(text, sizeof(text), "0000:0%u", i);
        fake_backend_set(fw.be, i == 0 ? "root-0" : "root-1", text);
    }
    fake_backend_set(fw.be, "root_num", "2");
    fake_backend_set_state(fw.be, XB_INITIALISED);
    fw.be->deaf_to_store = false;
    assert_err(front_world_connect(&fw), 0);
    ck_assert_uint_eq(front_case_count(), 256 + 44 > PCIFRONT_DEVICES_MAX
                                              ? PCIFRONT_DEVICES_MAX
                                              : 300);
    ck_assert_uint_ge(fw.k->warnings, 1);
}
END_TEST

static void count_inside(struct front_world *w, struct pcifront_addr addr)
{
    struct pcifront_device list[4];
    size_t n = pcifront_devices(w->pf, list, 4);
    bool found = false;

    for (size_t i = 0; i < n && i < 4; i++)
        found = found || list[i].addr.devfn == addr.devfn;
    ck_assert(found);
}

START_TEST(a_device_is_on_the_list_when_its_coming_is_told)
{
    fw.inside = count_inside;
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    (void)fake_backend_add(fw.be, "nvme", DEVFN(1, 0));
    assert_err(front_world_connect(&fw), 0);
    assert_told("+00.0 +01.0");
    fw.inside = NULL;
}
END_TEST

/* Devices are looked for with one read each, as other fronts do. */
START_TEST(the_cost_of_enumeration)
{
    front_case_connect("nvme");
    ck_assert_uint_ge(fw.be->requests, 256);
    ck_assert_uint_le(fw.be->requests, 256 + 16);
}
END_TEST

TCase *front_devices_tests(void)
{
    TCase *tc = tcase_create("devices");

    tcase_add_test(tc, what_is_learnt_of_a_function);
    tcase_add_test(tc, each_device_of_the_dumps);
    tcase_add_test(tc, functions_without_the_first);
    tcase_add_test(tc, the_multi_function_bit_is_left_out);
    tcase_add_test(tc, bridges_are_left_alone);
    tcase_add_loop_test(tc, ids_that_mean_nobody_is_there, 0, 2);
    tcase_add_test(tc, no_device_at_all);
    tcase_add_test(tc, every_place_taken);
    tcase_add_test(tc, more_than_the_limit);
    tcase_add_test(tc, a_device_is_on_the_list_when_its_coming_is_told);
    tcase_add_test(tc, the_cost_of_enumeration);
    return tc;
}
