/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front and back: one device, through both. */
#include "bytes.h"
#include "pair-suites.h"
#include "pair-world.h"
#include "pciregs.h"

START_TEST(connects)
{
    struct pcifront_device d;

    connect_pair(&five, link_nvme);
    ck_assert_uint_eq(pcifront_devices(five.pf, &d, 1), 1);
    ck_assert_uint_eq(d.vendor, 0x1b36);
    ck_assert_uint_eq(d.class_code, 0x010802);
    expect_states(BACK_DOMID, "2 3 4");
    ck_assert_str_eq(five.k->last_warning, "");
}
END_TEST

/*
 * Every register of a recorded device. The backend shows its own view of the
 * command register, the BARs and the line, and hides PME; all else is equal.
 */
START_TEST(registers)
{
    static const uint16_t own[][2] = { { PCI_COMMAND, 2 },
                                       { PCI_BAR0, 24 },
                                       { PCI_ROM_ADDRESS, 4 },
                                       { PCI_INTERRUPT_LINE, 1 },
                                       { 0xca, 2 } }; /* PMC of the e1000e */
    unsigned int differ = 0;

    connect_pair(&five, link_nic);
    for (uint16_t at = 0; at < 4096; at++) {
        const uint32_t got = read_config(&five, AT(0, 0), at, 1);
        bool is_own = false;

        for (size_t i = 0; i < ARRAY_LEN(own); i++)
            is_own = is_own || bytes_overlap(at, 1, own[i][0], own[i][1]);
        if (!is_own)
            ck_assert_msg(got == world_get(link_nic, at, 1), "%03x: %02x", at,
                          got);
        differ += got != world_get(link_nic, at, 1);
    }
    ck_assert_uint_le(differ, 4);
}
END_TEST

START_TEST(writes)
{
    connect_pair(&five, link_nvme);
    assert_ok(pcifront_command(five.pf, AT(0, 0),
                               PCIFRONT_MEMORY | PCIFRONT_MASTER, 0));
    ck_assert_uint_eq(world_get(link_nvme, PCI_COMMAND, 2) & PCIFRONT_MASTER,
                      PCIFRONT_MASTER);
    assert_ok(pcifront_command(five.pf, AT(0, 0), 0, PCIFRONT_MASTER));
    ck_assert_uint_eq(world_get(link_nvme, PCI_COMMAND, 2) & PCIFRONT_MASTER,
                      0);
    assert_ok(
        pcifront_config_write(five.pf, AT(0, 0), PCI_CACHE_LINE_SIZE, 1, 0x10));
    ck_assert_uint_eq(world_get(link_nvme, PCI_CACHE_LINE_SIZE, 1), 0x10);
    /* What is not the guest's is dropped without a word. */
    assert_ok(pcifront_config_write(five.pf, AT(0, 0), PCI_VENDOR_ID, 2, 0));
    ck_assert_uint_eq(read_config(&five, AT(0, 0), PCI_VENDOR_ID, 2), 0x1b36);
    ck_assert_int_eq(pcifront_config_write(five.pf, AT(1, 0), 4, 2, 0),
                     PCIFRONT_ERR_NODEV);
}
END_TEST

START_TEST(bars)
{
    struct pcifront_bar list[PCIFRONT_BARS];

    connect_pair(&five, link_nic);
    assert_ok(pcifront_bars(five.pf, AT(0, 0), list));
    ck_assert_int_eq(list[0].kind, PCIFRONT_BAR_MEM32);
    ck_assert_uint_eq(list[0].address, 0xfeac0000);
    ck_assert_uint_eq(list[0].size, 0x20000);
    ck_assert_int_eq(list[2].kind, PCIFRONT_BAR_IO);
    ck_assert_uint_eq(list[2].address, 0xc080);
    ck_assert_uint_eq(list[2].size, 0x20);
    ck_assert_uint_eq(list[3].address, 0xfeb34000);
    ck_assert_int_eq(list[6].kind, PCIFRONT_BAR_ROM);
    ck_assert_uint_eq(list[6].size, 0x40000);
    ck_assert_uint_eq(read_config(&five, AT(0, 0), PCI_BAR0, 4), 0xfeac0000);
}
END_TEST

