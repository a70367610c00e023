/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a function does not have, a guest is neither promised nor given. */
#include <check.h>

#include "cfg-device.h"
#include "cfg-suites.h"
#include "pciregs.h"

/* The guest is told that there is no such state, as the kernel tells it. */
START_TEST(test_power_state)
{
    static const uint16_t pmcsr = 0x64;
    struct cfg_device d;

    device_open(&d, "nvme");
    for (uint32_t state = 1; state <= 2; state++)
        for (uint8_t size = 1; size <= 4; size = (uint8_t)(size * 2)) {
            ck_assert_int_eq(device_write(&d, pmcsr, size, 8 | state),
                             PCI_ERR_ACCESS_DENIED);
            ck_assert_uint_eq(fake_hw_get(&d.hw, pmcsr, 2), 0x0008);
        }
    ck_assert_int_eq(device_write(&d, pmcsr, 2, 0x000b), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(fake_hw_get(&d.hw, pmcsr, 2), 0x000b);
}
END_TEST

/* The same byte from hardware that came in such a state is not refused. */
START_TEST(test_power_state_as_found)
{
    static const uint16_t pmcsr = 0x64;
    struct cfg_device d;

    device_open(&d, "nvme");
    fake_hw_set(&d.hw, pmcsr, 2, 0x0009);
    ck_assert_int_eq(device_write(&d, pmcsr, 2, 0x0009), PCI_ERR_SUCCESS);
    ck_assert_int_eq(device_write(&d, pmcsr, 2, 0x0008), PCI_ERR_SUCCESS);
    ck_assert_uint_eq(fake_hw_get(&d.hw, pmcsr, 2), 0x0008);
}
END_TEST

/* PCI 3.0 6.2.4: a function without a line says so. */
START_TEST(test_interrupt_line)
{
    struct cfg_device d;

    device_open(&d, "nvme");
    ck_assert_uint_eq(device_read(&d, PCI_INTERRUPT_PIN, 1), 1);
    d.params.irq_line = 0;
    device_start(&d);
    ck_assert_uint_eq(device_read(&d, PCI_INTERRUPT_LINE, 2), 0);
}
END_TEST

Suite *cfg_absent_suite(void)
{
    Suite *suite = suite_create("config absent");
    TCase *tc = tcase_create("absent");

    tcase_add_test(tc, test_power_state);
    tcase_add_test(tc, test_power_state_as_found);
    tcase_add_test(tc, test_interrupt_line);
    suite_add_tcase(suite, tc);
    return suite;
}