START_TEST(msix)
{
    uint32_t pirqs[8];

    connect_pair(&five, link_nvme);
    ck_assert_int_eq(pcifront_msix_size(five.pf, AT(0, 0)), 65);
    ck_assert_int_eq(pcifront_msix_enable(five.pf, AT(0, 0), NULL, 1, 4, pirqs),
                     4);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 4);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(pirqs[i], 100 + i);
    ck_assert_uint_ne(world_get(link_nvme, 0x42, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
    ck_assert_int_eq(pcifront_msix_enable(five.pf, AT(0, 0), NULL, 1, 8, pirqs),
                     8);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 8);
    assert_ok(pcifront_irq_disable(five.pf, AT(0, 0)));
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    ck_assert_uint_eq(world_get(link_nvme, 0x42, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
}
END_TEST

/* Xen has fewer pirqs for this domain than the device has queues. */
START_TEST(msix_as_many_as_there_are)
{
    uint32_t pirqs[8];

    fake_xen_budget(3);
    connect_pair(&five, link_nvme);
    ck_assert_int_eq(pcifront_msix_enable(five.pf, AT(0, 0), NULL, 4, 8, pirqs),
                     PCIFRONT_ERR_NOSPACE);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    ck_assert_int_eq(pcifront_msix_enable(five.pf, AT(0, 0), NULL, 2, 8, pirqs),
                     3);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 3);
}
END_TEST

START_TEST(msi_and_the_line)
{
    uint32_t pirqs[8], pirq = 0;

    connect_pair(&five, link_nic);
    assert_ok(pcifront_intx(five.pf, AT(0, 0), &pirq));
    ck_assert_uint_eq(pirq, 11);
    ck_assert_int_eq(pcifront_msi_enable(five.pf, AT(0, 0), 1, 8, pirqs), 1);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 1);
    ck_assert_int_eq(pcifront_msix_enable(five.pf, AT(0, 0), NULL, 1, 5, pirqs),
                     5);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 5);
    assert_ok(pcifront_irq_disable(five.pf, AT(0, 0)));
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
}
END_TEST

/* Operation 10, which no other backend has: consecutive pirqs. */
START_TEST(msi_of_several_messages)
{
    uint32_t pirqs[8];

    world_set(link_nic, 0xd2, 2, 0x86); /* of eight messages */
    connect_pair(&five, link_nic);
    ck_assert_int_eq(pcifront_msi_size(five.pf, AT(0, 0)), 8);
    ck_assert_int_eq(pcifront_msi_enable(five.pf, AT(0, 0), 1, 8, pirqs), 8);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 8);
    ck_assert_uint_eq(pirqs[0], 100);
    ck_assert_uint_eq(pirqs[7], 107);
    ck_assert_uint_eq(world_get(link_nic, 0xd2, 2) & 0xff, 0xb7);
    assert_ok(pcifront_irq_disable(five.pf, AT(0, 0)));
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    fake_xen_budget(5);
    ck_assert_int_eq(pcifront_msi_enable(five.pf, AT(0, 0), 5, 8, pirqs),
                     PCIFRONT_ERR_NOSPACE);
    ck_assert_int_eq(pcifront_msi_enable(five.pf, AT(0, 0), 1, 8, pirqs), 4);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 4);
}
END_TEST

START_TEST(power)
{
    enum pcifront_power state = PCIFRONT_D0;

    connect_pair(&five, link_nvme);
    assert_ok(pcifront_power_set(five.pf, AT(0, 0), PCIFRONT_D3HOT));
    ck_assert_uint_eq(world_get(link_nvme, 0x64, 2) & 3, 3);
    assert_ok(pcifront_power_get(five.pf, AT(0, 0), &state));
    ck_assert_int_eq(state, PCIFRONT_D3HOT);
    assert_ok(pcifront_power_set(five.pf, AT(0, 0), PCIFRONT_D0));
    ck_assert_uint_eq(world_get(link_nvme, 0x64, 2) & 3, 0);
}
END_TEST

TCase *pair_device_tests(void)
{
    TCase *tc = tcase_create("device");

    tcase_add_test(tc, connects);
    tcase_add_test(tc, registers);
    tcase_add_test(tc, writes);
    tcase_add_test(tc, bars);
    tcase_add_test(tc, msix);
    tcase_add_test(tc, msix_as_many_as_there_are);
    tcase_add_test(tc, msi_and_the_line);
    tcase_add_test(tc, msi_of_several_messages);
    tcase_add_test(tc, power);
    return tc;
}
